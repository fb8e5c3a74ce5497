package io.skein.load.nemesis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long workspaces that moved stood still, and what clients noticed beside. Not thread-safe. */
final class Moves {
    private final List<Long> pausesMillis = new ArrayList<>();
    private final Map<String, Integer> noticed = new TreeMap<>();

    /**
     * @param pausesMillis one for each workspace that moved
     * @param noticed what clients noticed that was no outcome of a call, and how often
     */
    void add(List<Long> pausesMillis, Map<String, Integer> noticed) {
        this.pausesMillis.addAll(pausesMillis);
        this.pausesMillis.sort(null);
        noticed.forEach((what, times) -> this.noticed.merge(what, times, Integer::sum));
    }

    void add(Moves more) {
        add(more.pausesMillis, more.noticed);
    }

    int count() {
        return pausesMillis.size();
    }

    /** The nearest rank, where something moved. */
    long percentileMillis(int percent) {
        return pausesMillis.get(Math.max(0, (int) Math.ceil(count() * percent / 100.0) - 1));
    }

    Map<String, Integer> noticed() {
        return noticed;
    }

    @Override
    public String toString() {
        String pauses = count() == 0
                ? "nothing moved"
                : "p50 %,d  p90 %,d  p99 %,d  max %,d ms (%d moves)"
                        .formatted(
                                percentileMillis(50),
                                percentileMillis(90),
                                percentileMillis(99),
                                percentileMillis(100),
                                count());
        return noticed.isEmpty() ? pauses : pauses + " " + noticed;
    }
}
