package io.skein.persistence.history;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.journal.Group;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.HashChain;
import io.skein.persistence.Readers;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.function.BiConsumer;

/**
 * A run of consecutive transactions as the journal holds them: what one page covers.
 *
 * @param groups that hold them, oldest first; the outer ones may reach beyond the window
 * @param hashBefore of the chain before the first group
 */
record Window(Collection<Group> groups, Bytes hashBefore, long first, long last) {

    private static final Bytes GENESIS = Bytes.of(HashChain.genesis());

    /** Counts what a page may hold; its first transaction always fits. */
    private static final class Room {
        private int transactions;
        private long bytes;

        Room(HistoryLimits limits, int transactions) {
            this.transactions = Math.min(transactions, limits.pageTransactions());
            this.bytes = limits.pageBytes();
        }

        boolean isLeft() {
            return transactions > 0 && bytes > 0;
        }

        void take(byte[] canonical) {
            transactions--;
            bytes -= canonical.length;
        }
    }

    /** The transactions from {@code last} back. */
    static Window endingAt(
            JournalReader journal,
            String workspace,
            JournalReader.Bounds bounds,
            long last,
            int limit,
            HistoryLimits limits,
            Readers.Wanted wanted)
            throws SQLException {
        var room = new Room(limits, limit);
        Deque<Group> groups = new ArrayDeque<>();
        RowWalk rows = RowWalk.down(journal, workspace, journal.rowOf(workspace, bounds, last), bounds.first(), wanted);
        long first = last + 1;
        while (room.isLeft() && first > 1) {
            Group group = rows.require().group();
            groups.addFirst(group);
            while (room.isLeft() && first > group.firstSeq()) {
                first--;
                room.take(transaction(group, first));
            }
        }
        Bytes hashBefore =
                rows.expected() == 0 ? GENESIS : rows.require().group().hashAfter();
        return new Window(groups, hashBefore, first, last);
    }

    /** The transactions from {@code first} on. */
    static Window beginningAt(
            JournalReader journal,
            String workspace,
            JournalReader.Bounds bounds,
            long first,
            int limit,
            HistoryLimits limits,
            Readers.Wanted wanted)
            throws SQLException {
        var room = new Room(limits, limit);
        Deque<Group> groups = new ArrayDeque<>();
        long row = journal.rowOf(workspace, bounds, first);
        RowWalk rows = RowWalk.up(journal, workspace, Math.max(1, row - 1), bounds.last(), wanted);
        Bytes hashBefore = row == 1 ? GENESIS : rows.require().group().hashAfter();
        long last = first - 1;
        while (room.isLeft() && rows.expected() <= bounds.last()) {
            Group group = rows.require().group();
            groups.addLast(group);
            while (room.isLeft() && last < group.lastSeq()) {
                last++;
                room.take(transaction(group, last));
            }
        }
        return new Window(groups, hashBefore, first, last);
    }

    private static byte[] transaction(Group group, long seq) {
        if (seq < group.firstSeq() || seq > group.lastSeq()) {
            throw new CorruptException("transaction %d is not in the group from %d".formatted(seq, group.firstSeq()));
        }
        return group.transactions().get((int) (seq - group.firstSeq()));
    }

    /**
     * Visits every transaction's canonical bytes with the chain's hash after it, oldest first.
     *
     * @throws CorruptException if the chain is broken
     */
    void forEach(BiConsumer<byte[], Bytes> action) {
        byte[] hash = hashBefore.toArray();
        for (Group group : groups) {
            long seq = group.firstSeq();
            for (byte[] canonical : group.transactions()) {
                hash = HashChain.next(hash, canonical);
                if (seq >= first && seq <= last) {
                    action.accept(canonical, Bytes.of(hash));
                }
                seq++;
            }
            if (!Bytes.of(hash).equals(group.hashAfter())) {
                throw new CorruptException("hash after seq %d is not the chain's".formatted(group.lastSeq()));
            }
        }
    }

    /** Of the chain before the first transaction. */
    Bytes hashBeforeFirst() {
        byte[] hash = hashBefore.toArray();
        for (Group group : groups) {
            for (int i = 0; i < group.transactions().size() && group.firstSeq() + i < first; i++) {
                hash = HashChain.next(hash, group.transactions().get(i));
            }
        }
        return Bytes.of(hash);
    }

    /** Where the next older window begins. */
    OptionalLong older() {
        return first > 1 ? OptionalLong.of(first - 1) : OptionalLong.empty();
    }

    /** Where the next newer window begins. */
    OptionalLong newer(long head) {
        return last < head ? OptionalLong.of(last + 1) : OptionalLong.empty();
    }
}
