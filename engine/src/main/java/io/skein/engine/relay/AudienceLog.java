package io.skein.engine.relay;

import io.skein.engine.workspace.Downstream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The recent transactions as one audience sees them: what new views and returning sessions are served from. Bounded. */
final class AudienceLog {
    private final RelaySettings settings;
    private final ArrayDeque<Downstream.Entry> entries = new ArrayDeque<>();
    /** Sessions that wait for older transactions from the owner. */
    private final List<Runnable> waiting = new ArrayList<>();

    private Downstream.@Nullable Entry newest;
    private long after;
    private long bytes;
    private boolean historyAsked;
    private boolean historyHere;

    AudienceLog(long after, RelaySettings settings) {
        this.after = after;
        this.settings = settings;
    }

    void append(Downstream.Entry entry) {
        newest = entry;
        entries.addLast(entry);
        bytes += entry.bytes();
        while (entries.size() > settings.logTransactions() || bytes > settings.logBytes()) {
            Downstream.Entry evicted = entries.removeFirst();
            bytes -= evicted.bytes();
            after = evicted.header().seq();
        }
    }

    /** What was appended last. */
    Downstream.Entry newest() {
        return Objects.requireNonNull(newest);
    }

    /** Replaces what is kept by what the owner remembers, if that reaches further back. */
    void replace(long historyAfter, List<Downstream.Entry> history) {
        historyHere = true;
        if (historyAfter < after) {
            entries.clear();
            bytes = 0;
            after = historyAfter;
            history.forEach(this::append);
        }
    }

    boolean covers(long seq) {
        return seq >= after;
    }

    /** The transactions after {@code seq}. */
    List<Downstream.Entry> after(long seq) {
        return entries.stream().filter(entry -> entry.header().seq() > seq).toList();
    }

    /** True the first time: the owner is asked once, for all who wait. */
    boolean askHistory() {
        boolean first = !historyAsked;
        historyAsked = true;
        return first;
    }

    /** The owner that was asked is gone: its answer will not come, and those who waited for it ask anew. */
    void forgetQuestion() {
        if (isAwaitingHistory()) {
            historyAsked = false;
            waiting.clear();
        }
    }

    void await(Runnable action) {
        waiting.add(action);
    }

    /** The owner was asked, and its answer is not here yet. */
    boolean isAwaitingHistory() {
        return historyAsked && !historyHere;
    }

    List<Runnable> takeWaiting() {
        var all = List.copyOf(waiting);
        waiting.clear();
        return all;
    }
}
