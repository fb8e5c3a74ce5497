package io.skein.engine.workspace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** The last of what happened in a workspace, bounded by number and bytes. Not thread-safe. */
final class RecentLog<E> {
    private record Kept<E>(E element, int bytes) {}

    private final ArrayDeque<Kept<E>> kept = new ArrayDeque<>();
    private final int maxElements;
    private final long maxBytes;
    private long bytes;

    RecentLog(WorkspaceSettings settings) {
        this.maxElements = settings.recentTransactions();
        this.maxBytes = settings.recentBytes();
    }

    void add(E element, int elementBytes) {
        kept.addLast(new Kept<>(element, elementBytes));
        bytes += elementBytes;
        while (kept.size() > maxElements || bytes > maxBytes) {
            bytes -= kept.removeFirst().bytes();
        }
    }

    /** Oldest first. */
    List<E> all() {
        var all = new ArrayList<E>(kept.size());
        kept.forEach(each -> all.add(each.element()));
        return all;
    }

    /** As {@link #all}, and keeps nothing. */
    List<E> takeAll() {
        List<E> all = all();
        kept.clear();
        bytes = 0;
        return all;
    }
}
