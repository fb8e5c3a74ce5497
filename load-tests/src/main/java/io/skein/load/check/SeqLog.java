package io.skein.load.check;

/**
 * What stands under each seq of one room, said by whoever hears it first: a window over consecutive seqs, from the
 * slowest member to the fastest.
 */
final class SeqLog {
    private static final int FIRST_CAPACITY = 1 << 10;
    private static final int LARGEST_CAPACITY = 1 << 20;

    private long[] entries = new long[FIRST_CAPACITY];
    private long base;

    /** @param base the lowest seq that can still be heard */
    SeqLog(long base) {
        this.base = base;
    }

    boolean isFullFor(long seq) {
        return seq - base >= entries.length;
    }

    /** Nobody will hear a seq below this any more. */
    void forgetBelow(long seq) {
        long end = Math.min(seq, base + entries.length);
        for (long forgotten = base; forgotten < end; forgotten++) {
            entries[slot(forgotten)] = 0;
        }
        base = Math.max(base, seq);
    }

    /**
     * Puts {@code entry} (not 0) under {@code seq}, or compares it with what is there.
     *
     * @return false if another entry stands there
     * @throws IllegalStateException if the slowest member is more than a million seqs behind
     */
    boolean agrees(long seq, long entry) {
        if (seq < base) {
            return true;
        }
        while (isFullFor(seq)) {
            grow();
        }
        int slot = slot(seq);
        if (entries[slot] == 0) {
            entries[slot] = entry;
        }
        return entries[slot] == entry;
    }

    private void grow() {
        if (entries.length == LARGEST_CAPACITY) {
            throw new IllegalStateException("a member is more than " + LARGEST_CAPACITY + " seqs behind another");
        }
        long[] old = entries;
        entries = new long[old.length * 2];
        for (long seq = base; seq < base + old.length; seq++) {
            entries[slot(seq)] = old[(int) (seq & (old.length - 1))];
        }
    }

    private int slot(long seq) {
        return (int) (seq & (entries.length - 1));
    }
}
