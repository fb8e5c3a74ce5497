package io.skein.engine.module;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * What a reducer has in hand: one transaction. All it does commits together or not at all. A reducer is deterministic: time and
 * randomness come from here, and nothing from elsewhere.
 */
public interface Tx extends Tables {
    /** Who called; {@link Identity#SYSTEM} for scheduled commands. */
    Identity sender();

    /** The caller's role in this workspace as of this transaction. */
    Role role();

    /** When this transaction is decided, in microseconds; never before an earlier transaction's time. */
    Instant time();

    /** Randomness that belongs to this transaction; not for secrets. */
    RandomGenerator random();

    /** The workspace's id. */
    String workspace();

    @Override
    <R> TableWriter<R> in(Table<R> table);

    /** Sends a row of an event table to those who may see it, if and when this transaction commits. */
    <R> void emit(Table<R> eventTable, R row);

    /**
     * Calls a reducer of this module later, as {@link Identity#SYSTEM}, as soon after {@code due} as the workspace is awake. The
     * command is kept like any row and survives restarts.
     *
     * @return an id for {@link #cancel}
     */
    String schedule(Instant due, String reducer, Record args);

    /** Forgets a scheduled command; false if it is unknown or has run. */
    boolean cancel(String scheduleId);

    /** Stops this reducer: nothing changes, and the caller gets code {@code rejected} with this reason and message. */
    Rejection reject(String reason, String message);

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
