package io.skein.load.drive;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The counters of the running window. Belongs to the event loop. */
final class Tally {
    private static final long LONGEST_LATENCY_MICROS = 120_000_000;

    private long acknowledged;
    private long deliveries;
    private long frames;
    private long receivedBytes;
    private long overdue;
    private Map<String, Long> refused = new HashMap<>();
    private Histogram latency = new Histogram(LONGEST_LATENCY_MICROS, 3);

    void acknowledged(long latencyNanos) {
        acknowledged++;
        latency.recordValue(Math.clamp(latencyNanos / 1_000, 0, LONGEST_LATENCY_MICROS));
    }

    void delivered() {
        deliveries++;
    }

    void frame(int bytes) {
        frames++;
        receivedBytes += bytes;
    }

    void refused(String code) {
        refused.merge(code, 1L, Long::sum);
    }

    void overdue() {
        overdue++;
    }

    long acknowledged() {
        return acknowledged;
    }

    /** Ends the window and starts the next. */
    Window cut(double seconds, List<Long> perSecond) {
        Window window = new Window(
                seconds,
                acknowledged,
                deliveries,
                frames,
                receivedBytes,
                refused,
                overdue,
                List.copyOf(perSecond),
                latency);
        acknowledged = 0;
        deliveries = 0;
        frames = 0;
        receivedBytes = 0;
        overdue = 0;
        refused = new HashMap<>();
        latency = new Histogram(LONGEST_LATENCY_MICROS, 3);
        return window;
    }
}
