package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.state.Committed;
import io.skein.engine.state.WorkspaceState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.SnapshotAdapter;
import org.apache.pekko.persistence.typed.SnapshotCompleted;
import org.apache.pekko.persistence.typed.SnapshotFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A workspace's journal: recovers it, writes one group at a time, and says when a group is durable. It decides nothing. When the
 * journal fails the ledger fails with it; the workspace above starts a new one, which reads what really is there.
 */
public final class Ledger extends EventSourcedBehavior<Ledger.Write, GroupCommitted, Ledger.Content> {
    /** The type part of persistence ids: {@code workspace|<id>}. */
    public static final String ENTITY_TYPE = "workspace";

    private static final long SLOW_NANOS = 60_000_000_000L;
    private static final long LEAVING_TRANSACTIONS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(Ledger.class);

    /** One group, to be written now under these tags; the workspace sends the next only after {@link Answer.Written}. */
    public record Write(Group group, WorkspaceState after, Set<String> tags) {}

    /** What the ledger says to its workspace. */
    public sealed interface Answer {
        /** The journal has been read; no state if the workspace never existed. Of the transactions that were replayed the last few. */
        record Recovered(Optional<WorkspaceState> state, List<Committed> recent) implements Answer {}

        /** PostgreSQL has the group durably. */
        record Written(WorkspaceState after) implements Answer {}
    }

    /** What the ledger knows; empty before the first transaction. */
    public record Content(Optional<WorkspaceState> state) {}

    private final String workspace;
    private final Modules modules;
    private final WorkspaceSettings settings;
    private final SnapshotPruner pruner;
    private final WorkspaceCounters counters;
    private final Semaphore snapshots;
    private final ActorRef<Answer> owner;
    private final RecentLog<Committed> recovered;
    private final AtomicBoolean leaving;
    private long snapshotSeq;
    /** Rows or remembered calls, whichever are more, in the last snapshot. */
    private long snapshotHolds;

    private long snapshotNanos = System.nanoTime();
    /** It has written what the next owner will read. */
    private boolean hasLeft;

    private boolean isSnapshotting;

    private Ledger(String workspace, Workspace.Shared shared, ActorRef<Answer> owner) {
        super(persistenceId(workspace));
        this.workspace = workspace;
        this.modules = shared.modules();
        this.settings = shared.settings();
        this.pruner = shared.pruner();
        this.counters = shared.counters();
        this.snapshots = shared.snapshots();
        this.leaving = shared.leaving();
        this.owner = owner;
        this.recovered = new RecentLog<>(settings, committed -> committed.canonical().length);
    }

    /** The ledger of one workspace; {@code owner} hears of recovery and of every durable group. */
    static Behavior<Write> create(String workspace, Workspace.Shared shared, ActorRef<Answer> owner) {
        return Behaviors.setup(_ -> new Ledger(workspace, shared, owner));
    }

    public static PersistenceId persistenceId(String workspace) {
        return PersistenceId.of(ENTITY_TYPE, workspace);
    }

    @Override
    public Content emptyState() {
        return new Content(Optional.empty());
    }

    @Override
    public CommandHandler<Write, GroupCommitted, Content> commandHandler() {
        return (_, write) -> Effect()
                .persist(new GroupCommitted(write.group(), write.after(), write.tags()))
                .thenRun((Content content) ->
                        owner.tell(new Answer.Written(content.state().orElseThrow())));
    }

    @Override
    public EventHandler<Content, GroupCommitted> eventHandler() {
        return (content, event) -> {
            if (event.after() != null) {
                return new Content(Optional.of(event.after()));
            }
            WorkspaceState before = content.state()
                    .orElseGet(() -> WorkspaceState.empty(
                            schema(event.group().module()), workspace, settings.rememberedCalls()));
            return new Content(Optional.of(GroupCodec.replay(before, event.group(), recovered::add)));
        };
    }

    @Override
    public Set<String> tagsFor(GroupCommitted event) {
        return event.tags();
    }

    private ModuleSchema schema(String module) {
        return modules.find(module)
                .orElseThrow(() -> new IllegalStateException(
                        "workspace %s is of module %s, which this node does not have".formatted(workspace, module)));
    }

    @Override
    public SignalHandler<Content> signalHandler() {
        return newSignalHandlerBuilder()
                .onSignal(RecoveryCompleted.instance(), content -> {
                    content.state().ifPresent(this::requireKnownVersion);
                    owner.tell(new Answer.Recovered(content.state(), recovered.takeAll()));
                })
                .onSignal(SnapshotCompleted.class, (_, signal) -> {
                    snapshotEnded();
                    counters.snapshotStored();
                    pruner.prune(
                            persistenceId(workspace).id(),
                            signal.getSnapshotMetadata().sequenceNr());
                })
                .onSignal(SnapshotFailed.class, (_, signal) -> {
                    snapshotEnded();
                    counters.snapshotFailed();
                    try (var _ = MDC.putCloseable("workspace", workspace)) {
                        LOG.warn("no snapshot of workspace {}", workspace, signal.getFailure());
                    }
                })
                .onSignal(PostStop.class, (_, _) -> snapshotEnded())
                .build();
    }

    /** A node of an older version must not write what the newer one would not understand; the workspace waits for one of the newer. */
    private void requireKnownVersion(WorkspaceState state) {
        int here = state.schema().version();
        int there = SystemTables.workspace(state, workspace)
                .map(SystemTables.Workspace::moduleVersion)
                .orElse(here);
        if (there > here) {
            throw new IllegalStateException("workspace %s is at version %d of module %s, and this node has version %d"
                    .formatted(workspace, there, state.schema().name(), here));
        }
    }

    private void snapshotEnded() {
        if (isSnapshotting) {
            isSnapshotting = false;
            snapshots.release();
        }
    }

    /**
     * A snapshot once as much has been committed as recovery would notice, and once there is room: workspaces that are equally busy come due together, and a
     * hundred snapshots at once held every commit up for more than a second.
     */
    @Override
    public boolean shouldSnapshot(Content content, GroupCommitted event, long sequenceNr) {
        WorkspaceState state = content.state().orElseThrow();
        if (isSnapshotting || !isDue(state) || !snapshots.tryAcquire()) {
            return false;
        }
        snapshotNanos = System.nanoTime();
        hasLeft = leaving.get();
        isSnapshotting = true;
        snapshotSeq = state.seq();
        snapshotHolds = holds(state);
        return true;
    }

    /**
     * A fixed number of transactions, or as many as the last snapshot had rows or remembered calls where that is more: so what is written for snapshots is in
     * proportion to what is committed, also where each transaction adds a row. A quarter of it where that takes minutes: whoever works there then waits less after a crash. And few, once, where the workspace is
     * about to be opened by another node.
     */
    private boolean isDue(WorkspaceState state) {
        long due = Math.max(settings.snapshotMinTransactions(), snapshotHolds);
        long since = state.seq() - snapshotSeq;
        boolean slow = System.nanoTime() - snapshotNanos > SLOW_NANOS;
        return since >= due
                || (slow && since >= due / 4)
                || (leaving.get() && !hasLeft && since >= Math.max(LEAVING_TRANSACTIONS, holds(state) / 8));
    }

    private static long holds(WorkspaceState state) {
        return Math.max(state.rowCount(), state.calls().size());
    }

    @Override
    public SnapshotAdapter<Content> snapshotAdapter() {
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(Content content) {
                return new WorkspaceSnapshot.OfState(content.state().orElseThrow());
            }

            @Override
            public Content fromJournal(Object stored) {
                byte[] bytes = ((WorkspaceSnapshot) stored).bytes();
                var state = SnapshotCodec.decode(bytes, Ledger.this::schema, settings.rememberedCalls());
                snapshotSeq = state.seq();
                snapshotHolds = holds(state);
                return new Content(Optional.of(state));
            }
        };
    }
}
