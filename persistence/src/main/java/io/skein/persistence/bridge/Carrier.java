package io.skein.persistence.bridge;

import java.time.Duration;

/** The way to one target. May be used by several threads at once. */
interface Carrier extends AutoCloseable {
    /** What came of an attempt. */
    sealed interface Result {
        /** The target has it, now or from before. */
        record Sent() implements Result {}

        /**
         * Not now.
         *
         * @param after no earlier than that, if the target says so; zero if not
         */
        record Failed(String why, Duration after) implements Result {}

        /** Not ever. */
        record Refused(String why) implements Result {}
    }

    /** Tries once; blocks, for as long as the settings' timeout and not much longer. */
    Result carry(Delivery delivery) throws InterruptedException;

    /** Gives up what is on its way. */
    @Override
    void close();

    static Result failed(String why) {
        return new Result.Failed(why, Duration.ZERO);
    }
}
