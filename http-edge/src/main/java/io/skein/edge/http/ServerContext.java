package io.skein.edge.http;

import io.skein.edge.guard.Guard;
import io.skein.edge.guard.Proxies;
import java.util.concurrent.atomic.AtomicBoolean;

/** What all connections of a server share. */
record ServerContext(
        HttpSettings settings,
        Router router,
        CorsPolicy cors,
        AtomicBoolean stopping,
        HttpCounters counters,
        Guard guard,
        Proxies proxies) {
    /** Told to every connection when the server stops, as a user event. */
    enum Leave {
        NOW
    }
}
