package io.skein.load.presence;

import java.util.HashMap;
import java.util.Map;
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
        /** Who came in after this number has not been there. */
        private final long ordinal;

        private int waiting;

        Event(Pair pair, long ordinal, int waiting) {
            this.pair = pair;
            this.ordinal = ordinal;
            this.waiting = waiting;
        }
    }

    private final Map<Integer, Event> joins = new HashMap<>();
    private final Map<Integer, Event> leaves = new HashMap<>();
    private int openPairs;
    private long donePairs;
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
     * @param ordinal above all who are there
     * @param listeners how many they are, without the one who leaves
     */
    void begin(int joiner, int leaver, long dueNanos, long ordinal, int listeners) {
        var pair = new Pair(dueNanos);
        openPairs++;
        joins.put(joiner, new Event(pair, ordinal, listeners + 1));
        if (listeners > 0) {
            leaves.put(leaver, new Event(pair, ordinal, listeners));
        } else {
            close(pair);
        }
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
            oneLess(joins, person, join);
        }
    }

    /** Somebody who came in with a number sees somebody appear, or vanish. */
    void heard(long listener, int person, boolean here) {
        Map<Integer, Event> events = here ? joins : leaves;
        Event event = events.get(person);
        if (event != null && listener < event.ordinal) {
            told.recordValue(microsSince(event.pair.dueNanos));
            oneLess(events, person, event);
        }
    }

    /** Somebody does not listen any more; nobody waits until it is told. */
    void deaf(long listener, Picture picture) {
        for (int person : joins.keySet().toArray(Integer[]::new)) {
            Event join = joins.get(person);
            if (join != null && listener < join.ordinal && !picture.has(person)) {
                oneLess(joins, person, join);
            }
        }
        for (int person : leaves.keySet().toArray(Integer[]::new)) {
            Event leave = leaves.get(person);
            if (leave != null && listener < leave.ordinal && picture.has(person)) {
                oneLess(leaves, person, leave);
            }
        }
    }

    private void oneLess(Map<Integer, Event> events, int person, Event event) {
        event.waiting--;
        if (event.waiting == 0) {
            events.remove(person);
            close(event.pair);
        }
    }

    private void close(Pair pair) {
        pair.open--;
        if (pair.open == 0) {
            openPairs--;
            donePairs++;
            done.recordValue(microsSince(pair.dueNanos));
        }
    }

    private static long microsSince(long nanos) {
        return Math.clamp((System.nanoTime() - nanos) / 1_000, 0, LONGEST_MICROS);
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
