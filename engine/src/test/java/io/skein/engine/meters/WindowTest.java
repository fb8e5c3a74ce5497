package io.skein.engine.meters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WindowTest {
    private static final Duration TEN = Duration.ofSeconds(10);
    private static final long SECOND = 1_000_000_000;

    private final Meters meters = new Meters();
    private final Meter.Counter counter = meters.counter("c_total", "");
    private final Timing timing = meters.timing("t_seconds", "");
    private final Window window = new Window(List.of(counter), List.of(timing), 12);

    /** {@code perSecond} in each of so many seconds. */
    private long run(long from, int seconds, int perSecond) {
        for (int i = 0; i < seconds; i++) {
            counter.add(perSecond);
            window.look((from + i) * SECOND);
        }
        return from + seconds;
    }

    @Test
    void aRate_isThatOfTheLastWhile() {
        assertEquals(0, window.perSecond(counter, TEN), "nothing is known yet");
        window.look(-SECOND);
        assertEquals(0, window.perSecond(counter, TEN));
        long now = run(0, 3, 7);
        assertEquals(7, window.perSecond(counter, TEN), "over as much as is known");
        now = run(now, 10, 100);
        assertEquals(100, window.perSecond(counter, TEN));
        run(now, 5, 0);
        assertEquals(50, window.perSecond(counter, TEN));
        assertEquals(0, window.perSecond(counter, Duration.ofSeconds(5)));
    }

    @Test
    void aLookThatComesLate_doesNotRaiseTheRate() {
        window.look(0);
        counter.add(40);
        window.look(4 * SECOND);
        assertEquals(10, window.perSecond(counter, Duration.ofSeconds(1)));
    }

    @Test
    void quantiles_areThoseOfTheLastWhile() {
        window.look(0);
        timing.record(9_000_000_000L);
        window.look(SECOND);
        for (int i = 1; i <= 100; i++) {
            timing.record(i * 1_000_000L);
        }
        window.look(11 * SECOND);
        var lately = window.quantiles(timing, TEN);
        assertEquals(100, lately.count());
        assertTrue(lately.p50Micros() >= 50_000 && lately.p50Micros() <= 50_000 * 9 / 8, lately.toString());
        assertTrue(lately.p99Micros() >= 99_000 && lately.p99Micros() <= 99_000 * 9 / 8, lately.toString());
        window.look(22 * SECOND);
        assertEquals(new Window.Quantiles(0, 0, 0), window.quantiles(timing, TEN));
        assertEquals(101, window.quantiles(timing, Duration.ofMinutes(1)).count());
    }

    @Test
    void everyTime_fallsIntoABucketThatHoldsIt() {
        for (long micros = 0; micros < 5_000_000; micros += 1 + micros / 100) {
            int bucket = Timing.bucketOf(micros);
            assertTrue(micros <= Timing.highestMicros(bucket), micros + " in " + bucket);
            assertTrue(bucket == 0 || micros > Timing.highestMicros(bucket - 1), micros + " in " + bucket);
            assertTrue(Timing.highestMicros(bucket) <= micros + micros / 8, micros + " in " + bucket);
        }
        assertEquals(Timing.BUCKETS - 1, Timing.bucketOf(Long.MAX_VALUE));
        timing.record(-5);
        assertEquals(0, timing.totalMicros());
    }

    @Test
    void twoMeters_haveTwoNames() {
        assertThrows(IllegalArgumentException.class, () -> meters.gauge("c_total", "", () -> 1));
        assertEquals(List.of(counter, timing), meters.all());
    }
}
