package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.audit.Origin;
import io.skein.engine.codec.SealedException;
import io.skein.engine.membership.Imports;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.presence.FromBoard;
import io.skein.engine.presence.PresenceAnswer;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.Committed;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.trace.Tracing;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.CommitQueue.Decided;
import io.skein.engine.workspace.CommitQueue.Waiting;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.StashBuffer;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

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
     * @param origin for the audit log
     */
    public record Create(
            Identity sender,
            String name,
            String module,
            Access access,
            String displayName,
            Optional<CallKey> key,
            Optional<Imports.Begin> importing,
            Origin origin,
            ActorRef<Outcome> replyTo)
            implements Command {}

    /**
     * Rows as somebody sees them after the last durable transaction; answered by {@link Downstream.Found} and
     * {@link Downstream.SnapshotRows}, or by {@link FromOwner.Refused}.
     *
     * @param link the reader's number for this
     */
    public record Read(Identity viewer, List<Subscription> subscriptions, ActorRef<FromOwner> reader, long link)
            implements Command {}

    /** A relay looks for the board of who is here; the board answers. */
    public record FindBoard(ActorRef<FromBoard> relay) implements Command {}

    /** Who is here, to somebody without a session. */
    public record WhoIsHere(Identity viewer, ActorRef<PresenceAnswer> replyTo) implements Command {}

    /** What the invitation with this token is to. */
    public record ShowInvite(String token, ActorRef<InviteAnswer> replyTo) implements Command {}

    /** What this workspace is, whoever asks: an edge needs it to read a caller's arguments. */
    public record Identify(ActorRef<IdentifyAnswer> replyTo) implements Command {}

    /** The answer to {@link Identify}. */
    public sealed interface IdentifyAnswer {
        record Is(String module) implements IdentifyAnswer {}

        record Refused(Refusal refusal) implements IdentifyAnswer {}
    }

    /**
     * A relay wants to hear of everything from now on.
     *
     * @param link the relay's number for this attempt; what is said later on belongs to it
     * @param knows what it heard of an owner before this one
     */
    public record Enlist(ActorRef<FromOwner> relay, long link, Optional<Known> knows) implements Command {}

    /**
     * How far a relay is: everything up to {@code seq}, as these audiences see it.
     *
     * @param epoch of the history that it heard
     */
    public record Known(String epoch, long seq, Set<Audience> audiences) {
        /** Without those that look through joins that this owner's module does not have. */
        private Known decoded(ModuleSchema schema) {
            return new Known(
                    epoch,
                    seq,
                    audiences.stream()
                            .flatMap(audience -> audience.knownTo(schema).stream())
                            .collect(Collectors.toUnmodifiableSet()));
        }
    }

    /**
     * What happened at a relay.
     *
     * @param batch number of this message on its link, from 1
     */
    public record FromRelay(ActorRef<FromOwner> relay, long link, long batch, List<Upstream> items)
            implements Command {}

    /**
     * How far a relay or a reader on another node is.
     *
     * @param sent number of its last batch
     * @param seen number of the last part that it has
     */
    public record Check(ActorRef<FromOwner> other, long link, long sent, long seen) implements Command {}

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

    private record RelayGone(ActorRef<FromOwner> relay) implements Own {}

    private record Later(Runnable action) implements Own {}

    private record RunSchedule() implements Own {}

    private record CheckIdle() implements Own {}

    private record CheckLinks() implements Own {}

    /**
     * What all workspaces of a node share.
     *
     * @param leaving the node is about to leave: workspaces will soon be opened elsewhere
     */
    public record Shared(
            Modules modules,
            WorkspaceSettings settings,
            PresenceSettings presence,
            SnapshotPruner pruner,
            WorkspaceCounters counters,
            WriteGate gate,
            Semaphore snapshots,
            AtomicBoolean leaving,
            Tracing tracing) {
        public Shared(
                Modules modules,
                WorkspaceSettings settings,
                PresenceSettings presence,
                SnapshotPruner pruner,
                WorkspaceCounters counters,
                Tracing tracing) {
            this(
                    modules,
                    settings,
                    presence,
                    pruner,
                    counters,
                    new WriteGate(settings.maxWritesInFlight()),
                    new Semaphore(settings.maxSnapshotsInFlight()),
                    new AtomicBoolean(),
                    tracing);
        }
    }

    /** Timers do not reach as far as schedules. */
    private static final Duration LONGEST_TIMER = Duration.ofHours(1);

    /** What is due stays due until it is durable, and while it is being written this is how often it is looked at. */
    private static final Duration SHORTEST_TIMER = Duration.ofMillis(10);

    /** Twice as long as a relay waits between two looks of its own. */
    private static final Duration LINK_CHECKS = Duration.ofSeconds(2);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final StashBuffer<Command> stash;
    private final String id;
    private final Modules modules;
    private final WorkspaceSettings settings;
    private final Shared shared;
    private final Consumer<ActorRef<Command>> passivate;
    private final WriteGate.Pass gate;
    private final Readings readings;
    private final Attendance attendance;
    private final Activity activity;
    private @Nullable ActorRef<Ledger.Write> ledger;
    /** Null before the first transaction, and while the journal is being read. */
    private @Nullable Live live;

    private Optional<Instant> armedFor = Optional.empty();
    private int journalFailures;
    private long openingNanos;
    /** What a key for its secrets is missing for, if that is why the journal cannot be read. */
    private String lacksKey = "";

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
        this.readings = new Readings(context, id, Later::new);
        this.activity = shared.counters().activity(id);
        this.attendance = new Attendance(context, shared.presence(), Later::new);
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
        openingNanos = System.nanoTime();
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
            case FromLedger(Ledger.Answer.Written _), Admitted _, CheckIdle _, CheckLinks _, RunSchedule _, Later _ ->
                Behaviors.same();
            case StartLedger _ -> {
                startLedger();
                yield Behaviors.same();
            }
            case Stop _ -> {
                refuseStashed();
                yield Behaviors.stopped();
            }
            case Ask _,
                    Create _,
                    Read _,
                    Identify _,
                    Wake _,
                    Enlist _,
                    FromRelay _,
                    Check _,
                    FindBoard _,
                    WhoIsHere _,
                    ShowInvite _,
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
        lacksKey = "";
        activity.opened(System.nanoTime() - openingNanos);
        try (var _ = MDC.putCloseable("workspace", id)) {
            context.getLog()
                    .debug(
                            "workspace {} is open at {}",
                            id,
                            state.map(WorkspaceState::seq).orElse(0L));
        }
        state.ifPresent(found -> {
            Live present = begin(found, recent);
            live = present;
            activity.begin();
            present.migrate();
            settle(present);
        });
        return stash.unstashAll(running());
    }

    private Live begin(WorkspaceState state, List<Committed> recent) {
        var actors = ActorRefResolver.get(context.getSystem());
        return new Live(
                state,
                recent,
                settings,
                actors::toSerializationFormat,
                write -> Objects.requireNonNull(ledger).tell(write),
                gate,
                activity,
                shared.tracing());
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
            case Ask _,
                    Create _,
                    Read _,
                    Identify _,
                    Enlist _,
                    FromRelay _,
                    Check _,
                    FindBoard _,
                    WhoIsHere _,
                    ShowInvite _ -> {
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
            case Later(var action) -> action.run();
            case RunSchedule _ -> {
                armedFor = Optional.empty();
                withLive(Live::runSchedule);
            }
            case CheckIdle _ -> checkIdle();
            case CheckLinks _ -> withLive(this::checkLinks);
            case Stop _ -> stopping = true;
        }
        withLive(this::settle);
        return stopping && (live == null || live.isSettled()) ? leave() : Behaviors.same();
    }

    /** Relays ask for the next owner at once: that this actor has ended reaches other nodes up to a second later. */
    private Behavior<Command> leave() {
        try (var _ = MDC.putCloseable("workspace", id)) {
            context.getLog().debug("workspace {} stops here", id);
        }
        withLive(present -> present.audiences().lose());
        readings.lose();
        return Behaviors.stopped();
    }

    /** What a workspace does for callers and relays. */
    private void serve(Live present, Command command) {
        switch (command) {
            case Ask(var call, var replyTo) -> present.ask(call, new Waiting.Caller(replyTo));
            case Read read -> readings.read(present, read);
            case Identify identify ->
                identify.replyTo()
                        .tell(present.about()
                                .<IdentifyAnswer>map(about -> new IdentifyAnswer.Is(about.module()))
                                .orElseGet(() -> new IdentifyAnswer.Refused(notFound())));
            case Enlist enlist -> enlist(present, enlist);
            case FromRelay batch -> fromRelay(present, batch);
            case FindBoard(var relay) -> attendance.find(present, relay);
            case WhoIsHere question -> attendance.who(present, question);
            case ShowInvite(var token, var replyTo) ->
                replyTo.tell(InviteAnswer.of(present.durable(), token, Instant.now()));
            case Check check -> {
                if (!readings.check(check)
                        && !present.audiences().check(check.other(), check.link(), check.sent(), check.seen())) {
                    refuse(check, unavailable());
                }
            }
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
        Call keyed = create.key().map(call::withKey).orElse(call).by(create.origin());
        Live present = live;
        if (present == null) {
            present = begin(WorkspaceState.empty(schema.get(), id, settings.rememberedCalls()), List.of());
            Optional<Refusal> refusal = present.refusalOf(keyed);
            if (refusal.isPresent()) {
                refuse(create, refusal.get()); // there is still no workspace, and nothing to remember it in
                return;
            }
            live = present;
            activity.begin();
        }
        present.ask(keyed, new Waiting.Caller(create.replyTo()));
    }

    // ---- relays and readers

    private void enlist(Live present, Enlist enlist) {
        ActorRef<FromOwner> relay = enlist.relay();
        Optional<SystemTables.Workspace> about = present.about();
        if (about.isEmpty()) {
            refuse(enlist, notFound());
            return;
        }
        Link link = present.link(relay, enlist.link());
        if (link.isRemote()) {
            timers.startTimerWithFixedDelay(new CheckLinks(), LINK_CHECKS);
        }
        Optional<Known> known = enlist.knows()
                .filter(before -> before.epoch().equals(about.get().epoch()))
                .map(before -> before.decoded(present.durable().schema()));
        List<Downstream.Tx> missed = known.map(before -> present.since(before.seq(), before.audiences()))
                .filter(all -> link.fits(new Downstream.Published(all, List.of())))
                .orElse(List.of());
        long from = present.durable().seq() - missed.size();
        boolean goesOn = known.isPresent() && known.get().seq() == from;
        present.audiences().enlist(relay, link, goesOn ? known.get().audiences() : Set.of());
        context.watchWith(relay, new RelayGone(relay));
        link.send(new Downstream.Enlisted(
                about.get().epoch(),
                from,
                about.get().module(),
                present.durable().schema().version(),
                context.getSelf()));
        if (!missed.isEmpty()) {
            link.send(new Downstream.Published(missed, List.of()));
        }
    }

    private void fromRelay(Live present, FromRelay batch) {
        ActorRef<FromOwner> relay = batch.relay();
        if (!present.audiences().accept(relay, batch.link(), batch.batch())) {
            return;
        }
        for (Upstream item : batch.items()) {
            switch (item) {
                // A session that is not of this audience any more is told so, and asks again as what it is now.
                case Upstream.TakeSnapshot wanted
                when present.audiences().has(relay, wanted.view().audience()) ->
                    readings.snapshot(present, relay, wanted);
                case Upstream.TakeHistory(var audience)
                when present.audiences().has(relay, audience) ->
                    present.audiences().sendHistory(relay, present.history(audience));
                case Upstream.TakeSnapshot _, Upstream.TakeHistory _ -> {}
                case Upstream.Enter _,
                        Upstream.Exit _,
                        Upstream.Request _,
                        Upstream.Emit _,
                        Upstream.Watch _,
                        Upstream.Unwatch _ -> present.fromRelay(relay, item);
            }
        }
        present.arrived(relay);
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

    /** Messages between nodes can get lost without a trace; whoever has something to lose is asked now and then. */
    private void checkLinks(Live present) {
        if (!present.audiences().tick(System.nanoTime())) {
            timers.cancel(new CheckLinks());
        }
    }

    /** What was not durable may or may not be: nobody is told, everybody asks again, and a new ledger reads what is there. */
    private Behavior<Command> ledgerFailed(ChildFailed failed) {
        try (var _ = MDC.putCloseable("workspace", id)) {
            context.getLog().error("the journal of workspace {} failed", id, failed.cause());
        }
        journalFailures++;
        activity.journalFailed();
        lacksKey = missingKey(failed.cause())
                .map(found -> String.valueOf(found.getMessage()))
                .orElse("");
        withLive(present -> {
            for (Decided decided : present.abandon()) {
                if (decided.waiting() instanceof Waiting.Caller(var replyTo)) {
                    replyTo.tell(new Outcome.Refused(unavailable(), false));
                }
            }
            present.audiences().lose();
        });
        readings.lose();
        refuseStashed();
        live = null;
        activity.end();
        timers.startSingleTimer(new StartLedger(), journalPause());
        return stopping ? Behaviors.stopped() : recovering();
    }

    private static Optional<SealedException> missingKey(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof SealedException)) {
            cause = cause.getCause();
        }
        return Optional.ofNullable((SealedException) cause);
    }

    private void refuseStashed() {
        stash.forEach(command -> refuse(command, unavailable()));
        stash.clear();
    }

    private Behavior<Command> stopped(PostStop signal) {
        activity.end();
        gate.leave();
        return Behaviors.same();
    }

    private Duration journalPause() {
        Duration pause = settings.journalRetryMin().multipliedBy(1L << Math.min(journalFailures - 1, 10));
        return pause.compareTo(settings.journalRetryMax()) < 0 ? pause : settings.journalRetryMax();
    }

    private void refuse(Command command, Refusal refusal) {
        if (!(command instanceof FromRelay || command instanceof Check || command instanceof FindBoard)) {
            activity.refused(refusal.code()); // the others only begin anew
        }
        switch (command) {
            case Ask ask -> ask.replyTo().tell(new Outcome.Refused(refusal, false));
            case Create create -> create.replyTo().tell(new Outcome.Refused(refusal, false));
            case Read read -> Readings.refuse(read, refusal);
            case Identify identify -> identify.replyTo().tell(new IdentifyAnswer.Refused(refusal));
            case Enlist enlist -> enlist.relay().tell(new FromOwner.Refused(enlist.link(), refusal));
            case FromRelay batch -> batch.relay().tell(new FromOwner.Lost(batch.link()));
            case Check check -> check.other().tell(new FromOwner.Lost(check.link()));
            case WhoIsHere question -> question.replyTo().tell(new PresenceAnswer.Refused(refusal));
            case ShowInvite question -> question.replyTo().tell(new InviteAnswer.Refused(refusal));
            case FindBoard _, Wake _, Own _, Stop _ -> {} // relays look again
        }
    }

    private Refusal notFound() {
        return Refusal.of(ErrorCode.NOT_FOUND, "no workspace " + id);
    }

    private Refusal unavailable() {
        return Refusal.later(
                ErrorCode.UNAVAILABLE,
                lacksKey.isEmpty()
                        ? "the workspace cannot be served now; what was sent may or may not be done: repeat it with"
                                + " its key"
                        : "the workspace cannot be read here: it is " + lacksKey,
                (journalFailures == 0 ? settings.journalRetryMin() : journalPause()).toMillis());
    }
}
