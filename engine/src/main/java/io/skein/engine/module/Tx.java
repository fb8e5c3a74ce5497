package io.skein.engine.module;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import java.time.Instant;
import java.util.random.RandomGenerator;

/**
 * What a reducer has in hand: one transaction. All it does commits together or not at all. A reducer is deterministic: time and
 * randomness come from here, and nothing from elsewhere.
 */
public interface Tx extends Reading {
    /** Bytes of an answer, or of a refusal's details, as JSON: it is remembered with its call's key. */
    int MAX_ANSWER_BYTES = 16 << 10;

    /** The number that this transaction will have. */
    default long seq() {
        return head() + 1;
    }

    /** Randomness that belongs to this transaction; not for secrets. */
    RandomGenerator random();

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

    /**
     * Tells the caller more than that it was done, if and when this transaction commits: at most once, a record of the class that the reducer
     * was defined with. Its repetition by key gets the same. As JSON it has at most {@link #MAX_ANSWER_BYTES}, else the call is refused with
     * {@code too_large}.
     *
     * @throws IllegalArgumentException if it is of another class
     * @throws IllegalStateException if this is the second
     */
    void answer(Record answer);
}
