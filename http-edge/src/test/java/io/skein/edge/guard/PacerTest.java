package io.skein.edge.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.cluster.Limits.Pace;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Rule G2 by the clock. */
class PacerTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000); // it may wrap around

    private Pacer<String> pacer(int atOnce, int aMinute, int most) {
        return new Pacer<>(new Pace(atOnce, aMinute), most, now::get);
    }

    private void pass(long millis) {
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    @Test
    void G2_so_many_at_once_and_then_so_many_a_minute() {
        Pacer<String> pacer = pacer(3, 60, 100);
        for (int i = 0; i < 3; i++) {
            assertEquals(OptionalLong.empty(), pacer.take("a"));
        }
        assertEquals(OptionalLong.of(1_000), pacer.take("a"));
        assertEquals(OptionalLong.of(1_000), pacer.take("a"), "who is refused loses nothing");
        assertEquals(OptionalLong.empty(), pacer.take("b"), "others have their own");
        pass(999);
        assertEquals(OptionalLong.of(1), pacer.take("a"));
        pass(1);
        assertEquals(OptionalLong.empty(), pacer.take("a"));
        assertEquals(OptionalLong.of(1_000), pacer.take("a"));
        pass(3_600_000);
        for (int i = 0; i < 3; i++) {
            assertEquals(OptionalLong.empty(), pacer.take("a"), "and never more than fit");
        }
        assertEquals(OptionalLong.of(1_000), pacer.take("a"));
    }

    @Test
    void G2_a_pace_of_none_at_once_bounds_nothing() {
        Pacer<String> pacer = pacer(0, 1, 100);
        for (int i = 0; i < 1_000; i++) {
            assertEquals(OptionalLong.empty(), pacer.take("a"));
        }
        assertEquals(0, pacer.size());
    }

    @Test
    void L1_who_was_forgotten_gets_no_more_than_who_was_not() {
        Pacer<String> pacer = pacer(2, 60, 10);
        for (int i = 0; i < 10; i++) {
            assertEquals(OptionalLong.empty(), pacer.take("old-" + i));
        }
        assertEquals(OptionalLong.empty(), pacer.take("old-1"), "who is known is served on");
        assertEquals(OptionalLong.of(1_000), pacer.take("new"), "no bucket is full: who forgot one would fill it");
        assertTrue(pacer.size() <= 10);
        pass(1_000);
        assertEquals(OptionalLong.empty(), pacer.take("new"));
        assertEquals(2, pacer.size(), "the one that is not full, and the new one");
        assertEquals(OptionalLong.empty(), pacer.take("old-1"));
        assertEquals(OptionalLong.of(1_000), pacer.take("old-1"));
    }
}
