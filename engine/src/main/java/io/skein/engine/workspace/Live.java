package io.skein.engine.workspace;

import io.opentelemetry.api.trace.Span;
import io.skein.engine.audit.Origin;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.trace.Tracing;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.CommitQueue.Decided;
import io.skein.engine.workspace.CommitQueue.Waiting;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * A workspace that is in memory: what its actor does once the journal has been read. Two states are kept: {@code durable} is what anybody may hear
 * of, {@code head} is what the next decision rests on, and the {@link CommitQueue} is what lies between them. Not thread-safe: belongs to
 * the actor.
 */
final class Live {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);

    private final WorkspaceSettings settings;
    private final Decider decider;
    private final Visibility visibility;
    private final RecentTransactions recent;
    private final Consumer<Ledger.Write> ledger;
    private final WriteGate.Pass gate;
    private final CommitQueue queue;
    private final Activity activity;
    private final Audiences audiences = new Audiences();
    private final DownstreamWriter wire;
    private final Schedule schedule = new Schedule();
    private final Optional<Strangers> strangers;
    private final OwnerTrace trace;
    private WorkspaceState durable;
    private WorkspaceState head;
    private long writeNanos;

    /**
     * @param state what the journal holds
     * @param recovered the last transactions of {@code state}
     * @param names of actors, for other nodes
     * @param ledger takes one group at a time
     * @param gate to be passed before a group is given to the ledger
     * @param activity hears what is done here
     * @param tracing makes the spans of calls that are traced
     */
    Live(
            WorkspaceState state,
            List<Committed> recovered,
            WorkspaceSettings settings,
            Function<ActorRef<Workspace.Command>, String> names,
            Consumer<Ledger.Write> ledger,
            WriteGate.Pass gate,
            Activity activity,
            Tracing tracing) {
        this.settings = settings;
        this.decider = new Decider(settings.limits());
        this.visibility = new Visibility(state.schema());
        this.wire = new DownstreamWriter(state.schema(), names);
        this.recent = new RecentTransactions(state.schema(), visibility, settings);
        recovered.forEach(recent::add);
        this.ledger = ledger;
        this.gate = gate;
        this.activity = activity;
        this.queue = new CommitQueue(settings);
        this.durable = state;
        this.head = state;
        this.strangers = state.schema().strangers().map(limit -> new Strangers(limit, System::nanoTime));
        this.trace = new OwnerTrace(tracing, state.workspace());
        schedule.load(state);
    }

    /** The state after the last durable transaction. */
    WorkspaceState durable() {
        return durable;
    }

    Visibility visibility() {
        return visibility;
    }

    Audiences audiences() {
        return audiences;
    }

    /** The workspace's own row, as far as it is durable, with the epoch that it has in this database; empty if it was never created or is deleted. */
    Optional<SystemTables.Workspace> about() {
        return SystemTables.workspace(durable, durable.workspace()).map(row -> row.in(settings.incarnation()));
    }

    /** Whether everything that was decided is durable. */
    boolean isSettled() {
        return queue.size() == 0;
    }

    /** When the first scheduled command is due. */
    Optional<Instant> nextDue() {
        return schedule.nextDue();
    }

    // ---- decide

    /** Decides a call, or refuses it because too many wait already. */
    void ask(Call call, Waiting waiting) {
        activity.called();
        Optional<Refusal> tooMany = tooMany(call);
        if (tooMany.isPresent()) {
            refuseAtOnce(call, tooMany.get(), waiting);
            return;
        }
        if (queue.size() >= settings.maxQueuedCalls() || queue.bytes() >= settings.maxQueuedBytes()) {
            Refusal refusal = overloaded("this workspace has too many calls waiting");
            refuseAtOnce(call, refusal, waiting);
        } else {
            decide(call, waiting);
        }
    }

    private void decide(Call call, Waiting waiting) {
        if (call.trace().isEmpty()) {
            add(outcome(decider.decide(head, call, nowMicros()), waiting, call.origin()));
            return;
        }
        Span deciding = trace.deciding(call);
        try (var _ = Tracing.mark(Tracing.context(deciding))) {
            Decided decided = outcome(decider.decide(head, call, nowMicros()), waiting, call.origin());
            add(decided.tracedBy(trace.decided(deciding, call, decided.needsJournal(), decided.outcome())));
        }
    }

    /** Nothing was decided, so it rests on nothing: it is said before what it was too many for. */
    private void refuseAtOnce(Call call, Refusal refusal, Waiting waiting) {
        activity.refused(refusal.code());
        var outcome = new Outcome.Refused(refusal, false);
        trace.decided(trace.deciding(call), call, false, outcome);
        publish(List.of(), List.of(Decided.told(null, waiting, outcome, durable)), List.of());
    }

    /** Why a stranger's call is one too many, if it is. One that was done is not: it would be told that it is not, and changes nothing any more. */
    private Optional<Refusal> tooMany(Call call) {
        return strangers
                .filter(_ -> !call.internal() && !isMember(call.sender()) && !isRemembered(call))
                .flatMap(limit -> limit.admit(call.sender()));
    }

    private boolean isMember(Identity identity) {
        return head.in(SystemTables.MEMBER).find(identity).isPresent();
    }

    private boolean isRemembered(Call call) {
        return call.key()
                .filter(key -> head.calls().find(call.sender(), key.text()) != null)
                .isPresent();
    }

    Refusal overloaded(String message) {
        return Refusal.later(
                ErrorCode.OVERLOADED, message, settings.overloadedRetryAfter().toMillis());
    }

    /** What this call would be refused with, if it would be. */
    Optional<Refusal> refusalOf(Call call) {
        return decider.decide(head, call, nowMicros()) instanceof Decision.Refuse refused
                ? Optional.of(refused.refusal())
                : Optional.empty();
    }

    /** Brings rows that an older version of the module wrote to the present one. */
    void migrate() {
        decider.migration(head, nowMicros())
                .ifPresent(decision -> add(outcome(decision, new Waiting.Nobody(), Origin.NONE)));
    }

    private void add(Decided decided) {
        head = decided.after();
        if (decided.committed() != null) {
            recent.add(decided.committed());
        }
        queue.add(decided);
    }

    private Decided outcome(Decision decision, Waiting waiting, Origin origin) {
        WorkspaceState before = head;
        return switch (decision) {
            case Decision.Commit(var committed) ->
                Decided.accepted(
                        committed, waiting, new Outcome.Accepted(committed.seq(), false, committed.answer()), origin);
            case Decision.Refuse(var refusal, var remember) -> {
                activity.refused(refusal.code());
                yield Decided.told(
                        remember.orElse(null),
                        waiting,
                        new Outcome.Refused(refusal, false),
                        remember.map(before::remember).orElse(before));
            }
            case Decision.Tell(var answered) -> Decided.told(null, waiting, answered, before);
            case Decision.Repeat(var outcome) -> {
                activity.repeated();
                yield Decided.told(null, waiting, outcome, before);
            }
        };
    }

    /** Lets go what may go, and starts the next group when the ledger is free and the gate open. */
    void flush() {
        List<Decided> settled = queue.takeSettled();
        if (!settled.isEmpty()) {
            publish(List.of(), settled, List.of());
        }
        if (!queue.isWriting() && queue.size() > 0 && gate.enter()) {
            var group = queue.startGroup(durable.schema(), durable);
            var tags = queue.tagsOfGroup(durable.schema(), nextDue());
            writeNanos = System.nanoTime();
            trace.writing(queue.group(), group.firstSeq(), group.transactions().size());
            ledger.accept(new Ledger.Write(group, queue.stateAfterGroup(), tags));
        }
        activity.waits(queue.oldestNanos(), queue.size());
    }

    // ---- after commit

    /** The group is durable: now, and not before, anybody hears of it. */
    void written(WorkspaceState after) {
        gate.leave();
        durable = after;
        long sinceNanos = queue.oldestNanos();
        List<Decided> group = queue.finishGroup();
        var transactions = new ArrayList<Committed>(group.size());
        for (Decided decided : group) {
            if (decided.committed() != null) {
                transactions.add(decided.committed());
                schedule.follow(decided.committed());
            }
        }
        long now = System.nanoTime();
        activity.committed(transactions.size(), now - writeNanos, now - sinceNanos);
        publish(transactions, group, trace.written(group));
    }

    private void publish(List<Committed> transactions, List<Decided> group, List<Downstream.Traced> traced) {
        Map<ActorRef<FromOwner>, List<Downstream.Tx>> byRelay =
                transactions.isEmpty() ? Map.of() : audiences.publish(transactions, visibility);
        var results = new LinkedHashMap<ActorRef<FromOwner>, List<Downstream.Result>>();
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
        results.forEach((relay, list) -> {
            List<Downstream.Tx> heard = byRelay.getOrDefault(relay, List.of());
            audiences.send(relay, new Downstream.Published(heard, list, heard.isEmpty() ? List.of() : traced));
        });
    }

    /** Everything that is not durable, for when the journal failed. */
    List<Decided> abandon() {
        gate.leave();
        List<Decided> undurable = queue.abandon();
        trace.lost(undurable);
        return undurable;
    }

    // ---- sessions

    /** The way to a relay or a reader. */
    Link link(ActorRef<FromOwner> other, long number) {
        return new Link(other, number, Link.isRemote(other), settings, wire::write);
    }

    /** Takes in what happened at a relay. */
    void fromRelay(ActorRef<FromOwner> relay, Upstream item) {
        switch (item) {
            case Upstream.Enter(var session, var identity, var again) -> enter(relay, session, identity, again);
            case Upstream.Exit(var session) ->
                audiences.exit(relay, session).ifPresent(identity -> hook(Definition.DISCONNECT, identity));
            case Upstream.Request(var number, var call) -> ask(call, new Waiting.AtRelay(relay, number));
            case Upstream.Emit(var signal) -> emit(relay, signal);
            case Upstream.Watch(var audience) -> watch(relay, audience);
            case Upstream.Unwatch(var audience) ->
                audience.knownTo(durable.schema()).ifPresent(known -> audiences.unwatch(relay, known));
            case Upstream.TakeSnapshot _, Upstream.TakeHistory _ ->
                throw new IllegalArgumentException("questions change nothing: " + item);
        }
    }

    /** A relay has said who is there. */
    void arrived(ActorRef<FromOwner> relay) {
        audiences.arrived(relay).forEach(identity -> hook(Definition.DISCONNECT, identity));
    }

    /** A relay is gone, and its sessions with it. */
    void dismiss(ActorRef<FromOwner> relay) {
        audiences.dismiss(relay).forEach(identity -> hook(Definition.DISCONNECT, identity));
    }

    private void enter(ActorRef<FromOwner> relay, long session, Identity identity, boolean again) {
        WorkspaceState state = durable;
        Role role = SystemTables.roleOf(state, state.workspace(), identity);
        if (role == Role.NONE) {
            audiences.send(
                    relay,
                    new Downstream.Denied(
                            session, Refusal.of(ErrorCode.FORBIDDEN, "you are not a member of this workspace")));
            return;
        }
        Audience audience = Audience.of(state.schema(), identity, role);
        boolean known = again || audiences.wasHere(relay, session);
        audiences.enter(relay, session, identity, audience);
        audiences.send(relay, new Downstream.Entered(session, role, audience, state.seq(), since(state, identity)));
        if (!known) {
            hook(Definition.CONNECT, identity);
        }
    }

    private void watch(ActorRef<FromOwner> relay, Audience audience) {
        // One of another version of the module is passed over: whoever asks for its rows hears that there are none.
        audience.knownTo(durable.schema()).ifPresent(known -> audiences.watch(relay, known));
    }

    /** When what lets this identity in changed last: its own membership, or the workspace's access policy. */
    private static long since(WorkspaceState state, Identity identity) {
        Stored<?> member = state.rows(SystemTables.MEMBER).stored(identity);
        Stored<?> workspace = state.rows(SystemTables.WORKSPACE).stored(state.workspace());
        return Math.max(member == null ? 0 : member.version(), workspace == null ? 0 : workspace.version());
    }

    private void hook(String reducer, Identity identity) {
        if (head.schema().reducer(reducer) != null) {
            Decision decision = decider.decide(head, Call.internal(identity, reducer, new Reducer.None()), nowMicros());
            boolean nothing = decision instanceof Decision.Commit(var committed)
                    && committed.transaction().ops().isEmpty();
            if (!nothing) { // who comes and goes must not fill the journal
                add(outcome(decision, new Waiting.Nobody(), Origin.NONE));
            }
        }
    }

    private void emit(ActorRef<FromOwner> from, Signal signal) {
        if (audiences.isPresent(from, signal.from())) {
            audiences.sendAll(new Downstream.Signalled(signal));
        }
    }

    /** What is remembered of recent transactions, as an audience sees it. */
    Downstream.History history(Audience audience) {
        List<RecentTransactions.Remembered> log = recent.upTo(durable.seq());
        long after = log.isEmpty() ? durable.seq() : log.getFirst().header().seq() - 1;
        var entries = log.stream()
                .map(tx -> new Downstream.Entry(tx.header(), tx.lens().ops(audience), tx.bytes()))
                .toList();
        return new Downstream.History(audience, after, entries);
    }

    /**
     * What a relay missed that has heard everything up to {@code seq}; nothing if that is not remembered, or if somebody's role may have
     * changed since: the relay's sessions are not known here yet, and would see what they may not see any more (rule M2).
     */
    List<Downstream.Tx> since(long seq, Set<Audience> audiences) {
        List<RecentTransactions.Remembered> missed = recent.upTo(durable.seq()).stream()
                .filter(tx -> tx.header().seq() > seq)
                .toList();
        if (missed.size() != durable.seq() - seq || missed.stream().anyMatch(RecentTransactions.Remembered::moves)) {
            return List.of();
        }
        return missed.stream()
                .map(tx -> {
                    var visible = new LinkedHashMap<Audience, List<RowOp>>();
                    audiences.stream()
                            .filter(tx.lens()::covers)
                            .forEach(audience -> visible.put(audience, tx.lens().ops(audience)));
                    return new Downstream.Tx(tx.header(), visible, List.of(), tx.bytes());
                })
                .toList();
    }

    // ---- schedule

    /** Decides the scheduled commands that are due. */
    void runSchedule() {
        Instant now = Instant.now();
        for (SystemTables.Scheduled row : schedule.due(now)) {
            WorkspaceState state = head;
            if (state.in(SystemTables.SCHEDULE).find(row.id()).isEmpty()) {
                continue; // decided already, and not yet durable
            }
            Decision decision = decider.decide(state, Decider.scheduledCall(state.schema(), row), nowMicros());
            if (decision instanceof Decision.Refuse refused) {
                try (var _ = MDC.putCloseable("workspace", state.workspace())) {
                    LOG.warn(
                            "scheduled {} of {} was refused: {}",
                            row.reducer(),
                            state.workspace(),
                            refused.refusal().code().wire());
                }
                decision = decider.decide(state, Decider.forgetScheduled(row.id()), nowMicros());
            }
            add(outcome(decision, new Waiting.Nobody(), Origin.NONE));
        }
    }

    private static long nowMicros() {
        return ValueCodec.toMicros(Instant.now());
    }
}
