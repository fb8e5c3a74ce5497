package io.skein.load.presence;

import java.util.List;

/** Frames that sessions hear, second by second. Belongs to the event loop. */
final class FrameCount {
    private long frames;
    private double sessionSeconds;
    private double most;

    /**
     * Between two moments.
     *
     * @param mean of a session in a second
     * @param most of one session in one second
     */
    record Rate(double mean, double most) {
        /**
         * Whether nobody had more than a frame for each tick of a second, and two: one because looks a second apart are never exactly
         * that, one that this side was late to read.
         */
        boolean isWithin(int tickMillis) {
            return most <= 1.1 * 1_000 / tickMillis + 2;
        }
    }

    /**
     * One second.
     *
     * @param sessions that were there at its end
     * @param framesPerSecond of all of them
     * @param most of one session
     */
    record Second(int sessions, double framesPerSecond, double most) {}

    /**
     * A second is over.
     *
     * @param seconds that it really was long; shorter ones count as one
     */
    Second second(List<Guest> here, double seconds) {
        long heard = 0;
        int mostOfOne = 0;
        for (Guest guest : here) {
            int ofOne = guest.takeFrames();
            heard += ofOne;
            mostOfOne = Math.max(mostOfOne, ofOne);
        }
        frames += heard;
        sessionSeconds += here.size() * seconds;
        double perSecond = mostOfOne / Math.max(1, seconds);
        most = Math.max(most, perSecond);
        return new Second(here.size(), heard / seconds, perSecond);
    }

    /** Ends a window and starts the next. */
    Rate cut() {
        var rate = new Rate(sessionSeconds == 0 ? 0 : frames / sessionSeconds, most);
        frames = 0;
        sessionSeconds = 0;
        most = 0;
        return rate;
    }
}
