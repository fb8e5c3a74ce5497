package io.skein.engine.relay;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.state.RowOp;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The logs of a relay: for each audience what the owner sent last, for each view what its sessions are sent. */
final class Streams {
    private static final long MIN_SHARE_BYTES = 16 << 10;

    private final ModuleSchema schema;
    private final RelaySettings settings;
    private final Map<Audience, AudienceLog> audiences = new HashMap<>();
    /** In order of use, the longest unused first. */
    private final LinkedHashMap<ViewLog.Key, ViewLog> views = new LinkedHashMap<>(16, 0.75f, true);

    private long head;

    /**
     * @param head the last {@code seq} that the owner published before this relay listened
     */
    Streams(ModuleSchema schema, RelaySettings settings, long head) {
        this.schema = schema;
        this.settings = settings;
        this.head = head;
    }

    ModuleSchema schema() {
        return schema;
    }

    /** The last {@code seq} that is here. */
    long head() {
        return head;
    }

    Set<Audience> audiences() {
        return Set.copyOf(audiences.keySet());
    }

    AudienceLog audience(Audience audience) {
        return audiences.computeIfAbsent(audience, _ -> new AudienceLog());
    }

    /** The log of a view, begun now if it is new. */
    ViewLog view(View view, WireFormat format) {
        ViewLog log = views.computeIfAbsent(
                new ViewLog.Key(view, format),
                _ -> new ViewLog(new CompiledView(schema, view), format, head, settings));
        log.audiences().forEach(this::audience);
        return log;
    }

    /** Whether there is a log for this audience. */
    boolean needs(Audience audience) {
        return views.values().stream().anyMatch(log -> log.audiences().contains(audience));
    }

    void forget(Audience audience) {
        audiences.remove(audience);
    }

    /** Whether this log is still written, and not one that went with the last of its audience. */
    boolean isWritten(ViewLog log) {
        return views.get(log.key()) == log;
    }

    /**
     * Takes in one transaction.
     *
     * @return whether sessions look through a join that is followed no longer
     */
    boolean append(Downstream.Tx tx) {
        head = tx.header().seq();
        for (Iterator<Map.Entry<Audience, AudienceLog>> each =
                        audiences.entrySet().iterator();
                each.hasNext(); ) {
            var log = each.next();
            var visible = tx.visible().get(log.getKey());
            if (visible == null) {
                each.remove(); // nobody of this audience is left here, and the owner has stopped telling
            } else {
                log.getValue().append(new Downstream.Entry(tx.header(), visible, tx.bytes()));
            }
        }
        // Each view has its share of what the relay may hold, so that many views make many short logs and no large
        // heap.
        long share = Math.max(MIN_SHARE_BYTES, settings.logBytes() / Math.max(1, views.size()));
        var lost = new boolean[1];
        views.values().removeIf(log -> {
            Audience audience = log.audiences().getFirst();
            AudienceLog seen = audiences.get(audience);
            if (seen == null || (log.hasJoins() && !audiences.keySet().containsAll(log.audiences()))) {
                lost[0] |= log.hasJoins() && log.sessions() > 0;
                return true; // not cut: sessions on their way out, or into another view, may still stand in it
            }
            log.append(seen.newest(), join -> through(audience, join), share);
            return false;
        });
        return lost[0];
    }

    private List<RowOp> through(Audience audience, Audience.Join join) {
        return Objects.requireNonNull(audiences.get(audience.through(join)))
                .newest()
                .visible();
    }

    /** Keeps a snapshot for those who join next; the ones that were not used for longest make room. */
    void cache(ViewLog log, ViewLog.Cached snapshot) {
        log.cache(snapshot);
        long bytes = views.values().stream().mapToLong(ViewLog::cachedBytes).sum();
        for (ViewLog each : views.values()) {
            if (bytes <= settings.snapshotCacheBytes()) {
                break;
            }
            bytes -= each.cachedBytes();
            each.dropCache();
        }
    }

    /** Lets views go that no session has, the longest unused first, beyond what may be kept warm. */
    void trim() {
        views.values().removeIf(log -> log.hasJoins() && log.sessions() == 0);
        long idle = views.values().stream().filter(log -> log.sessions() == 0).count();
        var each = views.values().iterator();
        while (idle > settings.maxIdleViews() && each.hasNext()) {
            ViewLog log = each.next();
            if (log.sessions() == 0) {
                each.remove(); // not cut: a slow session may have to go through it to reach its next one
                idle--;
            }
        }
    }

    /** The owner was lost and nothing was missed; what it was asked it may not have heard. */
    void reconnect() {
        audiences.values().forEach(AudienceLog::forgetQuestion);
    }

    /** Nothing that is here connects to what comes: sessions start over from snapshots. */
    void cut(long newHead) {
        views.values().forEach(ViewLog::cut);
        views.clear();
        audiences.clear();
        head = newHead;
    }

    /** Makes a view's log reach back to {@code seq}, if it does not and what the owner has told of the past does. */
    boolean reach(View view, WireFormat format, long seq) {
        ViewLog log = view(view, format);
        if (log.hasJoins()) {
            return false;
        }
        if (log.node(seq).isPresent()) {
            return true;
        }
        List<Downstream.Entry> past =
                Objects.requireNonNull(audiences.get(view.audience())).after(seq);
        if (seq > head || past == null) {
            return false;
        }
        log.prepend(seq, past);
        return true;
    }
}
