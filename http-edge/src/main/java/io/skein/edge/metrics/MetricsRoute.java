package io.skein.edge.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.meters.Meters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /metrics}: everything that this node counts, and what the virtual machine says of itself, as text for Prometheus; as OpenMetrics for
 * those who ask for it. A page is made at most once a second in each format, by one thread, however many ask.
 */
public final class MetricsRoute {
    private static final Duration BELIEVED = Duration.ofSeconds(1);

    private final Meters meters;
    private final Runnable beforeReading;
    private final PrometheusRegistry machine = new PrometheusRegistry();
    private final Page text = new Page(PrometheusTextFormatWriter.create());
    private final Page openMetrics = new Page(OpenMetricsTextFormatWriter.create());

    /** @param beforeReading told when a page is about to be made; does not block */
    public MetricsRoute(Meters meters, Runnable beforeReading) {
        this.meters = meters;
        this.beforeReading = beforeReading;
        // Not the threads: to look at them stops all of them for a moment.
        JvmMemoryMetrics.builder().register(machine);
        JvmGarbageCollectorMetrics.builder().register(machine);
        JvmBufferPoolMetrics.builder().register(machine);
        JvmRuntimeInfoMetric.builder().register(machine);
        ProcessMetrics.builder().register(machine);
    }

    public void addTo(Router.Builder router) {
        router.get("/metrics", this::page);
    }

    private CompletionStage<Response> page(Request request) {
        String accepted = request.header("accept");
        return (openMetrics.writer.accepts(accepted == null ? "" : accepted) ? openMetrics : text).latest();
    }

    private MetricSnapshots read() {
        var all = new ArrayList<MetricSnapshot>(Exposition.of(meters.all()));
        machine.scrape().forEach(all::add);
        return new MetricSnapshots(all);
    }

    /** One format's page. */
    private final class Page {
        final ExpositionFormatWriter writer;
        private @Nullable CompletableFuture<Response> latest;
        private long latestNanos;

        Page(ExpositionFormatWriter writer) {
            this.writer = writer;
        }

        /** The page that is being made, or was made a moment ago, or is made now. */
        synchronized CompletableFuture<Response> latest() {
            CompletableFuture<Response> known = latest;
            if (known != null && (!known.isDone() || System.nanoTime() - latestNanos < BELIEVED.toNanos())) {
                return known;
            }
            beforeReading.run();
            var making = new CompletableFuture<Response>();
            latest = making;
            latestNanos = System.nanoTime();
            Thread.ofVirtual().name("skein-metrics").start(() -> {
                try {
                    making.complete(made());
                } catch (IOException | RuntimeException e) {
                    making.completeExceptionally(e);
                }
            });
            return making;
        }

        private Response made() throws IOException {
            var out = new ByteArrayOutputStream();
            writer.write(out, read());
            return Response.of(200, writer.getContentType(), out.toByteArray());
        }
    }
}
