package io.skein.engine.relay;

import io.skein.engine.view.Audience;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.Pieces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots that were asked of the owner and are not here yet. Sessions that want the same rows share one (rule R3): a thousand clients that
 * come back at once cost the owner one.
 */
final class Fetches {
    /** One snapshot on its way. */
    static final class Fetch {
        final long request;
        final View view;
        final WireFormat format;
        /** For one added subscription; otherwise for whole views. */
        final boolean addition;

        /** Each once: who starts over while its rows are on their way waits for the same. */
        final Set<Member> waiting = new LinkedHashSet<>();
        /** The snapshot's {@code seq}; -1 until the owner has fixed it. */
        long seq = -1;

        /** For whole views: the log's place at that {@code seq}. */
        @Nullable
        DeltaNode node;

        /** Who looks through a join in this view. */
        final List<Audience> joins;

        private Fetch(long request, View view, WireFormat format, boolean addition) {
            this.request = request;
            this.view = view;
            this.format = format;
            this.addition = addition;
            this.joins = view.joins();
        }

        /** Rows that came in pieces. */
        private final List<TableRows> gathered = new ArrayList<>();

        boolean isFixed() {
            return seq >= 0;
        }

        /** Takes a piece of the rows; all of them once the last is here. */
        Optional<List<TableRows>> gather(Downstream.SnapshotRows piece) {
            if (piece.last() && gathered.isEmpty()) {
                return Optional.of(piece.rows());
            }
            Pieces.join(gathered, piece.rows());
            return piece.last() ? Optional.of(gathered) : Optional.empty();
        }

        /** Rows to bytes; may run on any thread. */
        EncodedRows encode(List<TableRows> rows) {
            return addition ? format.subscription(view, rows) : format.snapshot(view, rows);
        }
    }

    private final Map<Long, Fetch> byRequest = new HashMap<>();
    private long lastRequest;

    /** The fetch that this member can still join, if there is one. */
    Optional<Fetch> joinable(View view, WireFormat format, boolean addition) {
        return byRequest.values().stream()
                .filter(fetch -> fetch.addition == addition
                        && fetch.format.equals(format)
                        && fetch.view.equals(view)
                        && !(addition && fetch.isFixed()))
                .findFirst();
    }

    Fetch start(View view, WireFormat format, boolean addition) {
        var fetch = new Fetch(++lastRequest, view, format, addition);
        byRequest.put(fetch.request, fetch);
        return fetch;
    }

    @Nullable
    Fetch find(long request) {
        return byRequest.get(request);
    }

    /** Whether a snapshot on its way is for somebody who looks like this. */
    boolean need(Audience audience) {
        return byRequest.values().stream().anyMatch(fetch -> fetch.joins.contains(audience));
    }

    void finish(Fetch fetch) {
        byRequest.remove(fetch.request);
    }

    /**
     * Takes a member out of whatever it waits for. What nobody waits for any more is forgotten: the log that it would lead into goes with
     * the last session of its audience, so whoever comes next must not join it.
     */
    void leave(Member member) {
        byRequest.values().removeIf(fetch -> fetch.waiting.remove(member) && fetch.waiting.isEmpty());
    }

    void clear() {
        byRequest.clear();
    }
}
