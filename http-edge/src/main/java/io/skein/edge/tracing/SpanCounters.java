package io.skein.edge.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.metrics.InstrumentType;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.CollectionRegistration;
import io.opentelemetry.sdk.metrics.export.MetricReader;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What became of spans. That the SDK's queue was full only the SDK's own metrics say: these are read with every batch that is sent. */
final class SpanCounters {
    /** The SDK's name for it, and the one that OpenTelemetry has settled on since. */
    private static final String PROCESSED = "processedSpans";

    private static final String PROCESSED_SINCE = "otel.sdk.processor.span.processed";
    private static final AttributeKey<Boolean> DROPPED = AttributeKey.booleanKey("dropped");
    private static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private record Counted(Meter.Counter exported, Meter.Counter failed, Meter.Counter dropped) {}

    private final Reader reader = new Reader();
    private volatile @Nullable Counted counted;
    private long droppedSoFar;

    void countIn(Meters meters) {
        counted = new Counted(
                meters.counter("skein_spans_exported_total", "Spans of traces that their receiver has taken."),
                meters.counter("skein_spans_failed_total", "Spans of traces that their receiver could not be given."),
                meters.counter(
                        "skein_spans_dropped_total",
                        "Spans of traces that found the queue to their receiver full. Known with the next batch."));
    }

    MetricReader reader() {
        return reader;
    }

    SpanExporter counting(SpanExporter exporter) {
        return new SpanExporter() {
            @Override
            public CompletableResultCode export(Collection<SpanData> spans) {
                int count = spans.size();
                CompletableResultCode result = exporter.export(spans);
                return result.whenComplete(() -> sent(count, result.isSuccess()));
            }

            @Override
            public CompletableResultCode flush() {
                return exporter.flush();
            }

            @Override
            public CompletableResultCode shutdown() {
                return exporter.shutdown();
            }
        };
    }

    private void sent(int spans, boolean taken) {
        Counted into = counted;
        if (into != null) {
            (taken ? into.exported() : into.failed()).add(spans);
            into.dropped().add(newlyDropped());
        }
    }

    private synchronized long newlyDropped() {
        long all = reader.registration.collectAllMetrics().stream()
                .mapToLong(SpanCounters::dropped)
                .sum();
        long more = all - droppedSoFar;
        droppedSoFar = all;
        return more;
    }

    private static long dropped(MetricData metric) {
        return switch (metric.getName()) {
            case PROCESSED, PROCESSED_SINCE ->
                metric.getLongSumData().getPoints().stream()
                        .filter(point -> isDropped(point.getAttributes()))
                        .mapToLong(LongPointData::getValue)
                        .sum();
            default -> 0;
        };
    }

    private static boolean isDropped(Attributes attributes) {
        return Boolean.TRUE.equals(attributes.get(DROPPED)) || "queue_full".equals(attributes.get(ERROR));
    }

    /** Has the SDK keep its metrics, and asks for them when they are wanted. */
    private static final class Reader implements MetricReader {
        private volatile CollectionRegistration registration = CollectionRegistration.noop();

        @Override
        public void register(CollectionRegistration all) {
            registration = all;
        }

        @Override
        public AggregationTemporality getAggregationTemporality(InstrumentType type) {
            return AggregationTemporality.CUMULATIVE;
        }

        @Override
        public CompletableResultCode forceFlush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    }
}
