package io.skein.persistence.history;

import io.skein.engine.Modules;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.state.Committed;
import io.skein.engine.state.WorkspaceState;
import io.skein.persistence.Readers;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a workspace back to a past state: from the nearest stored snapshot, or from its beginning. */
final class Replay {
    private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

    private final JournalReader journal;
    private final Modules modules;
    private final int rememberedCalls;

    Replay(JournalReader journal, Modules modules, int rememberedCalls) {
        this.journal = journal;
        this.modules = modules;
        this.rememberedCalls = rememberedCalls;
    }

    /** A state and the row after which it was so. */
    private record Start(long row, Optional<WorkspaceState> state) {}

    /**
     * Replays up to a transaction and tells of every one on the way, from some transaction at or before {@code from} on.
     *
     * @param bounds of the journal, with {@code to} in them
     * @return the state after {@code to}
     * @throws CorruptException if the journal cannot be replayed
     */
    WorkspaceState run(
            String workspace,
            JournalReader.Bounds bounds,
            long from,
            long to,
            Consumer<Committed> each,
            Readers.Wanted wanted)
            throws SQLException {
        Start start = nearest(workspace, journal.rowOf(workspace, bounds, from), from - 1);
        Optional<WorkspaceState> state = start.state();
        var reached = new AtomicReference<>(state);
        RowWalk rows = RowWalk.up(journal, workspace, start.row() + 1, bounds.last(), wanted);
        while (state.isEmpty() || state.get().seq() < to) {
            state = Optional.of(apply(workspace, state, rows.require().group(), committed -> {
                if (committed.seq() <= to) {
                    reached.set(Optional.of(committed.after()));
                    each.accept(committed);
                }
            }));
        }
        return Objects.requireNonNull(reached.get()).orElseThrow();
    }

    private WorkspaceState apply(
            String workspace, Optional<WorkspaceState> before, Group group, Consumer<Committed> each) {
        return GroupCodec.replay(before.orElseGet(() -> empty(workspace, group.module())), group, each);
    }

    WorkspaceState empty(String workspace, String module) {
        return WorkspaceState.empty(schema(module), workspace, rememberedCalls);
    }

    private ModuleSchema schema(String module) {
        return modules.find(module)
                .orElseThrow(() -> new CorruptException("module %s is not on this node".formatted(module)));
    }

    WorkspaceState decode(byte[] snapshot) {
        return SnapshotCodec.decode(snapshot, this::schema, rememberedCalls);
    }

    /** The newest usable snapshot at or before a transaction; one that cannot be read costs time, not data. */
    private Start nearest(String workspace, long row, long seq) throws SQLException {
        var stored = journal.snapshotUpTo(workspace, row);
        while (stored.isPresent()) {
            long number = stored.get().number();
            try {
                WorkspaceState state = decode(stored.get().bytes());
                if (state.seq() <= seq) {
                    return new Start(number, Optional.of(state));
                }
            } catch (CorruptException e) {
                LOG.warn("the snapshot of {} after row {} cannot be read", workspace, number, e);
            }
            stored = journal.snapshotUpTo(workspace, number - 1);
        }
        return new Start(0, Optional.empty());
    }
}
