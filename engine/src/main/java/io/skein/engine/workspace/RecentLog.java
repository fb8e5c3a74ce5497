package io.skein.engine.workspace;

import io.skein.engine.state.Committed;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last transactions of a workspace, bounded by number and bytes. Not thread-safe. */
public final class RecentLog {
    private final ArrayDeque<Committed> transactions = new ArrayDeque<>();
    private final int maxTransactions;
    private final long maxBytes;
    private long bytes;

    public RecentLog(int maxTransactions, long maxBytes) {
        this.maxTransactions = maxTransactions;
        this.maxBytes = maxBytes;
    }

    void add(Committed committed) {
        transactions.addLast(committed);
        bytes += committed.canonical().length;
        while (transactions.size() > maxTransactions || bytes > maxBytes) {
            bytes -= transactions.removeFirst().canonical().length;
        }
    }

    /** Oldest first. */
    List<Committed> all() {
        return new ArrayList<>(transactions);
    }
}
