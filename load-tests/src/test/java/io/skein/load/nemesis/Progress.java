package io.skein.load.nemesis;

import static org.junit.jupiter.api.Assertions.assertTrue;

/** Waits for clients to get on. */
final class Progress {
    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long POLL_MILLIS = 20;

    private Progress() {}

    /** Returns once so many calls were accepted since the run began; fails after a minute. */
    static void awaitAccepted(Scenario scenario, long calls) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (scenario.crew().acceptedCalls() < calls) {
            scenario.crew().requireHealthy();
            assertTrue(System.nanoTime() < deadline, "no progress");
            Thread.sleep(POLL_MILLIS);
        }
    }
}
