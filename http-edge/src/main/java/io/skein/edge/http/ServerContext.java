package io.skein.edge.http;

import io.skein.engine.trace.Tracing;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all connections of a server share. */
record ServerContext(
        HttpSettings settings,
        Router router,
        CorsPolicy cors,
        AtomicBoolean stopping,
        HttpCounters counters,
        Gate gate,
        Tracing tracing) {
    /** Told to every connection when the server stops, as a user event. */
    enum Leave {
        NOW
    }
}
