package io.skein.load.presence;

/** Frames that sessions hear, second by second. Belongs to the event loop. */
final class FrameCount {
    private long frames;
    private long sessionSeconds;
    private int most;

    /**
     * Between two moments.
     *
     * @param mean of a session in a second
     * @param most of one session in one second
     */
    record Rate(double mean, int most) {
        /** Whether nobody had more than a frame for each tick of a second, and one; looks a second apart are never exactly that. */
        boolean isWithin(int tickMillis) {
            return most <= 1.1 * 1_000 / tickMillis + 1;
        }
    }

    /** A second is over. */
    Second second(Iterable<Guest> here) {
        var second = new Second();
        for (Guest guest : here) {
            second.add(guest.takeFrames());
        }
        frames += second.frames;
        sessionSeconds += second.sessions;
        most = Math.max(most, second.most);
        return second;
    }

    /** Ends a window and starts the next. */
    Rate cut() {
        var rate = new Rate(sessionSeconds == 0 ? 0 : (double) frames / sessionSeconds, most);
        frames = 0;
        sessionSeconds = 0;
        most = 0;
        return rate;
    }

    /** One second. */
    static final class Second {
        private long frames;
        private int sessions;
        private int most;

        private void add(int ofOne) {
            frames += ofOne;
            sessions++;
            most = Math.max(most, ofOne);
        }

        long frames() {
            return frames;
        }

        int sessions() {
            return sessions;
        }

        int most() {
            return most;
        }
    }
}
