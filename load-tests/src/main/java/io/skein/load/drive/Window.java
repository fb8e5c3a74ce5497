package io.skein.load.drive;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What was counted between two moments.
 *
 * @param seconds how long it was
 * @param acknowledged updates that were answered as durable
 * @param deliveries updates heard, counted at every member that heard one
 * @param frames WebSocket frames received
 * @param receivedBytes their payload
 * @param refused updates that were not taken, by code
 * @param overdue updates that were due and never sent, because a member was too far behind (open loop only)
 * @param perSecond acknowledged updates in each second
 * @param latency from sending (open loop: from being due) to the acknowledgement, in microseconds
 */
public record Window(
        double seconds,
        long acknowledged,
        long deliveries,
        long frames,
        long receivedBytes,
        Map<String, Long> refused,
        long overdue,
        List<Long> perSecond,
        Histogram latency) {
    /** Acknowledged updates per second. */
    public double updatesPerSecond() {
        return acknowledged / seconds;
    }

    /** Deliveries per second. */
    public double deliveriesPerSecond() {
        return deliveries / seconds;
    }

    /** The latency that this share of the updates did not exceed, in milliseconds. */
    public double latencyMillis(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1_000.0;
    }
}
