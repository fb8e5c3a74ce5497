package io.skein.engine.presence;

import java.time.Duration;

/**
 * Bounds of presence; {@code skein.presence} in {@code reference.conf} says more.
 *
 * @param tick what happens within it is told at once; a module may choose another
 * @param grace how long somebody without a socket is still here
 * @param listMax up to so many identities everybody is told
 * @param activeShown beyond that, so many of those who did something last
 * @param activeMax beyond so many identities, nobody but their number
 * @param maxStateBytes of one session's state
 * @param maxStateBytesInAll of all states of a workspace; past it sessions are here without one
 * @param framesPerSecond what a relay sends its sessions at most; with more sessions than that allows the tick is longer
 * @param idleAfter a session that did nothing for so long is idle
 * @param settle how long a board that takes over waits for relays before it says who is here
 */
public record PresenceSettings(
        Duration tick,
        Duration grace,
        int listMax,
        int activeShown,
        int activeMax,
        int maxStateBytes,
        long maxStateBytesInAll,
        int framesPerSecond,
        Duration idleAfter,
        Duration settle) {
    public static final PresenceSettings DEFAULT = new PresenceSettings(
            Duration.ofMillis(50),
            Duration.ofSeconds(10),
            500,
            100,
            20_000,
            4_096,
            16L << 20,
            20_000,
            Duration.ofMinutes(2),
            Duration.ofSeconds(2));

    /** A mode is left again when the number is a fifth below where it began, so that who comes and goes at the limit changes nothing. */
    private static final double HYSTERESIS = 0.8;

    /** The mode for so many identities, where {@code now} is the present one. */
    Mode mode(Mode now, int users) {
        Mode up = users > activeMax ? Mode.COUNTS : users > listMax ? Mode.ACTIVE : Mode.LIST;
        Mode down =
                users > activeMax * HYSTERESIS ? Mode.COUNTS : users > listMax * HYSTERESIS ? Mode.ACTIVE : Mode.LIST;
        return up.compareTo(now) > 0 ? up : down.compareTo(now) < 0 ? down : now;
    }

    /**
     * The time between two frames to the same session, in milliseconds.
     *
     * @param tickMillis that of the module
     * @param sessions of the relay that has most
     */
    int intervalMillis(int tickMillis, int sessions) {
        return Math.max(tickMillis, (int) Math.ceilDiv(sessions * 1_000L, framesPerSecond));
    }
}
