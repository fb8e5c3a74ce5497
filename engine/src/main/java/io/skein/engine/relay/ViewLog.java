package io.skein.engine.relay;

import io.skein.engine.state.RowOp;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The recent transactions as one view sees them, encoded once in one wire format. Written by the relay; read by event loops through {@link
 * DeltaNode}s. The oldest node holds the place before the first transaction that is kept.
 */
final class ViewLog {
    /** What identifies a log. */
    record Key(View view, WireFormat format) {}

    /** A snapshot for joiners, who go on behind {@code node}. */
    record Cached(DeltaNode node, EncodedRows rows) {}

    /** The content of a place that is no transaction: nobody sends it, and nobody need be told that it was passed. */
    private static final byte[] PLACE = {};

    private final CompiledView view;
    private final List<Audience> audiences;
    private final WireFormat format;
    private final DeltaNode.RunCache runs = new DeltaNode.RunCache();
    private final int maxTransactions;
    private DeltaNode oldest;
    private DeltaNode newest;
    /** The old oldest place, where sessions may still stand, after older transactions were put in front of it while it was the newest. */
    private @Nullable DeltaNode twin;

    private long bytes;
    private @Nullable Cached cached;
    private int sessions;

    /**
     * @param seq the log begins after it
     */
    ViewLog(CompiledView view, WireFormat format, long seq, RelaySettings settings) {
        this.view = view;
        this.audiences = view.audiences();
        this.format = format;
        this.maxTransactions = settings.logTransactions();
        this.oldest = new DeltaNode(seq, 0, PLACE, runs);
        this.newest = oldest;
    }

    DeltaNode newest() {
        return newest;
    }

    /** The node of this {@code seq}, if its successors are all kept. */
    Optional<DeltaNode> node(long seq) {
        if (seq < oldest.seq() || seq > newest.seq()) {
            return Optional.empty();
        }
        if (seq == newest.seq()) {
            return Optional.of(newest);
        }
        DeltaNode node = oldest;
        while (node.seq() < seq) {
            node = Objects.requireNonNull(node.next());
        }
        return Optional.of(node);
    }

    /**
     * @param joined what is seen through each join of the view
     * @param maxBytes what this log may hold
     */
    void append(Downstream.Entry entry, Function<Audience.Join, List<RowOp>> joined, long maxBytes) {
        DeltaNode node = encode(entry, joined);
        newest.link(node);
        if (twin != null) {
            twin.link(node);
            twin = null;
        }
        newest = node;
        bytes += size(node);
        while (bytes > maxBytes || newest.seq() - oldest.seq() > maxTransactions) {
            DeltaNode evicted = oldest;
            oldest = Objects.requireNonNull(evicted.next());
            bytes -= size(oldest);
            evicted.link(DeltaNode.EVICTED);
        }
        if (cached != null && cached.node().seq() < oldest.seq()) {
            cached = null;
        }
    }

    /**
     * Puts older transactions in front.
     *
     * @param after the {@code seq} before the first of them
     * @param entries those up to the present oldest place
     */
    void prepend(long after, List<Downstream.Entry> entries) {
        DeltaNode first = new DeltaNode(after, 0, PLACE, runs);
        DeltaNode last = first;
        for (Downstream.Entry entry : entries) {
            if (entry.header().seq() > oldest.seq()) {
                break;
            }
            DeltaNode node = encode(entry, ViewLog::unknown);
            last.link(node);
            last = node;
            bytes += size(node);
        }
        DeltaNode next = oldest.next();
        if (next == null) {
            twin = oldest;
            newest = last;
        } else {
            last.link(next);
        }
        oldest = first;
    }

    /** Whoever returns starts over where there are joins, see {@link Streams#reach}. */
    private static List<RowOp> unknown(Audience.Join join) {
        throw new IllegalStateException("the past through a join is not kept: " + join);
    }

    private DeltaNode encode(Downstream.Entry entry, Function<Audience.Join, List<RowOp>> joined) {
        List<TableDelta> deltas = view.evaluate(entry.visible(), joined);
        return new DeltaNode(
                entry.header().seq(),
                entry.header().timeMicros(),
                deltas.isEmpty() ? null : format.transaction(entry.header(), deltas),
                runs);
    }

    private static long size(DeltaNode node) {
        byte[] content = node.bytes();
        return 64L + (content == null ? 0 : content.length);
    }

    /** Lets everything go: sessions find that they are behind. */
    void cut() {
        if (twin != null) {
            twin.link(DeltaNode.EVICTED);
            twin = null;
        }
        DeltaNode node = oldest;
        while (node != null && node.seq() >= 0) {
            DeltaNode next = node.next();
            node.link(DeltaNode.EVICTED);
            node = next;
        }
        cached = null;
    }

    Key key() {
        return new Key(view.view(), format);
    }

    CompiledView view() {
        return view;
    }

    /** Whom the owner has to tell of what happens, so that this log can be written. */
    List<Audience> audiences() {
        return audiences;
    }

    /** Whether it is written for people who look through joins: at a cost to the owner. */
    boolean hasJoins() {
        return audiences.size() > 1;
    }

    Optional<Cached> cached() {
        return Optional.ofNullable(cached);
    }

    void cache(Cached snapshot) {
        if (snapshot.node().seq() >= oldest.seq()) {
            cached = snapshot;
        }
    }

    void dropCache() {
        cached = null;
    }

    /** Bytes of the snapshot that is kept. */
    long cachedBytes() {
        return cached == null ? 0 : cached.rows().bytes();
    }

    int sessions() {
        return sessions;
    }

    void count(int change) {
        sessions += change;
    }
}
