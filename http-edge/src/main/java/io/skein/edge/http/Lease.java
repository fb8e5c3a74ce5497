package io.skein.edge.http;

import io.skein.engine.module.Refusal;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What an answer rests on that takes its time: while it lasts, the answer goes on. */
@FunctionalInterface
public interface Lease {
    /**
     * Begins to watch it.
     *
     * @param cut told on {@code loop}, at most once, when it ends, and why; at once if it has ended
     * @return ends the watch
     */
    Held hold(Executor loop, Consumer<Refusal> cut);

    /** A lease that is watched. */
    @FunctionalInterface
    interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
