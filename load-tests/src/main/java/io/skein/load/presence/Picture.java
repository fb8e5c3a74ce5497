package io.skein.load.presence;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Who is here as one client has heard it. Belongs to the event loop. */
final class Picture {
    /** Hears of everyone who appears in a picture or vanishes from it. */
    interface Watcher {
        void appeared(int person);

        void vanished(int person);
    }

    private final Watcher watcher;
    private BitSet people = new BitSet();
    private long n = -1;
    private int users = -1;
    private int sessions = -1;
    private String mode = "";
    private int tickMillis;
    private int fewest;
    private long changedNanos;

    Picture(Watcher watcher) {
        this.watcher = watcher;
    }

    /** Whether it shows somebody. */
    boolean has(int person) {
        return people.get(person);
    }

    /** When it last became another one. */
    long changedNanos() {
        return changedNanos;
    }

    /** Shortest time between two frames as the server last said, 0 if it says no such thing. */
    int tickMillis() {
        return tickMillis;
    }

    /** How many users it shows, whether it knows them or only how many. */
    int users() {
        return users < 0 ? people.cardinality() : users;
    }

    /** The fewest users that it has shown since the last call. */
    int takeFewest() {
        int was = fewest;
        fewest = users();
        return was;
    }

    /** How much it is told, as the server calls it; empty if there is no such thing. */
    String mode() {
        return mode;
    }

    void everyone(BitSet now, News.@Nullable Count count) {
        BitSet differing = (BitSet) now.clone();
        differing.xor(people);
        differing.stream().forEach(person -> set(person, now.get(person)));
        count(count);
        fewest = Math.min(fewest, users());
    }

    /** @return what is wrong with the message, null if nothing */
    @Nullable
    String change(News.Change change) {
        News.Count count = change.count();
        String wrong = count != null && count.n() != n + 1 ? "change " + count.n() + " after " + n : null;
        change.here().forEach(person -> set(person, true));
        change.gone().forEach(person -> set(person, false));
        count(count);
        fewest = Math.min(fewest, users());
        return wrong;
    }

    private void set(int person, boolean here) {
        if (people.get(person) == here) {
            return;
        }
        people.set(person, here);
        changedNanos = System.nanoTime();
        if (here) {
            watcher.appeared(person);
        } else {
            watcher.vanished(person);
        }
    }

    void count(News.@Nullable Count count) {
        if (count == null) {
            return;
        }
        n = count.n();
        if (!count.mode().isEmpty()) {
            mode = count.mode();
        }
        if (count.tickMillis() > 0) {
            tickMillis = count.tickMillis();
        }
        if (count.users() >= 0 && (count.users() != users || count.sessions() != sessions)) {
            users = count.users();
            sessions = count.sessions();
            changedNanos = System.nanoTime();
        }
    }

    /**
     * What is wrong with it, null if nothing. Lists of a part of the people have to be the same for all.
     *
     * @param truth who is here
     * @param other what somebody else has been told
     */
    @Nullable
    String fault(BitSet truth, Picture other) {
        int present = truth.cardinality();
        if (users >= 0 && (users != present || sessions != present)) {
            return "%d users, %d sessions, and %d are here".formatted(users, sessions, present);
        }
        boolean partial = !mode.isEmpty() && !mode.equals("list");
        BitSet ghosts = difference(people, truth);
        if (!ghosts.isEmpty()) {
            return "shows " + ghosts + ", who have left";
        }
        if (!partial) {
            BitSet missing = difference(truth, people);
            return missing.isEmpty() ? null : "does not show " + missing;
        }
        return !other.mode.equals(mode) || other.people.equals(people) ? null : "another part of the list than others";
    }

    private static BitSet difference(BitSet from, BitSet what) {
        BitSet left = (BitSet) from.clone();
        left.andNot(what);
        return left;
    }
}
