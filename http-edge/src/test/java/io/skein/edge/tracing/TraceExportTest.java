package io.skein.edge.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.Tracer;
import io.skein.cluster.SkeinSettings;
import io.skein.edge.http.Eventually;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where spans go, and what becomes of them when there is nobody to take them. */
class TraceExportTest {
    /** A standard one of the library's: it would try for seconds. */
    private static final String NO_RETRY = "otel.java.exporter.otlp.retry.disabled";

    private static final SkeinSettings.Tracing NOWHERE = new SkeinSettings.Tracing(Optional.empty(), 1, 2048);

    private static SkeinSettings.Tracing to(String endpoint, int queue) {
        return new SkeinSettings.Tracing(Optional.of(endpoint), 1, queue);
    }

    private static long counted(Meters meters, String name) {
        return meters.all().stream()
                .filter(meter -> meter.name().equals(name))
                .mapToLong(meter -> ((Meter.Counter) meter).count())
                .sum();
    }

    @Test
    void it_is_off_unless_somebody_names_a_receiver_and_nobody_forbids_it() {
        String endpoint = "http://127.0.0.1:9";
        assertTrue(TraceExport.start(NOWHERE, Map.of()).isEmpty());
        for (var forbidden : List.of(Map.of("OTEL_SDK_DISABLED", "TRUE"), Map.of("OTEL_TRACES_EXPORTER", "none"))) {
            assertTrue(TraceExport.start(to(endpoint, 16), forbidden).isEmpty());
        }
        for (String name : List.of("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")) {
            var started = TraceExport.start(NOWHERE, Map.of(name, endpoint));
            assertTrue(started.isPresent());
            started.get().close();
        }
    }

    @Test
    void L1_spans_that_find_the_queue_full_are_dropped_and_counted() throws Exception {
        int all = 5_000;
        try (var receiver = SpanReceiver.start()) {
            var meters = new Meters();
            TraceExport export =
                    TraceExport.start(to(receiver.url(), 16), Map.of()).orElseThrow();
            export.countIn(meters);
            Tracer tracer = export.tracer();
            for (int i = 0; i < all; i++) {
                tracer.spanBuilder("call").startSpan().end();
            }
            export.close();
            Eventually.holds(
                    "what was not dropped is there",
                    () -> counted(meters, "skein_spans_exported_total") + counted(meters, "skein_spans_dropped_total")
                            == all);
            assertTrue(counted(meters, "skein_spans_dropped_total") > 0, "so many at once do not fit");
            assertEquals(
                    counted(meters, "skein_spans_exported_total"),
                    receiver.spans().size());
            assertEquals("/v1/traces", receiver.paths().getFirst());
            assertEquals(0, counted(meters, "skein_spans_failed_total"));
        }
    }

    @Test
    void L1_spans_that_nobody_takes_are_counted() throws Exception {
        System.setProperty(NO_RETRY, "true");
        int port;
        try (var taken = new ServerSocket(0)) {
            port = taken.getLocalPort();
        }
        var meters = new Meters();
        TraceExport export =
                TraceExport.start(to("http://127.0.0.1:" + port, 16), Map.of()).orElseThrow();
        export.countIn(meters);
        export.tracer().spanBuilder("call").startSpan().end();
        export.close();
        Eventually.holds("it is counted", () -> counted(meters, "skein_spans_failed_total") == 1);
        System.clearProperty(NO_RETRY);
    }
}
