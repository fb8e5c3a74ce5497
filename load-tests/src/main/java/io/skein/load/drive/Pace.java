package io.skein.load.drive;

import java.util.Locale;

/** When a member sends its next update. */
public sealed interface Pace {
    /** Most updates a member may have without an answer; further ones that are due wait, with their latency running. */
    int inFlight();

    /** What a pace is called in tables, and how it is asked for on a command line. */
    String label();

    /** Closed loop: the next update goes out when one has its answer. Shows what the system can take. */
    record Closed(int inFlight) implements Pace {
        @Override
        public String label() {
            return inFlight + " in flight";
        }
    }

    /**
     * Open loop: updates are due at a fixed rate whatever the system does, and their latency counts from when they were
     * due. Shows how the system feels at that rate.
     *
     * @param updatesPerSecond of all members together
     */
    record Open(double updatesPerSecond, int inFlight) implements Pace {
        @Override
        public String label() {
            return String.format(Locale.ROOT, "%,.0f/s", updatesPerSecond);
        }
    }

    /**
     * Open loop, as people work: most look on, the others drag something or type now and then ({@link Office}).
     *
     * @param idleShare of the members, who write nothing at all; 0.8 are four of five
     * @param seed of the dice that choose who works, and when
     */
    record Office(double idleShare, long seed, int inFlight) implements Pace {
        @Override
        public String label() {
            return String.format(Locale.ROOT, "office, %.0f %% idle", 100 * idleShare);
        }
    }

    /** The server refuses more calls in flight than that from one session. */
    int OPEN_LOOP_IN_FLIGHT = 256;

    /**
     * Reads what stands on a command line.
     *
     * @param text such as {@code 8} (in flight), {@code 5000/s}, or {@code office}
     * @throws IllegalArgumentException if it is none of them
     */
    static Pace parse(String text) {
        try {
            if (text.equals("office")) {
                return new Office(0.8, 1, OPEN_LOOP_IN_FLIGHT);
            }
            if (text.endsWith("/s")) {
                return new Open(Double.parseDouble(text.substring(0, text.length() - 2)), OPEN_LOOP_IN_FLIGHT);
            }
            return new Closed(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("neither in flight (8), nor a rate (5000/s), nor office: " + text, e);
        }
    }
}
