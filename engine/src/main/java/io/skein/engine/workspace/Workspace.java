package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Access;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
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
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.CommitQueue.Decided;
import io.skein.engine.workspace.CommitQueue.Waiting;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * One workspace on its owner node. It decides every call at once against all that was decided before, hands what is decided to the ledger
 * one group at a time, and tells callers and relays when the ledger says that it is durable: never before (rule D1).
 *
 * <p>Two states are kept: {@code durable} is what anybody may hear of, {@code head} is what the next decision rests on. The {@link
 * CommitQueue} is what lies between them.
 */
public final class Workspace {
    /** What a workspace hears. */
    public sealed interface Command {}

    /** A call without a socket; the answer comes when it is durable. */
    public record Ask(Call call, ActorRef<Outcome> replyTo) implements Command {}

    /** Makes the workspace; the sender becomes its first owner. */
    public record Create(
            Identity sender,
            String name,
            String module,
            Access access,
            String displayName,
            Optional<CallKey> key,
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

    /** The shard asks the workspace to leave memory. */
    public record Stop() implements Command {}

    private record FromLedger(Ledger.Answer answer) implements Command {}

    private record StartLedger() implements Command {}

    private record RelayGone(ActorRef<Downstream> relay) implements Command {}

    private record Computed(Runnable tell) implements Command {}

    private record RunSchedule() implements Command {}

    private record CheckIdle() implements Command {}

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final StashBuffer<Command> stash;
    private final String id;
    private final Modules modules;
    private final WorkspaceSettings settings;
    private final SnapshotPruner pruner;
    private final Consumer<ActorRef<Command>> passivate;
    private final Decider decider;
    private final Audiences audiences = new Audiences();
    private final Schedule schedule = new Schedule();
    private final CommitQueue queue;
    private @Nullable ActorRef<Ledger.Write> ledger;
    private @Nullable WorkspaceState durable;
    private @Nullable WorkspaceState head;
    private @Nullable Visibility visibility;
    private RecentLog recent;
    private int journalFailures;
    private boolean stopping;
    private long lastActiveNanos = System.nanoTime();

    private Workspace(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            StashBuffer<Command> stash,
            String id,
            Modules modules,
            WorkspaceSettings settings,
            SnapshotPruner pruner,
            Consumer<ActorRef<Command>> passivate) {
        this.context = context;
        this.timers = timers;
        this.stash = stash;
        this.id = id;
        this.modules = modules;
        this.settings = settings;
        this.pruner = pruner;
        this.passivate = passivate;
        this.decider = new Decider(settings.limits());
        this.queue = new CommitQueue(settings);
        this.recent = new RecentLog(settings.recentTransactions(), settings.recentBytes());
    }

    /**
     * @param passivate asks the shard to stop this workspace, because nobody needs it now
     */
    public static Behavior<Command> create(
            String id,
            Modules modules,
            WorkspaceSettings settings,
            SnapshotPruner pruner,
            Consumer<ActorRef<Command>> passivate) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> Behaviors.withStash(
                settings.maxQueuedCalls(),
                stash -> new Workspace(context, timers, stash, id, modules, settings, pruner, passivate).start())));
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
        ledger = context.spawn(Ledger.create(id, modules, settings, pruner, answers), "ledger-" + journalFailures);
        context.watch(ledger);
    }

    private Behavior<Command> recovering() {
        return Behaviors.receive(Command.class)
                .onAnyMessage(this::whileRecovering)
                .onSignal(ChildFailed.class, this::ledgerFailed)
                .build();
    }

    private Behavior<Command> whileRecovering(Command command) {
        return switch (command) {
            case FromLedger(Ledger.Answer.Recovered(var state, var log)) -> recovered(state, log);
            case FromLedger(Ledger.Answer.Written _), CheckIdle _, RunSchedule _, Computed _ -> Behaviors.same();
            case StartLedger _ -> {
                startLedger();
                yield Behaviors.same();
            }
            case Stop _ -> Behaviors.stopped();
            case Ask _,
                    Create _,
                    Read _,
                    Identify _,
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

    private Behavior<Command> recovered(Optional<WorkspaceState> state, RecentLog log) {
        recent = log;
        journalFailures = 0;
        state.ifPresent(found -> {
            become(found);
            decider.migration(found, nowMicros()).ifPresent(decision -> decided(decision, new Waiting.Nobody()));
            schedule.load(found);
            armSchedule();
            flush();
        });
        return stash.unstashAll(running());
    }

    private void become(WorkspaceState state) {
        durable = state;
        head = state;
        visibility = new Visibility(state.schema());
    }

    // ---- run

    private Behavior<Command> running() {
        return Behaviors.receive(Command.class)
                .onAnyMessage(this::whileRunning)
                .onSignal(ChildFailed.class, this::ledgerFailed)
                .build();
    }

    private Behavior<Command> whileRunning(Command command) {
        switch (command) {
            case Ask(var call, var replyTo) -> ask(call, new Waiting.Caller(replyTo));
            case Create create -> createWorkspace(create);
            case Read read -> read(read);
            case Identify(var replyTo) -> replyTo.tell(identify());
            case Enlist(var relay) -> enlist(relay);
            case FromRelay(var relay, var items) -> fromRelay(relay, items);
            case TakeSnapshot snapshot -> takeSnapshot(snapshot);
            case TakeHistory(var relay, var audience) -> takeHistory(relay, audience);
            case Computed(var tell) -> tell.run();
            case RelayGone(var relay) -> relayGone(relay);
            case FromLedger(Ledger.Answer.Written(var after)) -> written(after);
            case FromLedger(Ledger.Answer.Recovered _), StartLedger _ -> {}
            case RunSchedule _ -> runSchedule();
            case CheckIdle _ -> checkIdle();
            case Stop _ -> stopping = true;
        }
        flush();
        return stopping && queue.size() == 0 ? Behaviors.stopped() : Behaviors.same();
    }

    // ---- decide

    private void ask(Call call, Waiting waiting) {
        lastActiveNanos = System.nanoTime();
        if (head == null) {
            answer(waiting, new Outcome.Refused(notFound(), false), 0);
        } else if (stopping) {
            answer(waiting, new Outcome.Refused(unavailable(), false), 0);
        } else if (queue.size() >= settings.maxQueuedCalls() || queue.bytes() >= settings.maxQueuedBytes()) {
            answer(waiting, new Outcome.Refused(overloaded(), false), 0);
        } else {
            decided(decider.decide(head, call, nowMicros()), waiting);
        }
    }

    private void createWorkspace(Create create) {
        var schema = modules.find(create.module());
        if (schema.isEmpty()) {
            var refusal = Refusal.of(ErrorCode.INVALID_ARGS, "no module " + create.module());
            create.replyTo().tell(new Outcome.Refused(refusal, false));
            return;
        }
        if (head == null) {
            become(WorkspaceState.empty(schema.get(), id, settings.rememberedCalls()));
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
        Call call = Call.internal(create.sender(), Membership.CREATE, args);
        ask(create.key().map(call::withKey).orElse(call), new Waiting.Caller(create.replyTo()));
        if (Objects.requireNonNull(head).seq() == 0 && queue.size() == 0) {
            durable = null; // refused: there is still no workspace, and the next attempt may be of another module
            head = null;
        }
    }

    private void decided(Decision decision, Waiting waiting) {
        WorkspaceState before = Objects.requireNonNull(head);
        Decided decided = switch (decision) {
            case Decision.Commit(var committed) ->
                new Decided(committed, null, waiting, new Outcome.Accepted(committed.seq(), false), committed.after());
            case Decision.Refuse(var refusal, var remember) ->
                new Decided(
                        null,
                        remember.orElse(null),
                        waiting,
                        new Outcome.Refused(refusal, false),
                        remember.map(before::remember).orElse(before));
            case Decision.Repeat(var outcome) -> new Decided(null, null, waiting, outcome, before);
        };
        head = decided.after();
        queue.add(decided);
    }

    /** Lets go what may go, and starts the next group when the ledger is free. */
    private void flush() {
        List<Decided> settled = queue.takeSettled();
        if (!settled.isEmpty()) {
            publish(List.of(), settled);
        }
        if (!queue.isWriting() && queue.size() > 0) {
            WorkspaceState from = Objects.requireNonNull(durable);
            var group = queue.startGroup(from.schema(), from);
            Objects.requireNonNull(ledger).tell(new Ledger.Write(group, queue.stateAfterGroup()));
        }
    }

    // ---- after commit

    private void written(WorkspaceState after) {
        durable = after;
        List<Decided> group = queue.finishGroup();
        var transactions = new ArrayList<Committed>(group.size());
        boolean rescheduled = false;
        for (Decided decided : group) {
            if (decided.committed() != null) {
                transactions.add(decided.committed());
                recent.add(decided.committed());
                rescheduled |= schedule.follow(decided.committed());
            }
        }
        publish(transactions, group);
        if (rescheduled) {
            armSchedule();
        }
    }

    private void publish(List<Committed> transactions, List<Decided> group) {
        Map<ActorRef<Downstream>, List<Downstream.Tx>> byRelay =
                transactions.isEmpty() ? Map.of() : audiences.publish(transactions, Objects.requireNonNull(visibility));
        var results = new LinkedHashMap<ActorRef<Downstream>, List<Downstream.Result>>();
        byRelay.keySet().forEach(relay -> results.put(relay, new ArrayList<>()));
        for (Decided decided : group) {
            long at = decided.after().seq();
            switch (decided.waiting()) {
                case Waiting.Caller(var replyTo) -> replyTo.tell(decided.outcome());
                case Waiting.AtRelay(var relay, var number) ->
                    results.computeIfAbsent(relay, _ -> new ArrayList<>())
                            .add(new Downstream.Result(number, decided.outcome(), at));
                case Waiting.Nobody _ -> {}
            }
        }
        results.forEach(
                (relay, list) -> relay.tell(new Downstream.Published(byRelay.getOrDefault(relay, List.of()), list)));
    }

    private void answer(Waiting waiting, Outcome outcome, long at) {
        switch (waiting) {
            case Waiting.Caller(var replyTo) -> replyTo.tell(outcome);
            case Waiting.AtRelay(var relay, var number) ->
                relay.tell(new Downstream.Published(List.of(), List.of(new Downstream.Result(number, outcome, at))));
            case Waiting.Nobody _ -> {}
        }
    }

    // ---- relays

    private void enlist(ActorRef<Downstream> relay) {
        lastActiveNanos = System.nanoTime();
        var about = durable == null ? Optional.<SystemTables.Workspace>empty() : SystemTables.workspace(durable, id);
        if (about.isEmpty() || stopping) {
            relay.tell(new Downstream.Unavailable(stopping ? unavailable() : notFound()));
            return;
        }
        audiences.dismiss(relay);
        audiences.enlist(relay);
        context.watchWith(relay, new RelayGone(relay));
        relay.tell(new Downstream.Enlisted(
                about.get().epoch(),
                Objects.requireNonNull(durable).seq(),
                about.get().module(),
                context.getSelf()));
    }

    private void fromRelay(ActorRef<Downstream> relay, List<Upstream> items) {
        if (!audiences.knows(relay)) {
            relay.tell(new Downstream.Lost());
            return;
        }
        for (Upstream item : items) {
            switch (item) {
                case Upstream.Enter(var session, var identity, var again) -> enter(relay, session, identity, again);
                case Upstream.Exit(var session) ->
                    audiences.exit(relay, session).ifPresent(identity -> hook(Definition.DISCONNECT, identity));
                case Upstream.Request(var number, var call) -> ask(call, new Waiting.AtRelay(relay, number));
                case Upstream.Emit(var signal) -> emit(relay, signal);
            }
        }
    }

    private void enter(ActorRef<Downstream> relay, long session, Identity identity, boolean again) {
        WorkspaceState state = Objects.requireNonNull(durable);
        Role role = SystemTables.roleOf(state, id, identity);
        if (role == Role.NONE) {
            relay.tell(new Downstream.Denied(
                    session, Refusal.of(ErrorCode.FORBIDDEN, "you are not a member of this workspace")));
            return;
        }
        Audience audience = Audience.of(state.schema(), identity, role);
        audiences.enter(relay, session, identity, audience);
        relay.tell(new Downstream.Entered(session, role, audience, state.seq()));
        if (!again) {
            hook(Definition.CONNECT, identity);
        }
    }

    private void hook(String reducer, Identity identity) {
        WorkspaceState state = Objects.requireNonNull(head);
        if (state.schema().reducer(reducer) != null) {
            decided(
                    decider.decide(state, Call.internal(identity, reducer, new Reducer.None()), nowMicros()),
                    new Waiting.Nobody());
        }
    }

    private void emit(ActorRef<Downstream> from, Signal signal) {
        if (audiences.isPresent(from, signal.from())) {
            audiences.relays().forEach(relay -> relay.tell(new Downstream.Signalled(signal)));
        }
    }

    private void takeSnapshot(TakeSnapshot command) {
        if (!audiences.knows(command.relay())) {
            command.relay().tell(new Downstream.Lost());
            return;
        }
        WorkspaceState state = Objects.requireNonNull(durable);
        command.relay().tell(new Downstream.SnapshotTaken(command.request(), state.seq()));
        compute(
                state,
                command.view(),
                rows -> command.relay().tell(new Downstream.SnapshotRows(command.request(), rows)));
    }

    /** Evaluates a view on an immutable state, so that the workspace is not held up. */
    private void compute(WorkspaceState state, View view, Consumer<List<TableRows>> use) {
        Visibility rules = Objects.requireNonNull(visibility);
        var rows = CompletableFuture.supplyAsync(
                () -> new CompiledView(state.schema(), view).snapshot(state, rules), context.getExecutionContext());
        context.pipeToSelf(
                rows,
                (found, failure) -> new Computed(() -> {
                    if (failure == null) {
                        use.accept(found);
                    } else {
                        context.getLog().error("view {} of workspace {} failed", view, id, failure);
                    }
                }));
    }

    private void takeHistory(ActorRef<Downstream> relay, Audience audience) {
        List<Committed> log = recent.all();
        long after = log.isEmpty()
                ? Objects.requireNonNull(durable).seq()
                : log.getFirst().seq() - 1;
        var entries = log.stream()
                .map(committed -> new Downstream.Entry(
                        TxHeader.of(committed),
                        Objects.requireNonNull(visibility).ops(committed, audience),
                        committed.canonical().length))
                .toList();
        relay.tell(new Downstream.History(audience, after, entries));
    }

    private void relayGone(ActorRef<Downstream> relay) {
        audiences.dismiss(relay).forEach(identity -> hook(Definition.DISCONNECT, identity));
    }

    private IdentifyAnswer identify() {
        return durable == null || SystemTables.workspace(durable, id).isEmpty()
                ? new IdentifyAnswer.Refused(notFound())
                : new IdentifyAnswer.Is(durable.schema().name());
    }

    private void read(Read read) {
        lastActiveNanos = System.nanoTime();
        WorkspaceState state = durable;
        var about = state == null ? Optional.<SystemTables.Workspace>empty() : SystemTables.workspace(state, id);
        if (state == null || about.isEmpty()) {
            read.replyTo().tell(new ReadAnswer.Refused(notFound()));
            return;
        }
        Role role = SystemTables.roleOf(state, id, read.viewer());
        if (role == Role.NONE) {
            read.replyTo()
                    .tell(new ReadAnswer.Refused(
                            Refusal.of(ErrorCode.FORBIDDEN, "you are not a member of this workspace")));
            return;
        }
        var view = new View(Audience.of(state.schema(), read.viewer(), role), read.subscriptions());
        compute(
                state,
                view,
                rows -> read.replyTo()
                        .tell(new ReadAnswer.Found(about.get(), role, state.seq(), Bytes.of(state.hash()), rows)));
    }

    // ---- housekeeping

    private void armSchedule() {
        schedule.nextDue()
                .ifPresentOrElse(
                        due -> {
                            Duration wait = Duration.between(Instant.now(), due);
                            timers.startSingleTimer(new RunSchedule(), wait.isPositive() ? wait : Duration.ofMillis(1));
                        },
                        () -> timers.cancel(new RunSchedule()));
    }

    private void runSchedule() {
        Instant now = Instant.now();
        for (SystemTables.Scheduled row : schedule.due(now)) {
            WorkspaceState state = Objects.requireNonNull(head);
            if (state.in(SystemTables.SCHEDULE).find(row.id()).isEmpty()) {
                continue; // decided already, and not yet durable
            }
            Decision decision = decider.decide(state, Decider.scheduledCall(state.schema(), row), nowMicros());
            if (decision instanceof Decision.Refuse refused) {
                context.getLog().warn("scheduled {} of {} was refused: {}", row.reducer(), id, refused.refusal());
                decision = decider.decide(state, Decider.forgetScheduled(row.id()), nowMicros());
            }
            decided(decision, new Waiting.Nobody());
        }
    }

    private void checkIdle() {
        boolean idle =
                System.nanoTime() - lastActiveNanos > settings.idleTimeout().toNanos();
        if (idle
                && audiences.isEmpty()
                && queue.size() == 0
                && schedule.nextDue().isEmpty()) {
            passivate.accept(context.getSelf());
        }
    }

    /** What was not durable may or may not be: nobody is told, everybody asks again, and a new ledger reads what is there. */
    private Behavior<Command> ledgerFailed(ChildFailed failed) {
        context.getLog().error("the journal of workspace {} failed", id, failed.cause());
        for (Decided decided : queue.abandon()) {
            if (decided.waiting() instanceof Waiting.Caller caller) {
                answer(caller, new Outcome.Refused(unavailable(), false), 0);
            }
        }
        audiences.relays().forEach(relay -> relay.tell(new Downstream.Lost()));
        audiences.clear();
        stash.forEach(command -> refuse(command, unavailable()));
        stash.clear();
        durable = null;
        head = null;
        journalFailures++;
        timers.startSingleTimer(new StartLedger(), journalPause());
        return stopping ? Behaviors.stopped() : recovering();
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
            case RelayGone _, FromLedger _, StartLedger _, Computed _, RunSchedule _, CheckIdle _, Stop _ -> {}
        }
    }

    private Refusal notFound() {
        return Refusal.of(ErrorCode.NOT_FOUND, "no workspace " + id);
    }

    private Refusal overloaded() {
        return Refusal.later(
                ErrorCode.OVERLOADED,
                "this workspace has too many calls waiting",
                settings.overloadedRetryAfter().toMillis());
    }

    private Refusal unavailable() {
        return Refusal.later(
                ErrorCode.UNAVAILABLE,
                "the workspace cannot be served now; what was sent may or may not be done: repeat it with its key",
                (journalFailures == 0 ? settings.journalRetryMin() : journalPause()).toMillis());
    }

    private static long nowMicros() {
        return ValueCodec.toMicros(Instant.now());
    }
}
