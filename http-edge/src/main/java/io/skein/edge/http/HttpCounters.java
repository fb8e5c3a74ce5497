package io.skein.edge.http;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What a server's port answers. Any thread may count and read. */
public final class HttpCounters {
    /** Those that Skein answers with; 101 is a socket that was opened. */
    private static final int[] STATUSES = {
        101, 200, 201, 202, 204, 304, 400, 401, 403, 404, 405, 408, 409, 410, 413, 414, 415, 422, 426, 429, 431, 500,
        503
    };

    private final Map<Integer, Meter.Counter> byStatus;
    private final Meter.Counter others;
    private final Meter.Counter turnedAway;
    private final LongAdder connections = new LongAdder();

    public HttpCounters(Meters meters) {
        var counters = new HashMap<Integer, Meter.Counter>();
        for (int status : STATUSES) {
            counters.put(status, responses(meters, Integer.toString(status)));
        }
        byStatus = Map.copyOf(counters);
        others = responses(meters, "other");
        turnedAway = meters.counter(
                "skein_http_connections_refused_total",
                "Connections that were one too many: for the node, see skein.http.max-connections, or for their"
                        + " address, see skein.limits.");
        meters.gauge("skein_http_connections", "Open connections of clients, sockets included.", connections::sum);
    }

    private static Meter.Counter responses(Meters meters, String status) {
        return meters.counter(
                "skein_http_responses_total",
                "Answers to clients' requests by status; 101 is a socket that was opened.",
                new Meter.Label("status", status));
    }

    void answered(int status) {
        byStatus.getOrDefault(status, others).increment();
    }

    void turnedAway() {
        turnedAway.increment();
    }

    void came() {
        connections.increment();
    }

    void went() {
        connections.decrement();
    }
}
