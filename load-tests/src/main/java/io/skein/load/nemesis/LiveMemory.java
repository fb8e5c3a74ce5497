package io.skein.load.nemesis;

import io.skein.load.machine.Memory;
import io.skein.load.report.Course.Chart;
import io.skein.load.report.Course.Point;
import io.skein.load.report.Course.Series;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What nodes hold on their heaps after a full collection, over the time of a run: what grows there without end is a leak. Not thread-safe. */
final class LiveMemory {
    private static final int PARTS = 6;
    private static final double MEBIBYTE = 1024 * 1024;
    private static final long EVERY_NANOS = 60_000_000_000L;
    /** A younger process has not loaded everything yet. */
    private static final long YOUNG_NANOS = 60_000_000_000L;

    private record Sample(String node, long nanos, long bytes) {}

    private final List<Sample> samples = new ArrayList<>();
    private final Consumer<String> log;
    private final long startNanos = System.nanoTime();
    private long nextNanos = startNanos + EVERY_NANOS;

    LiveMemory(Consumer<String> log) {
        this.log = log;
    }

    /** Looks at every node, once a minute; collects garbage there. While nothing is broken. */
    void look(List<SkeinNode> nodes) throws InterruptedException {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + EVERY_NANOS;
        var seen = new ArrayList<String>();
        for (SkeinNode node : nodes) {
            if (node.ageNanos() > YOUNG_NANOS) {
                try {
                    long bytes = Memory.liveHeap(node.pid());
                    samples.add(new Sample(node.name(), now - startNanos, bytes));
                    seen.add("%s %.1f MiB at the age of %d s"
                            .formatted(node.name(), bytes / MEBIBYTE, node.ageNanos() / 1_000_000_000));
                } catch (IOException e) {
                    log.accept("the memory of " + node.name() + " cannot be seen: " + e.getMessage());
                }
            }
        }
        if (!seen.isEmpty()) {
            log.accept("live on the heap: " + String.join(", ", seen));
        }
    }

    /** A picture of every look; none if there were none. */
    List<Chart> charts(long originNanos) {
        double offset = (startNanos - originNanos) / 1e9;
        Map<String, List<Point>> points = samples.stream()
                .collect(Collectors.groupingBy(
                        Sample::node,
                        TreeMap::new,
                        Collectors.mapping(
                                sample -> new Point(offset + sample.nanos() / 1e9, sample.bytes() / MEBIBYTE),
                                Collectors.toList())));
        return points.isEmpty()
                ? List.of()
                : List.of(new Chart(
                        "Alive on the heap after a collection, MiB",
                        points.entrySet().stream()
                                .map(node -> new Series(node.getKey(), true, node.getValue()))
                                .toList()));
    }

    /** Median and most, by equal parts of the run. */
    List<String> report() {
        long length = System.nanoTime() - startNanos;
        var report = new ArrayList<String>();
        for (int part = 0; part < PARTS; part++) {
            long from = length / PARTS * part;
            long to = length / PARTS * (part + 1);
            List<Long> sizes = samples.stream()
                    .filter(sample -> sample.nanos() >= from && sample.nanos() < to)
                    .map(Sample::bytes)
                    .sorted()
                    .toList();
            if (!sizes.isEmpty()) {
                report.add("minutes %.0f to %.0f: p50 %.1f MiB, max %.1f MiB (%d looks)"
                        .formatted(
                                from / 60e9,
                                to / 60e9,
                                sizes.get(sizes.size() / 2) / MEBIBYTE,
                                sizes.getLast() / MEBIBYTE,
                                sizes.size()));
            }
        }
        return report;
    }
}
