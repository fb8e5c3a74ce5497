package io.skein.load.check;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Holds one room to its word: every member hears every acknowledged update exactly once, everyone in the same order.
 *
 * <p>Systems without an order of their own ({@link Order#NONE}) are held to less: everyone but its author hears an update exactly once.
 *
 * <p>Members are numbered from 0. An author numbers its updates 1, 2, 3 …, and a room keeps an author's updates in the
 * order they were sent in. So a hole, a repetition and a late arrival show in the numbers of one author; that members
 * agree about the order between authors shows in what each hears under a seq. Not thread-safe.
 */
public final class RoomCheck {
    /** Holes that may be filled late are remembered up to here, for one listener and author. */
    private static final int SKIPPED_LIMIT = 10_000;

    private static final long NOT_HEARD = -1;

    private final String room;
    private final Violations violations;
    private final Author[] authors;
    private final Listener[] listeners;
    private final SeqLog log;
    private final Order order;

    /** What a system promises about the order of updates. */
    public enum Order {
        /** Every update has its number in the room, and its author hears it too, before it is told that it is done. */
        SEQ,
        /** None, not even among those of one author; who may hear its own updates or not, and be told before or after that they are done. */
        NONE
    }

    /**
     * A room before its first update.
     *
     * @param writers how many of the members may write: the first ones
     * @param joinedSeq where the stream of every member starts: the first update has a greater seq
     */
    public RoomCheck(String room, int members, int writers, Order order, long joinedSeq, Violations violations) {
        this.room = room;
        this.order = order;
        this.violations = violations;
        this.authors = new Author[writers];
        this.listeners = new Listener[members];
        this.log = new SeqLog(joinedSeq + 1);
        for (int writer = 0; writer < writers; writer++) {
            authors[writer] = new Author();
        }
        for (int member = 0; member < members; member++) {
            listeners[member] = new Listener(writers, joinedSeq);
        }
    }

    /** The author sends its next update and will get an answer; returns the update's number. */
    public long sending(int author) {
        Author sender = authors[author];
        long number = ++sender.lastNumber;
        sender.unanswered.put(number, NOT_HEARD);
        return number;
    }

    /** A member hears an update. */
    public void heard(int member, long seq, int author, long number) {
        if (author < 0 || author >= authors.length || number < 1 || number > authors[author].lastNumber) {
            fault(Fault.STRANGER, member, seq, author, number);
            return;
        }
        Listener listener = listeners[member];
        if (order == Order.NONE) {
            if (listener.take(author, number) == Arrival.AGAIN) {
                fault(Fault.DUPLICATE, member, seq, author, number);
            } else if (member != author) {
                listener.heard++;
            }
            return;
        }
        if (seq <= listener.lastSeq) {
            fault(Fault.SEQ_BACKWARDS, member, seq, author, number);
        } else if (!agrees(seq, author, number)) {
            fault(Fault.DIVERGED, member, seq, author, number);
        }
        listener.lastSeq = Math.max(listener.lastSeq, seq);
        switch (listener.take(author, number)) {
            case NEXT -> listener.heard++;
            case LATE -> {
                listener.heard++;
                fault(Fault.REORDERED, member, seq, author, number);
            }
            case AGAIN -> fault(Fault.DUPLICATE, member, seq, author, number);
        }
        if (member == author) {
            authors[author].unanswered.replace(number, NOT_HEARD, seq);
        }
    }

    /** The author is told that its update is durable under this seq. */
    public void acknowledged(int author, long number, long seq) {
        Long heardAs = authors[author].unanswered.remove(number);
        if (heardAs == null || (order == Order.SEQ && heardAs != seq)) {
            fault(Fault.UNFOUNDED_ACKNOWLEDGEMENT, author, seq, author, number);
        }
        if (heardAs != null) {
            authors[author].acknowledged++;
        }
    }

    /**
     * The author is told that its update was not taken.
     *
     * @param surely false if the code leaves open whether it happened
     */
    public void refused(int author, long number, boolean surely) {
        if (authors[author].unanswered.remove(number) == null) {
            fault(Fault.UNFOUNDED_ACKNOWLEDGEMENT, author, 0, author, number);
            return;
        }
        authors[author].refused.put(number, surely);
    }

    /** The stream of a member was replaced by a snapshot. */
    public void interrupted(int member, long seq) {
        violations.add(Fault.INTERRUPTED, "member " + member + " of " + room + " at seq " + seq);
    }

    /** Updates that have no answer yet, of the whole room. */
    public long unanswered() {
        long count = 0;
        for (Author author : authors) {
            count += author.unanswered.size();
        }
        return count;
    }

    /** Updates that were acknowledged, of the whole room. */
    public long acknowledged() {
        long count = 0;
        for (Author author : authors) {
            count += author.acknowledged;
        }
        return count;
    }

    /** Whether every update has its answer and every member has heard as many as were acknowledged. */
    public boolean isQuiet() {
        long acknowledged = acknowledged();
        if (unanswered() > 0) {
            return false;
        }
        for (int member = 0; member < listeners.length; member++) {
            if (listeners[member].heard < acknowledged - ownOf(member)) {
                return false;
            }
        }
        return true;
    }

    /** Updates that a member need not be told of, because they are its own. */
    private long ownOf(int member) {
        return order == Order.NONE && member < authors.length ? authors[member].acknowledged : 0;
    }

    /** Nothing more will come: looks for what is missing. Call once. */
    public void finish() {
        for (int member = 0; member < listeners.length; member++) {
            for (int author = 0; author < authors.length; author++) {
                if (order == Order.SEQ || member != author) {
                    finish(member, author);
                }
            }
        }
    }

    private void finish(int member, int author) {
        Author sender = authors[author];
        Listener listener = listeners[member];
        Set<Long> skipped = listener.skipped(author);
        skipped.forEach(number -> expectUnacknowledged(member, author, number));
        for (long number = listener.lastNumber[author] + 1; number <= sender.lastNumber; number++) {
            expectUnacknowledged(member, author, number);
        }
        sender.refused.forEach((number, surely) -> {
            if (surely && number <= listener.lastNumber[author] && !skipped.contains(number)) {
                fault(Fault.REFUSED_YET_HEARD, member, 0, author, number);
            }
        });
    }

    private void expectUnacknowledged(int member, int author, long number) {
        Author sender = authors[author];
        if (!sender.unanswered.containsKey(number) && !sender.refused.containsKey(number)) {
            fault(Fault.LOST, member, 0, author, number);
        }
    }

    private boolean agrees(long seq, int author, long number) {
        if (log.isFullFor(seq)) {
            long slowest = Long.MAX_VALUE;
            for (Listener listener : listeners) {
                slowest = Math.min(slowest, listener.lastSeq);
            }
            log.forgetBelow(slowest + 1);
        }
        return log.agrees(seq, ((long) (author + 1) << 40) | number);
    }

    private void fault(Fault fault, int member, long seq, int author, long number) {
        violations.add(
                fault,
                "member " + member + " of " + room + ", update " + number + " of member " + author
                        + (seq == 0 ? "" : ", seq " + seq));
    }

    private enum Arrival {
        NEXT,
        LATE,
        AGAIN
    }

    /** A member as a writer. */
    private static final class Author {
        private long lastNumber;
        private long acknowledged;
        /** Number to the seq it was heard with; as many as are in flight. */
        private final Map<Long, Long> unanswered = new HashMap<>();
        /** Number to whether it surely did not happen; grows with the refusals of a run, which end a benchmark's worth. */
        private final Map<Long, Boolean> refused = new HashMap<>();
    }

    /** A member as a reader. */
    private static final class Listener {
        private long lastSeq;
        private long heard;
        private final long[] lastNumber;
        private final Map<Integer, Set<Long>> skipped = new HashMap<>();

        Listener(int writers, long joinedSeq) {
            lastNumber = new long[writers];
            lastSeq = joinedSeq;
        }

        Arrival take(int author, long number) {
            long last = lastNumber[author];
            if (number <= last) {
                Set<Long> holes = skipped.get(author);
                return holes != null && holes.remove(number) ? Arrival.LATE : Arrival.AGAIN;
            }
            if (number > last + 1) {
                skip(author, last + 1, number);
            }
            lastNumber[author] = number;
            return Arrival.NEXT;
        }

        private void skip(int author, long from, long to) {
            Set<Long> holes = skipped.computeIfAbsent(author, any -> new HashSet<>());
            if (holes.size() + (to - from) > SKIPPED_LIMIT) {
                throw new IllegalStateException(
                        "a member missed more than " + SKIPPED_LIMIT + " updates of one author");
            }
            for (long hole = from; hole < to; hole++) {
                holes.add(hole);
            }
        }

        Set<Long> skipped(int author) {
            return skipped.getOrDefault(author, Set.of());
        }
    }
}
