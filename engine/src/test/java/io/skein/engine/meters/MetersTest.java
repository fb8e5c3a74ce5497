package io.skein.engine.meters;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetersTest {
    private final Meters meters = new Meters();

    private static Meter.Label target(String name) {
        return new Meter.Label("target", name);
    }

    @Test
    void meters_of_one_name_differ_in_their_labels_alone() {
        meters.counter("sent_total", "Sent.", target("a"));
        meters.counter("sent_total", "Sent.", target("b"));
        assertEquals(2, meters.all().size());
        assertThrows(IllegalArgumentException.class, () -> meters.counter("sent_total", "Sent.", target("b")));
        assertThrows(IllegalArgumentException.class, () -> meters.counter("sent_total", "Sent."));
        assertThrows(IllegalArgumentException.class, () -> meters.counter("sent_total", "Other.", target("c")));
        assertThrows(IllegalArgumentException.class, () -> meters.gauge("sent_total", "Sent.", () -> 1, target("c")));
        assertThrows(
                IllegalArgumentException.class,
                () -> meters.counter("sent_total", "Sent.", new Meter.Label("to", "c")));
        assertEquals(2, meters.all().size());
    }

    @Test
    void a_size_falls_into_the_first_bucket_that_takes_it() {
        for (long size : new long[] {0, 1, 2, 3, 4, 5, 1023, 1024, 1025, 1 << 24, (1 << 24) + 1, Long.MAX_VALUE}) {
            int bucket = Sizes.bucketOf(size);
            assertTrue(size <= Sizes.most(bucket), () -> size + " is in " + bucket);
            assertTrue(bucket == 0 || size > Sizes.most(bucket - 1), () -> size + " is in " + bucket);
        }
        Sizes sizes = meters.sizes("group", "");
        sizes.record(3);
        sizes.record(4);
        sizes.record(-1);
        assertEquals(2, sizes.count(Sizes.bucketOf(4)));
        assertEquals(1, sizes.count(0));
        assertEquals(7, sizes.total());
    }

    @Test
    void refusals_are_counted_by_place_and_code() {
        var here = new Refusals(meters, "here");
        var there = new Refusals(meters, "there");
        here.count(ErrorCode.CONFLICT);
        there.count(ErrorCode.CONFLICT);
        there.count(ErrorCode.OVERLOADED);
        assertEquals(1, here.count(List.of(ErrorCode.values())));
        assertEquals(2, there.count(List.of(ErrorCode.values())));
        assertEquals(0, here.count(List.of(ErrorCode.OVERLOADED)));
    }
}
