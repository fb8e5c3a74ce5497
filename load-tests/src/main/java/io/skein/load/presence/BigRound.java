package io.skein.load.presence;

import io.skein.load.report.Course.Look;
import java.util.List;

/**
 * One big room of Skein.
 *
 * @param sessions in it
 * @param phases in their order
 * @param looks one for each second
 * @param findings what was wrong
 */
record BigRound(int sessions, List<Phase> phases, List<Look> looks, List<String> findings) {
    /**
     * One thing that happened, and the rest after it.
     *
     * @param seconds until the last one was in, or the last pair had begun
     * @param commits of somebody who works meanwhile
     * @param frames that sessions heard
     * @param rest from the last change on
     * @param fewestUsers that the one who never leaves was shown meanwhile
     * @param residentBytes of the server
     * @param liveHeapBytes of it, after a collection
     */
    record Phase(
            String name,
            double seconds,
            Clerk.Latency commits,
            FrameCount.Rate frames,
            Crowd.Rest rest,
            int fewestUsers,
            long residentBytes,
            long liveHeapBytes) {}

    /** The most ticks that it took until all were right. Where nobody came or went there is no last change to count from. */
    double mostTicks() {
        return phases.stream()
                .filter(phase -> !phase.name().startsWith(BigRun.QUIET))
                .mapToDouble(phase -> phase.rest().ticks())
                .max()
                .orElse(Double.NaN);
    }

    /** What lives on the heap after the last phase, by what lived there after the same of the first cycle; not a number if there was one cycle. */
    double heapGrowth() {
        List<Phase> reconnects = phases.stream()
                .filter(phase -> phase.name().startsWith(BigRun.RECONNECT))
                .toList();
        return reconnects.size() < 2
                ? Double.NaN
                : (double) reconnects.getLast().liveHeapBytes()
                        / reconnects.getFirst().liveHeapBytes();
    }

    /** How long a commit takes while people come and go, by how long while nobody does: the median, over the medians of all cycles. */
    double commitRatio() {
        return medianCommit(BigRun.CHURN) / medianCommit(BigRun.QUIET);
    }

    private double medianCommit(String kind) {
        double[] medians = phases.stream()
                .filter(phase -> phase.name().startsWith(kind))
                .mapToDouble(phase -> phase.commits().p50Millis())
                .sorted()
                .toArray();
        return medians.length == 0 ? Double.NaN : medians[medians.length / 2];
    }
}
