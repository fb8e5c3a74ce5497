package io.skein.edge.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a metrics system reads from a node: lines of text such as {@code name{label="value"} 12.0}. */
public record Scrape(List<Sample> samples) {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)");

    /** @param labels as they stand between the braces */
    public record Sample(String name, String labels, double value) {}

    /** What the management port at {@code port} says. */
    public static Scrape of(int port) {
        HttpResponse<String> page = page(port, "text/plain");
        if (page.statusCode() != 200) {
            throw new AssertionError(page.statusCode() + " " + page.body());
        }
        return parse(page.body());
    }

    static HttpResponse<String> page(int port, String accept) {
        try {
            return CLIENT.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                            .header("accept", accept)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Scrape parse(String text) {
        var samples = new ArrayList<Sample>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("#") || line.isEmpty()) {
                continue;
            }
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                throw new AssertionError("no sample: " + line);
            }
            String labels = parts.group(2) == null ? "" : parts.group(2);
            samples.add(new Sample(parts.group(1), labels, value(parts.group(3))));
        }
        return new Scrape(samples);
    }

    private static double value(String text) {
        return text.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
    }

    /** The names of all samples, such as {@code skein_journal_seconds_bucket}. */
    public Set<String> names() {
        return samples.stream().map(Sample::name).collect(Collectors.toUnmodifiableSet());
    }

    /** The sum of the samples of this name that have all of these labels, each written {@code name="value"}. */
    public double sum(String name, String... labels) {
        List<Sample> found = samples.stream()
                .filter(sample -> sample.name().equals(name))
                .filter(sample -> Set.of(sample.labels().split(",", -1)).containsAll(Set.of(labels)))
                .toList();
        if (found.isEmpty()) {
            throw new AssertionError("no " + name + " with " + List.of(labels));
        }
        return found.stream().mapToDouble(Sample::value).sum();
    }
}
