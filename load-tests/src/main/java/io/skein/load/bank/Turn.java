package io.skein.load.bank;

import io.skein.load.machine.ProcessorTime;
import java.util.List;

/**
 * One bank, once.
 *
 * @param round from 1; banks of one round ran one after the other
 * @param exponent by which accounts were chosen
 * @param bank its name
 * @param cpu processor seconds in the window
 * @param totals warm-up included
 * @param findings what is wrong with its books in the end
 */
record Turn(
        int round,
        double exponent,
        String bank,
        Answers.Window window,
        ProcessorTime cpu,
        Answers.Totals totals,
        List<String> findings) {
    /** Whether its books are right and it refused nothing that it should have done. */
    boolean isClean() {
        return findings.isEmpty() && totals.unexpectedRefusals() == 0 && totals.accepted() > 0;
    }

    /** Of so many processor seconds, those for 1,000 accepted transfers. */
    double perThousand(double processorSeconds) {
        return 1_000 * processorSeconds / Math.max(1, window.accepted());
    }

    String choice() {
        return exponent == 0 ? "uniform" : "zipf " + exponent;
    }
}
