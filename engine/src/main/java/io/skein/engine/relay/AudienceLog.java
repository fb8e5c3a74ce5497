package io.skein.engine.relay;

import io.skein.engine.workspace.Downstream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one audience sees: the newest transaction, from which its views are written, and, while returning sessions need them, older ones. These the owner
 * keeps; here they would be kept once more for each audience, and are seldom asked for, as a view's own log reaches back as far.
 */
final class AudienceLog {
    /** What the owner remembers. */
    private record Past(long after, List<Downstream.Entry> entries) {}

    /** Sessions that wait for older transactions from the owner. */
    private final List<Runnable> waiting = new ArrayList<>();

    private Downstream.@Nullable Entry newest;
    private @Nullable Past past;
    private boolean isAwaitingHistory;

    /** Takes in what happened last. */
    void append(Downstream.Entry entry) {
        newest = entry;
    }

    /** What was appended last. */
    Downstream.Entry newest() {
        return Objects.requireNonNull(newest);
    }

    /** The transactions after {@code seq}, if those who waited for them are being served now and they reach so far back. */
    @Nullable
    List<Downstream.Entry> after(long seq) {
        Past known = past;
        if (known == null || seq < known.after()) {
            return null;
        }
        return known.entries().stream()
                .filter(entry -> entry.header().seq() > seq)
                .toList();
    }

    /**
     * Waits for the owner's answer.
     *
     * @return whether the owner has to be asked: it is asked once for all who wait
     */
    boolean await(Runnable action) {
        waiting.add(action);
        boolean first = !isAwaitingHistory;
        isAwaitingHistory = true;
        return first;
    }

    /** The owner's answer is here: everybody who waited is served from it, and it is let go. */
    void answer(long after, List<Downstream.Entry> entries) {
        var all = List.copyOf(waiting);
        forgetQuestion();
        past = new Past(after, entries);
        all.forEach(Runnable::run);
        past = null;
    }

    /** The owner that was asked is gone: its answer will not come, and those who waited for it ask anew. */
    void forgetQuestion() {
        isAwaitingHistory = false;
        waiting.clear();
    }
}
