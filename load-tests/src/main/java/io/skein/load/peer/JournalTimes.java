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
 * How long a server's journal took to make groups durable, from the server's own metrics.
 *
 * @param counts by upper bound in seconds, how many took at most that long since the server began; empty if it does not say
 */
public record JournalTimes(Map<Double, Long> counts) {
    private static final Pattern BUCKET =
            Pattern.compile("^skein_journal_seconds_bucket\\{.*?le=\"([^\"]+)\".*?} (\\d+)", Pattern.MULTILINE);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Asks now; none if there is nobody to ask. */
    public static JournalTimes now(@Nullable URI metrics) throws InterruptedException {
        var counts = new TreeMap<Double, Long>();
        if (metrics == null) {
            return new JournalTimes(counts);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            String text = http.send(
                            HttpRequest.newBuilder(metrics).timeout(TIMEOUT).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            Matcher bucket = BUCKET.matcher(text);
            while (bucket.find()) {
                String bound = bucket.group(1);
                double seconds = bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
                counts.merge(seconds, Long.parseLong(bucket.group(2)), Long::sum);
            }
        } catch (IOException e) {
            return new JournalTimes(Map.of());
        }
        return new JournalTimes(counts);
    }

    /** Those that were since an earlier moment. */
    public JournalTimes since(JournalTimes earlier) {
        var counts = new TreeMap<Double, Long>();
        long before = 0;
        var was = new TreeMap<>(earlier.counts);
        for (Map.Entry<Double, Long> entry : new TreeMap<>(this.counts).entrySet()) {
            // A bucket that was empty then may be left out.
            Map.Entry<Double, Long> then = was.floorEntry(entry.getKey());
            before = then == null ? before : Math.max(before, then.getValue());
            counts.put(entry.getKey(), entry.getValue() - before);
        }
        return new JournalTimes(counts);
    }

    /** The shortest bound that this share did not exceed; none if nothing was written. */
    public OptionalDouble percentileMillis(double percentile) {
        long all = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
        return all == 0
                ? OptionalDouble.empty()
                : new TreeMap<>(counts)
                        .entrySet().stream()
                                .filter(entry -> entry.getValue() >= all * percentile / 100)
                                .mapToDouble(entry -> 1_000 * entry.getKey())
                                .findFirst();
    }
}
