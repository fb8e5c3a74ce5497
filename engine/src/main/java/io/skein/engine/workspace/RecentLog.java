package io.skein.engine.workspace;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/** The last of what happened in a workspace, bounded by number and bytes. Not thread-safe. */
final class RecentLog<E> {
    private final ArrayDeque<E> kept = new ArrayDeque<>();
    private final ToIntFunction<E> bytesOf;
    private final int maxElements;
    private final long maxBytes;
    private long bytes;

    /**
     * @param bytesOf what an element counts
     */
    RecentLog(WorkspaceSettings settings, ToIntFunction<E> bytesOf) {
        this.bytesOf = bytesOf;
        this.maxElements = settings.recentTransactions();
        this.maxBytes = settings.recentBytes();
    }

    void add(E element) {
        kept.addLast(element);
        bytes += bytesOf.applyAsInt(element);
        while (kept.size() > maxElements || bytes > maxBytes) {
            bytes -= bytesOf.applyAsInt(kept.removeFirst());
        }
    }

    /** Oldest first. */
    List<E> all() {
        return new ArrayList<>(kept);
    }

    /** As {@link #all}, and keeps nothing. */
    List<E> takeAll() {
        List<E> all = all();
        kept.clear();
        bytes = 0;
        return all;
    }
}
