package io.skein.edge.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.TestServer;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Sizes;
import io.skein.engine.meters.Timing;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Meters on the page. */
class MetricsRouteTest {
    private static final int ASKING = 300;
    private static final int ASKERS = 20;

    private final Meters meters = new Meters();
    private final AtomicInteger pages = new AtomicInteger();

    private TestServer start() {
        return TestServer.start(router -> new MetricsRoute(meters, pages::incrementAndGet).addTo(router));
    }

    private Scrape scrape() {
        try (TestServer server = start()) {
            return Scrape.of(server.server().port());
        }
    }

    @Test
    void each_kind_of_meter_is_there_with_its_labels() {
        meters.counter("sent_total", "Sent.", new Meter.Label("target", "a")).add(3);
        meters.counter("sent_total", "Sent.", new Meter.Label("target", "b")).add(4);
        meters.gauge("waiting", "Wait.", () -> 1.5);
        Scrape page = scrape();
        assertEquals(3, page.sum("sent_total", "target=\"a\""));
        assertEquals(7, page.sum("sent_total"));
        assertEquals(1.5, page.sum("waiting"));
        assertTrue(page.sum("jvm_memory_max_bytes", "area=\"heap\"") > 0);
        assertTrue(page.sum("process_cpu_seconds_total") > 0);
        assertTrue(page.names().contains("jvm_gc_collection_seconds_count"));
    }

    /** No bucket of the page begins within one of ours: what is counted below a bound took less than it. */
    @Test
    void timings_are_histograms_in_seconds_and_exact_at_their_bounds() {
        Timing timing = meters.timing("took_seconds", "Took.");
        for (long micros : new long[] {1, 255, 256, 1_023, 1_024, 33_554_431, 33_554_432}) {
            timing.record(micros * 1_000);
        }
        Scrape page = scrape();
        assertEquals(2, page.sum("took_seconds_bucket", "le=\"2.56E-4\""));
        assertEquals(3, page.sum("took_seconds_bucket", "le=\"5.12E-4\""));
        assertEquals(4, page.sum("took_seconds_bucket", "le=\"0.001024\""));
        assertEquals(6, page.sum("took_seconds_bucket", "le=\"33.554432\""));
        assertEquals(7, page.sum("took_seconds_bucket", "le=\"+Inf\""));
        assertEquals(7, page.sum("took_seconds_count"));
        assertEquals(67.111422, page.sum("took_seconds_sum"), 1e-6);
    }

    @Test
    void sizes_are_histograms() {
        Sizes sizes = meters.sizes("group_things", "Grouped.");
        sizes.record(0);
        sizes.record(3);
        sizes.record(1L << 40);
        Scrape page = scrape();
        assertEquals(1, page.sum("group_things_bucket", "le=\"2.0\""));
        assertEquals(2, page.sum("group_things_bucket", "le=\"4.0\""));
        assertEquals(2, page.sum("group_things_bucket", "le=\"1.6777216E7\""));
        assertEquals(3, page.sum("group_things_count"));
    }

    @Test
    void whoever_asks_for_OpenMetrics_gets_it() {
        meters.counter("sent_total", "Sent.").increment();
        try (TestServer server = start()) {
            HttpResponse<String> page =
                    Scrape.page(server.server().port(), "application/openmetrics-text; version=1.0.0");
            assertTrue(page.headers()
                    .firstValue("content-type")
                    .orElse("")
                    .startsWith("application/openmetrics-text; version=1.0.0"));
            assertTrue(page.body().endsWith("# EOF\n"), page.body());
            HttpResponse<String> usual = Scrape.page(server.server().port(), "*/*");
            assertTrue(usual.headers().firstValue("content-type").orElse("").startsWith("text/plain; version=0.0.4"));
            assertTrue(usual.body().contains("# TYPE sent_total counter\nsent_total 1.0\n"), usual.body());
        }
    }

    @Test
    void L1_however_many_ask_a_page_is_made_once_a_second() {
        var reads = new AtomicInteger();
        meters.gauge("read", "Read.", reads::incrementAndGet);
        try (TestServer server = start()) {
            long began = System.nanoTime();
            try (var askers = Executors.newFixedThreadPool(ASKERS)) {
                for (int i = 0; i < ASKING; i++) {
                    askers.execute(() -> Scrape.of(server.server().port()));
                }
            }
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began);
            assertTrue(reads.get() <= seconds + 1, () -> reads + " pages in " + seconds + " s");
            assertEquals(reads.get(), pages.get(), "the one who is told before is told each time");
        }
    }

    @Test
    void a_gauge_that_fails_is_an_error_and_not_the_last_one() {
        var broken = new AtomicInteger(1);
        meters.gauge("fragile", "Breaks.", () -> {
            if (broken.getAndDecrement() > 0) {
                throw new IllegalStateException("broken");
            }
            return 5;
        });
        try (TestServer server = start()) {
            assertEquals(500, Scrape.page(server.server().port(), "*/*").statusCode());
            io.skein.edge.http.Eventually.holds(
                    "it is asked again",
                    () -> Scrape.page(server.server().port(), "*/*").statusCode() == 200);
        }
    }
}
