package io.skein.load.peer;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of itself, in Prometheus' format.
 *
 * @param text empty if it says nothing
 */
public record NodeMetrics(String text) {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Asks now. */
    public static NodeMetrics now(@Nullable URI metrics) throws InterruptedException {
        if (metrics == null) {
            return new NodeMetrics("");
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(metrics).timeout(TIMEOUT).build();
            return new NodeMetrics(
                    http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        } catch (IOException e) {
            return new NodeMetrics("");
        }
    }

    /** A counter's value, all its labels together; 0 if it is not there. */
    public double sum(String name) {
        Matcher sample = Pattern.compile("^" + Pattern.quote(name) + "(?:\\{[^}]*})? ([0-9.eE+]+)$", Pattern.MULTILINE)
                .matcher(text);
        double sum = 0;
        while (sample.find()) {
            sum += Double.parseDouble(sample.group(1));
        }
        return sum;
    }

    /**
     * The time that this share of what was recorded since an earlier moment did not exceed, in milliseconds; none if nothing was. Within a
     * bucket it is taken in proportion, as Prometheus' {@code histogram_quantile} does.
     */
    public OptionalDouble percentileMillisSince(NodeMetrics earlier, String histogram, double percentile) {
        TreeMap<Double, Long> was = earlier.buckets(histogram);
        TreeMap<Double, Long> is = buckets(histogram);
        long all = upTo(is, Double.POSITIVE_INFINITY) - upTo(was, Double.POSITIVE_INFINITY);
        if (all == 0) {
            return OptionalDouble.empty();
        }
        double wanted = all * percentile / 100;
        double boundBelow = 0;
        long countBelow = 0;
        for (Map.Entry<Double, Long> bucket : is.entrySet()) {
            double bound = bucket.getKey();
            long count = bucket.getValue() - upTo(was, bound);
            if (count >= wanted && count > countBelow) {
                double within = Double.isInfinite(bound)
                        ? 0
                        : (bound - boundBelow) * (wanted - countBelow) / (count - countBelow);
                return OptionalDouble.of(1_000 * (boundBelow + within));
            }
            boundBelow = bound;
            countBelow = count;
        }
        return OptionalDouble.empty();
    }

    /** Buckets that nothing new is in are left out, so what is at a bound is what is at the next one below. */
    private static long upTo(TreeMap<Double, Long> buckets, double bound) {
        Map.Entry<Double, Long> at = buckets.floorEntry(bound);
        return at == null ? 0 : at.getValue();
    }

    /** By upper bound in seconds, how many took at most that long since the server began. */
    private TreeMap<Double, Long> buckets(String histogram) {
        Matcher bucket = Pattern.compile(
                        "^" + Pattern.quote(histogram) + "_bucket\\{.*?le=\"([^\"]+)\".*?} (\\d+)", Pattern.MULTILINE)
                .matcher(text);
        var counts = new TreeMap<Double, Long>();
        while (bucket.find()) {
            String bound = bucket.group(1);
            double seconds = bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
            counts.merge(seconds, Long.parseLong(bucket.group(2)), Long::sum);
        }
        return counts;
    }
}
