package io.skein.load.drive;

/** When a member sends its next update. */
public sealed interface Pace {
    /** Most updates a member may have without an answer. */
    int inFlight();

    /** Closed loop: the next update goes out when one has its answer. Shows what the system can take. */
    record Closed(int inFlight) implements Pace {}

    /**
     * Open loop: updates are due at a fixed rate whatever the system does, and their latency counts from when they were
     * due. Shows how the system feels at that rate.
     *
     * @param updatesPerSecond of all members together
     * @param inFlight more than that are held back, with their latency running
     */
    record Open(double updatesPerSecond, int inFlight) implements Pace {}
}
