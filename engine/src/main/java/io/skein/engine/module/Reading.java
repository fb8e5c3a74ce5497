package io.skein.engine.module;

import io.skein.engine.schema.Identity;
import java.time.Instant;

/** What a query has in hand: a workspace as it is after one transaction, and who asks. All rows are there, whatever the caller may see. */
public interface Reading extends Tables {
    /** Who called; {@link Identity#SYSTEM} for scheduled commands. */
    Identity sender();

    /** The caller's role in this workspace as of now. */
    Role role();

    /** When this is decided, in microseconds; never before an earlier transaction's time. */
    Instant time();

    /** The workspace's id. */
    String workspace();

    /** The {@code seq} of the last transaction before this. */
    long head();

    /** Stops here: nothing changes, and the caller gets code {@code rejected} with this reason and message. */
    Rejection reject(String reason, String message);

    /**
     * The same, with what a program needs to go on from here.
     *
     * @param details of a record class of the module's own; as JSON at most {@link Tx#MAX_ANSWER_BYTES}, else the refusal is {@code too_large}
     */
    Rejection reject(String reason, String message, Record details);

    /** Rejects unless {@code condition} holds. */
    default void require(boolean condition, String reason) {
        if (!condition) {
            throw reject(reason, reason.replace('_', ' '));
        }
    }

    /** Rejects unless {@code condition} holds. */
    default void require(boolean condition, String reason, String message) {
        if (!condition) {
            throw reject(reason, message);
        }
    }
}
