package io.skein.edge.tracing;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.skein.cluster.SkeinSettings;
import io.skein.engine.meters.Meters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Sends spans to an OTLP receiver, from a bounded queue, on a thread of its own: what is traced never waits for who receives it, and what does not fit is dropped and
 * counted. OpenTelemetry's standard variables ({@code OTEL_…}) stand above Skein's settings.
 */
public final class TraceExport implements AutoCloseable {
    private static final String DISABLED = "OTEL_SDK_DISABLED";
    private static final String EXPORTER = "OTEL_TRACES_EXPORTER";
    private static final List<String> ENDPOINTS =
            List.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT");
    private static final int CLOSE_SECONDS = 5;

    /** Held, because java.util.logging lets loggers that nobody has be forgotten, and their handlers with them. */
    private static final Logger LIBRARY = Logger.getLogger("io.opentelemetry");

    private final OpenTelemetrySdk sdk;
    private final SpanCounters counters;

    private TraceExport(OpenTelemetrySdk sdk, SpanCounters counters) {
        this.sdk = sdk;
        this.counters = counters;
    }

    /** Starts it, if the settings or the standard variables name a receiver and none of the latter forbids it. */
    public static Optional<TraceExport> start(SkeinSettings.Tracing settings) {
        return start(settings, System.getenv());
    }

    static Optional<TraceExport> start(SkeinSettings.Tracing settings, Map<String, String> environment) {
        boolean named = settings.endpoint().isPresent()
                || ENDPOINTS.stream()
                        .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        boolean forbidden = environment.getOrDefault(DISABLED, "").equalsIgnoreCase("true")
                || environment.getOrDefault(EXPORTER, "").equals("none");
        if (!named || forbidden) {
            return Optional.empty();
        }
        logAsOthersDo();
        var counters = new SpanCounters();
        OpenTelemetrySdk sdk = AutoConfiguredOpenTelemetrySdk.builder()
                .disableShutdownHook() // the node closes it, once nothing more can come
                .addPropertiesSupplier(() -> properties(settings))
                .addMeterProviderCustomizer((provider, _) -> provider.registerMetricReader(counters.reader()))
                .addSpanExporterCustomizer((exporter, _) -> counters.counting(exporter))
                .build()
                .getOpenTelemetrySdk();
        return Optional.of(new TraceExport(sdk, counters));
    }

    /** What holds unless a standard variable says otherwise. */
    private static Map<String, String> properties(SkeinSettings.Tracing settings) {
        var properties = new HashMap<String, String>();
        settings.endpoint().ifPresent(endpoint -> properties.put("otel.exporter.otlp.endpoint", endpoint));
        properties.put("otel.exporter.otlp.protocol", "http/protobuf");
        properties.put("otel.service.name", "skein");
        properties.put("otel.traces.exporter", "otlp");
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        properties.put("otel.propagators", "none"); // the engine reads and writes contexts itself
        properties.put("otel.traces.sampler", "parentbased_traceidratio");
        properties.put("otel.traces.sampler.arg", Double.toString(settings.sampling()));
        properties.put("otel.bsp.max.queue.size", Integer.toString(settings.queue()));
        properties.put("otel.bsp.max.export.batch.size", Integer.toString(Math.min(512, settings.queue())));
        return properties;
    }

    /** The library logs by java.util.logging, which would write to standard error in a format of its own. */
    private static synchronized void logAsOthersDo() {
        if (LIBRARY.getUseParentHandlers()) {
            LIBRARY.setUseParentHandlers(false);
            LIBRARY.addHandler(new SLF4JBridgeHandler());
        }
    }

    /** Makes the spans of this node. */
    public Tracer tracer() {
        return sdk.getTracer("io.skein");
    }

    /** Has what becomes of spans counted among a node's meters. */
    public void countIn(Meters meters) {
        counters.countIn(meters);
    }

    /** Sends what waits, for a moment, and ends. */
    @Override
    public void close() {
        sdk.shutdown().join(CLOSE_SECONDS, TimeUnit.SECONDS);
    }
}
