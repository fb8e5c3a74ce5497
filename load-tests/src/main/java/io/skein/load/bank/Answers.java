package io.skein.load.bank;

import java.util.SortedMap;
import org.HdrHistogram.Histogram;

/** What clients were told. */
final class Answers {
    private Answers() {}

    /**
     * In the window that is measured, by all clients.
     *
     * @param perSecond accepted transfers
     * @param latency from calling to the answer, in microseconds, in steps of a tenth of a millisecond; 10 s at most
     */
    record Window(long accepted, double perSecond, Histogram latency) {
        double latencyMillis(double percentile) {
            return latency.getValueAtPercentile(percentile) / 1_000.0;
        }
    }

    /**
     * From the first transfer to the last answer, by all clients.
     *
     * @param refusals by their text
     * @param flows what came to less went from each account, by accepted transfers
     */
    record Totals(long accepted, SortedMap<String, Long> refusals, Amounts flows) {
        /** All but those that are part of the work: who has too little is refused, with the name of the reason or with its words. */
        long unexpectedRefusals() {
            return refusals.entrySet().stream()
                    .filter(refusal -> !refusal.getKey().replace('_', ' ').contains("insufficient balance"))
                    .mapToLong(refusal -> refusal.getValue())
                    .sum();
        }

        long refused() {
            return refusals.values().stream().mapToLong(Long::longValue).sum();
        }
    }
}
