package io.skein.load.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class NodeMetricsTest {
    private static final NodeMetrics BEFORE = new NodeMetrics("""
        # TYPE asked_total counter
        asked_total{why="a"} 2.0
        asked_total{why="b"} 3.0
        took_seconds_bucket{le="0.001"} 10
        took_seconds_bucket{le="0.002"} 20
        took_seconds_bucket{le="+Inf"} 20
        """);

    private static final NodeMetrics AFTER = new NodeMetrics("""
        took_seconds_bucket{le="0.001"} 10
        took_seconds_bucket{le="0.002"} 70
        took_seconds_bucket{le="0.004"} 120
        took_seconds_bucket{le="+Inf"} 120
        """);

    @Test
    void aCounterIsAllItsLabelsTogether() {
        assertEquals(5, BEFORE.sum("asked_total"));
        assertEquals(0, BEFORE.sum("asked"));
    }

    @Test
    void aPercentileIsOfWhatCameSinceAndLiesWithinItsBucket() {
        assertEquals(2, AFTER.percentileMillisSince(BEFORE, "took_seconds", 50).orElseThrow(), 1e-9);
        assertEquals(3, AFTER.percentileMillisSince(BEFORE, "took_seconds", 75).orElseThrow(), 1e-9);
        assertEquals(4, AFTER.percentileMillisSince(BEFORE, "took_seconds", 100).orElseThrow(), 1e-9);
        assertTrue(AFTER.percentileMillisSince(AFTER, "took_seconds", 50).isEmpty());
        assertTrue(AFTER.percentileMillisSince(BEFORE, "other_seconds", 50).isEmpty());
    }
}
