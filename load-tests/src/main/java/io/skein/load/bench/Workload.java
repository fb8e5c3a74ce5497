package io.skein.load.bench;

import io.skein.load.drive.Pace;

/**
 * What every system is asked to do.
 *
 * @param textBytes length of the text in an update
 * @param warmUpSeconds under full load, not measured: shorter than 20 s measures the JIT compiler
 */
record Workload(int workspaces, int members, Pace pace, int textBytes, int warmUpSeconds, int seconds) {
    String describe() {
        String writing = switch (pace) {
            case Pace.Closed closed -> "each with " + closed.inFlight() + " updates in flight";
            case Pace.Open open -> "together %,.0f updates/s, open loop".formatted(open.updatesPerSecond());
        };
        return "%d workspaces × %d members, all writing, %s; %d-byte texts; %d s after %d s of warm-up"
                .formatted(workspaces, members, writing, textBytes, seconds, warmUpSeconds);
    }
}
