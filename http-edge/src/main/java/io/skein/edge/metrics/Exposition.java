package io.skein.edge.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Sizes;
import io.skein.engine.meters.Timing;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Meters as Prometheus has them: one family for each name. Timings and sizes become histograms, whose bounds are bounds of ours, so that counts are exact. */
final class Exposition {
    private static final String TOTAL = "_total";
    private static final double MICROS = 1e6;
    /** Of a timing: 256 µs, and then two bounds to each doubling up to 34 s. What is finer is within the noise of any network. */
    private static final int FIRST_DOUBLING = 8;

    private static final int LAST_DOUBLING = 25;

    private Exposition() {}

    static List<MetricSnapshot> of(List<Meter> meters) {
        var families = new LinkedHashMap<String, List<Meter>>();
        meters.forEach(meter ->
                families.computeIfAbsent(meter.name(), _ -> new ArrayList<>()).add(meter));
        return families.values().stream().map(Exposition::family).toList();
    }

    private static MetricSnapshot family(List<Meter> family) {
        Meter first = family.getFirst();
        return switch (first) {
            case Meter.Counter _ -> new CounterSnapshot(metadata(first), points(family, Exposition::counter));
            case Meter.Gauge _ -> new GaugeSnapshot(metadata(first), points(family, Exposition::gauge));
            case Timing _, Sizes _ -> new HistogramSnapshot(metadata(first), points(family, Exposition::histogram));
        };
    }

    private static <P> List<P> points(List<Meter> family, java.util.function.Function<Meter, P> point) {
        return family.stream().map(point).toList();
    }

    /** A counter's family has its name without the end, which the format puts back. */
    private static MetricMetadata metadata(Meter meter) {
        String name = meter.name();
        boolean isCounter = meter instanceof Meter.Counter && name.endsWith(TOTAL);
        return new MetricMetadata(isCounter ? name.substring(0, name.length() - TOTAL.length()) : name, meter.help());
    }

    private static Labels labels(Meter meter) {
        return Labels.of(
                meter.labels().stream().map(Meter.Label::name).toList(),
                meter.labels().stream().map(Meter.Label::value).toList());
    }

    private static CounterDataPointSnapshot counter(Meter meter) {
        return new CounterDataPointSnapshot(((Meter.Counter) meter).count(), labels(meter), null, 0L);
    }

    private static GaugeDataPointSnapshot gauge(Meter meter) {
        return new GaugeDataPointSnapshot(((Meter.Gauge) meter).value().getAsDouble(), labels(meter), null);
    }

    private static HistogramDataPointSnapshot histogram(Meter meter) {
        return switch (meter) {
            case Timing timing -> point(buckets(timing), timing.totalMicros() / MICROS, meter);
            case Sizes sizes -> point(buckets(sizes), (double) sizes.total(), meter);
            case Meter.Counter _, Meter.Gauge _ -> throw new IllegalArgumentException("no histogram: " + meter.name());
        };
    }

    private static HistogramDataPointSnapshot point(ClassicHistogramBuckets buckets, double sum, Meter meter) {
        return new HistogramDataPointSnapshot(buckets, sum, labels(meter), Exemplars.EMPTY, 0L);
    }

    /** A bucket of ours takes whole microseconds up to and with its highest, so what is in it took less than one more. */
    private static ClassicHistogramBuckets buckets(Timing timing) {
        long[] counts = new long[Timing.BUCKETS];
        timing.copyTo(counts);
        var buckets = ClassicHistogramBuckets.builder();
        int next = 0;
        for (int doubling = FIRST_DOUBLING; doubling <= LAST_DOUBLING; doubling++) {
            if (doubling > FIRST_DOUBLING) {
                next = bucket(buckets, counts, next, 3L << (doubling - 2));
            }
            next = bucket(buckets, counts, next, 1L << doubling);
        }
        long rest = 0;
        for (; next < counts.length; next++) {
            rest += counts[next];
        }
        return buckets.bucket(Double.POSITIVE_INFINITY, rest).build();
    }

    /** Adds the bucket of what took less than {@code belowMicros}, from a bucket of ours on; gives the first that it does not take in. */
    private static int bucket(ClassicHistogramBuckets.Builder buckets, long[] counts, int from, long belowMicros) {
        long count = 0;
        int next = from;
        for (; next < counts.length && Timing.highestMicros(next) < belowMicros; next++) {
            count += counts[next];
        }
        buckets.bucket(belowMicros / MICROS, count);
        return next;
    }

    private static ClassicHistogramBuckets buckets(Sizes sizes) {
        var buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < Sizes.BUCKETS; i++) {
            boolean isLast = i == Sizes.BUCKETS - 1;
            buckets.bucket(isLast ? Double.POSITIVE_INFINITY : Sizes.most(i), sizes.count(i));
        }
        return buckets.build();
    }
}
