package io.skein.load.nemesis;

import java.util.ArrayList;
import java.util.List;

/** When nobody's call was accepted in a workspace although somebody waited for one. Times in microseconds of the run. Not thread-safe. */
final class Gaps {
    private static final long WORTH_KEEPING_MICROS = 50_000;

    /** From when somebody waited in vain, until a call was accepted. */
    record Gap(long from, long to) {
        long millis() {
            return (to - from) / 1_000;
        }
    }

    private final List<Gap> gaps = new ArrayList<>();
    private long waitingSince = -1;
    private int waiting;

    /** Somebody has a call that has to be done. */
    void wants(long now) {
        if (waiting++ == 0) {
            waitingSince = now;
        }
    }

    /** A call was accepted. */
    void accepted(long now) {
        keep(now);
        waitingSince = now;
        waiting--;
    }

    /** A call was given up: refused for good. The workspace answered, so it was there. */
    void refused(long now) {
        accepted(now);
    }

    /** The run ends. */
    void end(long now) {
        if (waiting > 0) {
            keep(now);
        }
    }

    private void keep(long now) {
        if (now - waitingSince >= WORTH_KEEPING_MICROS) {
            gaps.add(new Gap(waitingSince, now));
        }
    }

    /** The longest, in milliseconds, of those that began in a stretch of time; 0 if none was longer than 50 ms. */
    long longestMillis(long from, long to) {
        return gaps.stream()
                .filter(gap -> gap.to() > from && gap.from() < to)
                .mapToLong(Gap::millis)
                .max()
                .orElse(0);
    }
}
