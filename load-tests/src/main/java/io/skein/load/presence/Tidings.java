package io.skein.load.presence;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/**
 * The joins and leaves that not everyone has been told of yet. A pair, one who comes and one who goes, is done when all who were there at its beginning, and still are, have been told of
 * both, and who comes is in. Belongs to the event loop.
 */
final class Tidings {
    private static final long LONGEST_MICROS = 600_000_000;

    private static final class Pair {
        private final long dueNanos;
        private int open = 2;

        Pair(long dueNanos) {
            this.dueNanos = dueNanos;
        }
    }

    private static final class Event {
        private final Pair pair;
        /** Who has not been told, by ordinal. */
        private final BitSet untold;
        /** The one who comes is not in yet. */
        private boolean coming;

        Event(Pair pair, BitSet untold, boolean coming) {
            this.pair = pair;
            this.untold = untold;
            this.coming = coming;
        }

        boolean isDone() {
            return !coming && untold.isEmpty();
        }
    }

    private final Map<Integer, Event> joins = new HashMap<>();
    private final Map<Integer, Event> leaves = new HashMap<>();
    private int openPairs;
    private long donePairs;
    private boolean tracked;
    private long donePairsOfSecond;
    private Histogram told = new Histogram(LONGEST_MICROS, 3);
    private Histogram done = new Histogram(LONGEST_MICROS, 3);

    /**
     * What came out between two moments.
     *
     * @param pairs that were done
     * @param told from when a pair was due until somebody was told of one of its two, in microseconds
     * @param done until it was done
     */
    record Told(long pairs, Histogram told, Histogram done) {}

    /**
     * A pair begins.
     *
     * @param listeners ordinals of all who are there, without the one who leaves
     * @param knowing those of them who know the one who leaves
     */
    void begin(int joiner, int leaver, long dueNanos, BitSet listeners, BitSet knowing) {
        var pair = new Pair(dueNanos);
        tracked = true;
        openPairs++;
        joins.put(joiner, new Event(pair, listeners, true));
        leaves.put(leaver, new Event(pair, knowing, false));
        closeIfDone(leaves, leaver);
    }

    int openPairs() {
        return openPairs;
    }

    /** Whether everyone who had to be told that this one came has been. */
    boolean isSettled(int person) {
        return !joins.containsKey(person);
    }

    /** Who came is in. */
    void entered(int person) {
        Event join = joins.get(person);
        if (join != null) {
            join.coming = false;
            closeIfDone(joins, person);
        }
    }

    /** Somebody sees somebody appear, or vanish. */
    void heard(int listener, int person, boolean here) {
        Map<Integer, Event> events = here ? joins : leaves;
        Event event = events.get(person);
        if (event != null && listener >= 0 && event.untold.get(listener)) {
            told.recordValue(microsSince(event.pair.dueNanos));
            event.untold.clear(listener);
            closeIfDone(events, person);
        }
    }

    /** Somebody does not listen any more; nobody waits until it is told. */
    void deaf(int listener) {
        for (Map<Integer, Event> events : List.of(joins, leaves)) {
            for (int person : List.copyOf(events.keySet())) {
                Objects.requireNonNull(events.get(person)).untold.clear(listener);
                closeIfDone(events, person);
            }
        }
    }

    private void closeIfDone(Map<Integer, Event> events, int person) {
        Event event = Objects.requireNonNull(events.get(person));
        if (!event.isDone()) {
            return;
        }
        events.remove(person);
        event.pair.open--;
        if (event.pair.open == 0) {
            openPairs--;
            donePairs++;
            donePairsOfSecond++;
            done.recordValue(microsSince(event.pair.dueNanos));
        }
    }

    private static long microsSince(long nanos) {
        return Math.clamp((System.nanoTime() - nanos) / 1_000, 0, LONGEST_MICROS);
    }

    /** Pairs that were done since the last time; empty if none ever began here. */
    OptionalLong takeSecond() {
        long done = donePairsOfSecond;
        donePairsOfSecond = 0;
        return tracked ? OptionalLong.of(done) : OptionalLong.empty();
    }

    /** Ends a window and starts the next. */
    Told cut() {
        var cut = new Told(donePairs, told, done);
        donePairs = 0;
        told = new Histogram(LONGEST_MICROS, 3);
        done = new Histogram(LONGEST_MICROS, 3);
        return cut;
    }
}
