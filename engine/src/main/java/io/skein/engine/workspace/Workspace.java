package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.membership.Imports;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.Committed;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.CommitQueue.Decided;
import io.skein.engine.workspace.CommitQueue.Waiting;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * One workspace on its owner node. It reads its journal, then decides every call at once against all that was decided before, hands what is
 * decided to the ledger one group at a time, and tells callers and relays when the ledger says that it is durable: never before (rule
 * D1). This class is what it hears and how it lives; {@link Live} is what it does.
 */
public final class Workspace {
    /** What a workspace hears. */
    public sealed interface Command {}

    /** A call without a socket; the answer comes when it is durable. */
    public record Ask(Call call, ActorRef<Outcome> replyTo) implements Command {}

    /**
     * Makes the workspace; the sender becomes its first owner.
     *
     * @param importing the import that it is made for, if it is
     */
    public record Create(
            Identity sender,
            String name,
            String module,
            Access access,
            String displayName,
            Optional<CallKey> key,
            Optional<Imports.Begin> importing,
            ActorRef<Outcome> replyTo)
            implements Command {}

    /** Rows as somebody sees them after the last durable transaction. */
    public record Read(Identity viewer, List<Subscription> subscriptions, ActorRef<ReadAnswer> replyTo)
            implements Command {}

    /** The answer to {@link Read}. */
    public sealed interface ReadAnswer {
        /**
         * @param about the workspace's own row
         * @param role of the viewer
         */
        record Found(SystemTables.Workspace about, Role role, long seq, Bytes hash, List<TableRows> rows)
                implements ReadAnswer {}

        record Refused(Refusal refusal) implements ReadAnswer {}
    }

    /** What this workspace is, whoever asks: an edge needs it to read a caller's arguments. */
    public record Identify(ActorRef<IdentifyAnswer> replyTo) implements Command {}

    /** The answer to {@link Identify}. */
    public sealed interface IdentifyAnswer {
        record Is(String module) implements IdentifyAnswer {}

        record Refused(Refusal refusal) implements IdentifyAnswer {}
    }

    /** A relay wants to hear of everything from now on. */
    public record Enlist(ActorRef<Downstream> relay) implements Command {}

    /** What happened at a relay. */
    public record FromRelay(ActorRef<Downstream> relay, List<Upstream> items) implements Command {}

    /** A relay needs a view's rows; answered by {@link Downstream.SnapshotTaken} and {@link Downstream.SnapshotRows}. */
    public record TakeSnapshot(ActorRef<Downstream> relay, long request, View view) implements Command {}

    /** A relay needs recent transactions; answered by {@link Downstream.History}. */
    public record TakeHistory(ActorRef<Downstream> relay, Audience audience) implements Command {}

    /** Brings the workspace into memory, where it runs what is due. */
    public record Wake(ActorRef<Woken> replyTo) implements Command {}

    /** The answer to {@link Wake}: when the first scheduled command is due, as far as is durable. */
    public record Woken(Optional<Instant> firstDue) {}

    /** The shard asks the workspace to leave memory. */
    public record Stop() implements Command {}

    /** What only the workspace itself, its ledger and its timers say. */
    private sealed interface Own extends Command {}

    private record FromLedger(Ledger.Answer answer) implements Own {}

    private record StartLedger() implements Own {}

    /** The journal has room for a group of this workspace. */
    private record Admitted() implements Own {}

    private record RelayGone(ActorRef<Downstream> relay) implements Own {}

    private record Computed(Runnable tell) implements Own {}

    private record RunSchedule() implements Own {}

    private record CheckIdle() implements Own {}

    /** What all workspaces of a node share. */
    public record Shared(
            Modules modules, WorkspaceSettings settings, SnapshotPruner pruner, WriteGate gate, Semaphore snapshots) {
        public Shared(Modules modules, WorkspaceSettings settings, SnapshotPruner pruner) {
            this(
                    modules,
                    settings,
                    pruner,
                    new WriteGate(settings.maxWritesInFlight()),
                    new Semaphore(settings.maxSnapshotsInFlight()));
        }
    }

    /** Timers do not reach as far as schedules. */
    private static final Duration LONGEST_TIMER = Duration.ofHours(1);

    /** What is due stays due until it is durable, and while it is being written this is how often it is looked at. */
    private static final Duration SHORTEST_TIMER = Duration.ofMillis(10);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final StashBuffer<Command> stash;
    private final String id;
    private final Modules modules;
    private final WorkspaceSettings settings;
    private final Shared shared;
    private final Consumer<ActorRef<Command>> passivate;
    private final WriteGate.Pass gate;
    private @Nullable ActorRef<Ledger.Write> ledger;
    /** Null before the first transaction, and while the journal is being read. */
    private @Nullable Live live;

    private Optional<Instant> armedFor = Optional.empty();
    private int journalFailures;
    private boolean stopping;
    private long lastActiveNanos = System.nanoTime();

    private Workspace(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            StashBuffer<Command> stash,
            String id,
            Shared shared,
            Consumer<ActorRef<Command>> passivate) {
        this.context = context;
        this.timers = timers;
        this.stash = stash;
        this.id = id;
        this.modules = shared.modules();
        this.settings = shared.settings();
        this.shared = shared;
        this.passivate = passivate;
        ActorRef<Command> self = context.getSelf();
        this.gate = shared.gate().pass(() -> self.tell(new Admitted()));
    }

    /**
     * @param passivate asks the shard to stop this workspace, because nobody needs it now
     */
    public static Behavior<Command> create(String id, Shared shared, Consumer<ActorRef<Command>> passivate) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                shared.settings().maxQueuedCalls(),
                stash -> new Workspace(context, timers, stash, id, shared, passivate).start())));
    }

    // ---- start: read the journal; calls wait

    private Behavior<Command> start() {
        Duration check = settings.idleTimeout().dividedBy(2);
        timers.startTimerWithFixedDelay(new CheckIdle(), check, check);
        startLedger();
        return recovering();
    }

    private void startLedger() {
        ActorRef<Ledger.Answer> answers = context.messageAdapter(Ledger.Answer.class, FromLedger::new);
        ledger = context.spawn(Ledger.create(id, shared, answers), "ledger-" + journalFailures);
        context.watch(ledger);
    }

    private Behavior<Command> recovering() {
        return Behaviors.receive(Command.class)
                .onAnyMessage(this::whileRecovering)
                .onSignal(ChildFailed.class, this::ledgerFailed)
                .onSignal(PostStop.class, this::stopped)
                .build();
    }

    private Behavior<Command> whileRecovering(Command command) {
        return switch (command) {
            case FromLedger(Ledger.Answer.Recovered(var state, var log)) -> recovered(state, log);
            case FromLedger(Ledger.Answer.Written _), Admitted _, CheckIdle _, RunSchedule _, Computed _ ->
                Behaviors.same();
            case StartLedger _ -> {
                startLedger();
                yield Behaviors.same();
            }
            case Stop _ -> Behaviors.stopped();
            case Ask _,
                    Create _,
                    Read _,
                    Identify _,
                    Wake _,
                    Enlist _,
                    FromRelay _,
                    TakeSnapshot _,
                    TakeHistory _,
                    RelayGone _ -> {
                if (journalFailures == 0 && !stash.isFull()) {
                    stash.stash(command);
                } else {
                    refuse(command, unavailable());
                }
                yield Behaviors.same();
            }
        };
    }

    private Behavior<Command> recovered(Optional<WorkspaceState> state, List<Committed> recent) {
        journalFailures = 0;
        state.ifPresent(found -> {
            Live present = begin(found, recent);
            live = present;
            present.migrate();
            settle(present);
        });
        return stash.unstashAll(running());
    }

    private Live begin(WorkspaceState state, List<Committed> recent) {
        return new Live(
                state, recent, settings, write -> Objects.requireNonNull(ledger).tell(write), gate);
    }

    // ---- run

    private Behavior<Command> running() {
        return Behaviors.receive(Command.class)
                .onAnyMessage(this::whileRunning)
                .onSignal(ChildFailed.class, this::ledgerFailed)
                .onSignal(PostStop.class, this::stopped)
                .build();
    }

    private Behavior<Command> whileRunning(Command command) {
        switch (command) {
            case Create create when !stopping -> create(create);
            case Ask _, Create _, Read _, Identify _, Enlist _, FromRelay _, TakeSnapshot _, TakeHistory _ -> {
                if (live == null || stopping) {
                    refuse(command, stopping ? unavailable() : notFound());
                } else {
                    lastActiveNanos = System.nanoTime();
                    serve(live, command);
                }
            }
            case Wake(var replyTo) -> replyTo.tell(new Woken(live == null ? Optional.empty() : live.nextDue()));
            case RelayGone(var relay) -> withLive(present -> present.dismiss(relay));
            case FromLedger(Ledger.Answer.Written(var after)) -> withLive(present -> present.written(after));
            case FromLedger(Ledger.Answer.Recovered _), StartLedger _, Admitted _ -> {}
            case Computed(var tell) -> tell.run();
            case RunSchedule _ -> {
                armedFor = Optional.empty();
                withLive(Live::runSchedule);
            }
            case CheckIdle _ -> checkIdle();
            case Stop _ -> stopping = true;
        }
        withLive(this::settle);
        return stopping && (live == null || live.isSettled()) ? Behaviors.stopped() : Behaviors.same();
    }

    /** What a workspace does for callers and relays. */
    private void serve(Live present, Command command) {
        switch (command) {
            case Ask(var call, var replyTo) -> present.ask(call, new Waiting.Caller(replyTo));
            case Read read -> read(present, read);
            case Identify identify ->
                identify.replyTo()
                        .tell(present.about()
                                .<IdentifyAnswer>map(about -> new IdentifyAnswer.Is(about.module()))
                                .orElseGet(() -> new IdentifyAnswer.Refused(notFound())));
            case Enlist(var relay) -> enlist(present, relay);
            case FromRelay(var relay, var items)
            when present.audiences().knows(relay) -> present.fromRelay(relay, items);
            case TakeSnapshot snapshot
            when present.audiences().knows(snapshot.relay()) -> takeSnapshot(present, snapshot);
            case TakeHistory(var relay, var audience)
            when present.audiences().knows(relay) -> relay.tell(present.history(audience));
            case FromRelay _, TakeSnapshot _, TakeHistory _ ->
                refuse(command, unavailable()); // from before the journal failed
            case Create _, Wake _, Own _, Stop _ -> {}
        }
    }

    /** Lets go what is settled, starts the next group, and looks when the schedule is due. */
    private void settle(Live present) {
        present.flush();
        Optional<Instant> due = present.nextDue();
        if (!due.equals(armedFor)) {
            armedFor = due;
            due.ifPresentOrElse(this::arm, () -> timers.cancel(new RunSchedule()));
        }
    }

    private void arm(Instant due) {
        Duration wait = Duration.between(Instant.now(), due);
        Duration timer = wait.compareTo(LONGEST_TIMER) < 0 ? wait : LONGEST_TIMER;
        timers.startSingleTimer(new RunSchedule(), timer.isPositive() ? timer : SHORTEST_TIMER);
    }

    private void withLive(Consumer<Live> action) {
        if (live != null) {
            action.accept(live);
        }
    }

    private void create(Create create) {
        lastActiveNanos = System.nanoTime();
        Optional<ModuleSchema> schema = modules.find(create.module());
        if (schema.isEmpty()) {
            refuse(create, Refusal.of(ErrorCode.INVALID_ARGS, "no module " + create.module()));
            return;
        }
        byte[] epoch = new byte[16];
        new SecureRandom().nextBytes(epoch);
        var args = new Membership.Create(
                create.name(),
                create.module(),
                schema.get().version(),
                create.access(),
                HexFormat.of().formatHex(epoch),
                create.displayName());
        Call call = create.importing()
                .map(begin -> Call.internal(create.sender(), Imports.CREATE, new Imports.Create(args, begin)))
                .orElseGet(() -> Call.internal(create.sender(), Membership.CREATE, args));
        Call keyed = create.key().map(call::withKey).orElse(call);
        Live present = live;
        if (present == null) {
            present = begin(WorkspaceState.empty(schema.get(), id, settings.rememberedCalls()), List.of());
            Optional<Refusal> refusal = present.refusalOf(keyed);
            if (refusal.isPresent()) {
                refuse(create, refusal.get()); // there is still no workspace, and nothing to remember it in
                return;
            }
            live = present;
        }
        present.ask(keyed, new Waiting.Caller(create.replyTo()));
    }

    // ---- relays and readers

    private void enlist(Live present, ActorRef<Downstream> relay) {
        Optional<SystemTables.Workspace> about = present.about();
        if (about.isEmpty()) {
            relay.tell(new Downstream.Unavailable(notFound()));
            return;
        }
        present.audiences().dismiss(relay);
        present.audiences().enlist(relay);
        context.watchWith(relay, new RelayGone(relay));
        relay.tell(new Downstream.Enlisted(
                about.get().epoch(), present.durable().seq(), about.get().module(), context.getSelf()));
    }

    private void takeSnapshot(Live present, TakeSnapshot command) {
        command.relay()
                .tell(new Downstream.SnapshotTaken(
                        command.request(), present.durable().seq()));
        compute(
                present,
                command.view(),
                rows -> command.relay().tell(new Downstream.SnapshotRows(command.request(), rows)),
                () -> command.relay().tell(new Downstream.SnapshotFailed(command.request())));
    }

    /** Evaluates a view on an immutable state, so that the workspace is not held up. */
    private void compute(Live present, View view, Consumer<List<TableRows>> use, Runnable failed) {
        WorkspaceState state = present.durable();
        var rows = CompletableFuture.supplyAsync(
                () -> new CompiledView(state.schema(), view).snapshot(state, present.visibility()),
                context.getExecutionContext());
        context.pipeToSelf(
                rows,
                (found, failure) -> new Computed(() -> {
                    if (failure == null) {
                        use.accept(found);
                    } else {
                        context.getLog().error("view {} of workspace {} failed", view, id, failure);
                        failed.run();
                    }
                }));
    }

    private void read(Live present, Read read) {
        WorkspaceState state = present.durable();
        Role role = SystemTables.roleOf(state, id, read.viewer());
        Optional<SystemTables.Workspace> about = present.about();
        if (about.isEmpty()) {
            refuse(read, notFound());
        } else if (role == Role.NONE) {
            refuse(read, Refusal.of(ErrorCode.FORBIDDEN, "you are not a member of this workspace"));
        } else {
            var view = new View(Audience.of(state.schema(), read.viewer(), role), read.subscriptions());
            compute(
                    present,
                    view,
                    rows -> read.replyTo()
                            .tell(new ReadAnswer.Found(about.get(), role, state.seq(), Bytes.of(state.hash()), rows)),
                    () -> refuse(read, Refusal.of(ErrorCode.INTERNAL, "these rows cannot be read")));
        }
    }

    // ---- housekeeping

    /** What is due later than the next look does not keep the workspace in memory: the catalog has it woken. */
    private void checkIdle() {
        Instant nextLook = Instant.now().plus(settings.idleTimeout());
        boolean idle =
                System.nanoTime() - lastActiveNanos > settings.idleTimeout().toNanos();
        boolean needed = live != null
                && (!live.audiences().isEmpty()
                        || !live.isSettled()
                        || live.nextDue().filter(nextLook::isAfter).isPresent());
        if (idle && !needed) {
            passivate.accept(context.getSelf());
        }
    }

    /** What was not durable may or may not be: nobody is told, everybody asks again, and a new ledger reads what is there. */
    private Behavior<Command> ledgerFailed(ChildFailed failed) {
        context.getLog().error("the journal of workspace {} failed", id, failed.cause());
        journalFailures++;
        withLive(present -> {
            for (Decided decided : present.abandon()) {
                if (decided.waiting() instanceof Waiting.Caller(var replyTo)) {
                    replyTo.tell(new Outcome.Refused(unavailable(), false));
                }
            }
            present.audiences().relays().forEach(relay -> relay.tell(new Downstream.Lost()));
        });
        stash.forEach(command -> refuse(command, unavailable()));
        stash.clear();
        live = null;
        timers.startSingleTimer(new StartLedger(), journalPause());
        return stopping ? Behaviors.stopped() : recovering();
    }

    private Behavior<Command> stopped(PostStop signal) {
        gate.leave();
        return Behaviors.same();
    }

    private Duration journalPause() {
        Duration pause = settings.journalRetryMin().multipliedBy(1L << Math.min(journalFailures - 1, 10));
        return pause.compareTo(settings.journalRetryMax()) < 0 ? pause : settings.journalRetryMax();
    }

    private void refuse(Command command, Refusal refusal) {
        switch (command) {
            case Ask ask -> ask.replyTo().tell(new Outcome.Refused(refusal, false));
            case Create create -> create.replyTo().tell(new Outcome.Refused(refusal, false));
            case Read read -> read.replyTo().tell(new ReadAnswer.Refused(refusal));
            case Identify identify -> identify.replyTo().tell(new IdentifyAnswer.Refused(refusal));
            case Enlist(var relay) -> relay.tell(new Downstream.Unavailable(refusal));
            case FromRelay items -> items.relay().tell(new Downstream.Lost());
            case TakeSnapshot snapshot -> snapshot.relay().tell(new Downstream.Lost());
            case TakeHistory history -> history.relay().tell(new Downstream.Lost());
            case Wake _, Own _, Stop _ -> {}
        }
    }

    private Refusal notFound() {
        return Refusal.of(ErrorCode.NOT_FOUND, "no workspace " + id);
    }

    private Refusal unavailable() {
        return Refusal.later(
                ErrorCode.UNAVAILABLE,
                "the workspace cannot be served now; what was sent may or may not be done: repeat it with its key",
                (journalFailures == 0 ? settings.journalRetryMin() : journalPause()).toMillis());
    }
}
