package io.skein.load.bench;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Window;
import io.skein.load.machine.ProcessorTime;

/**
 * One system, once, from an empty database to a clean end.
 *
 * @param peer the system's name
 * @param window what the members measured
 * @param cpu processor seconds in the same window
 * @param verdict whether everyone had heard everything, from the first update on (warm-up included)
 */
record Round(String peer, Window window, ProcessorTime cpu, Fleet.Verdict verdict) {
    /** Processor milliseconds of server and PostgreSQL for 1,000 acknowledged updates. */
    double serverMillisPerThousand() {
        return 1e6 * (cpu.server() + cpu.postgres()) / Math.max(1, window.acknowledged());
    }
}
