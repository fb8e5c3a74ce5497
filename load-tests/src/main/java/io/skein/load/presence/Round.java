package io.skein.load.presence;

import io.skein.load.machine.ProcessorTime;
import java.util.List;

/**
 * One system, once.
 *
 * @param host its name
 * @param does what it does, in half a line
 * @param seconds how long the window was
 * @param told of whom everybody was told in it
 * @param cpu processor seconds in it
 * @param frames that sessions heard in it
 * @param heldBack pairs that were due at its end and had not begun, because the system was behind
 * @param residentBytes of the server at its end
 * @param rest how the room came to rest afterwards
 * @param pairsBySecond that were done in each second of the window
 * @param findings what was wrong
 */
record Round(
        String host,
        String does,
        double seconds,
        Tidings.Told told,
        ProcessorTime cpu,
        FrameCount.Rate frames,
        long heldBack,
        long residentBytes,
        Crowd.Rest rest,
        List<Long> pairsBySecond,
        List<String> findings) {
    /** Whether everybody was right about everybody in the end. */
    boolean isClean() {
        return findings.isEmpty() && told.pairs() > 0;
    }

    /** Of so many processor seconds, the milliseconds for one pair. */
    double millisPerPair(double processorSeconds) {
        return 1_000 * processorSeconds / Math.max(1, told.pairs());
    }

    double pairsPerSecond() {
        return told.pairs() / seconds;
    }
}
