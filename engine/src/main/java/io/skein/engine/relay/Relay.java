package io.skein.engine.relay;

import io.opentelemetry.api.trace.SpanKind;
import io.skein.engine.Modules;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Unquoted;
import io.skein.engine.presence.FromBoard;
import io.skein.engine.presence.PresenceBoard;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.trace.TraceAttributes;
import io.skein.engine.trace.Tracing;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.FromOwner;
import io.skein.engine.workspace.Signal;
import io.skein.engine.workspace.Upstream;
import io.skein.engine.workspace.Workspace;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * A workspace's representative on a node that has sessions of it. Upwards it gathers the sessions' calls into batches and keeps each until its
 * outcome is here, so that it can send them again when the workspace moves or comes back. Downwards it takes what the owner publishes
 * into its logs ({@link Streams}), puts outcomes at their place in the sessions' outboxes, and wakes the event loops. What sessions
 * see is arranged by {@link Views}, and who is here by {@link PresenceDesk}.
 */
public final class Relay {
    /** What a relay hears. */
    public sealed interface Command {}

    /** What module is this workspace of? Answered once the owner is known. */
    public record Describe(ActorRef<Description> replyTo) implements Command {}

    /** The answer to {@link Describe}. */
    public sealed interface Description {
        record Known(ModuleSchema schema, String epoch) implements Description {}

        record Unknown(Refusal refusal) implements Description {}
    }

    /** Where a returning client stopped. */
    public record Resume(String epoch, long seq, String view) {}

    /**
     * A session comes.
     *
     * @param session its number on this node, never used again
     * @param name what its client knows it by
     * @param hello id of the client's request
     * @param startsView whether the client asked for rows with its hello
     */
    public record Open(
            long session,
            String name,
            long hello,
            SessionPort port,
            Identity identity,
            List<Subscription> subscriptions,
            boolean startsView,
            Optional<Resume> resume)
            implements Command {}

    /** One call of a session. */
    public record Request(long id, Call call, CallTrace trace) {
        /** One that is not traced. */
        public Request(long id, Call call) {
            this(id, call, CallTrace.NONE);
        }
    }

    /** Calls of a session, in order. */
    public record Submit(long session, List<Request> requests) implements Command {}

    /** A session wants more rows: those of all these subscriptions at one place. */
    public record Subscribe(long session, long id, List<Subscription> subscriptions) implements Command {}

    /** @param rows whether the client wants to be told what it loses */
    public record Unsubscribe(long session, long id, long subscription, boolean rows) implements Command {}

    /** A session has something to pass on. */
    public record Emit(long session, long id, String name, io.skein.engine.schema.Json payload, Signal.Target to)
            implements Command {}

    /**
     * A session says something of itself, or wants to hear of others.
     *
     * @param call whether it is answered as a call is; otherwise only what cannot be done is answered
     */
    public record Present(long session, long id, PresenceRequest request, boolean call) implements Command {}

    /** The log has let go what this session needs next. */
    public record Behind(long session) implements Command {}

    public record Close(long session) implements Command {}

    /** Somebody was told of this relay and will soon send to it. */
    record Reserve() implements Command {}

    /** The node is done with this relay. */
    record Stop() implements Command {}

    private record Heard(FromOwner message) implements Command {}

    private record BoardSaid(FromBoard message) implements Command {}

    /** The board's actor has ended. */
    record BoardGone(ActorRef<PresenceBoard.Command> board) implements Command {}

    /** It is time to tell the board what sessions said. */
    record ReportPresence() implements Command {}

    /** The owner's actor is gone. */
    record OwnerGone() implements Command {}

    /** It is time to look for the owner again. */
    record TryOwner() implements Command {}

    /** To itself, behind everything that has arrived. */
    record Flush() implements Command {}

    private record Tick() implements Command {}

    private record Encoded(
            long request,
            @Nullable EncodedRows rows,
            @Nullable Throwable failure) implements Command {}

    private static final Duration HOUSEKEEPING = Duration.ofSeconds(1);

    private final ActorContext<Command> context;
    private final String workspace;
    private final Modules modules;
    private final RelaySettings settings;
    private final RelayCounters counters;
    private final Tracing tracing;
    private final Consumer<Long> idle;
    private final Uplink uplink;
    private final OwnerLink owner;
    private final PresenceDesk presence;
    private final OwnerLink.Listener listener = new OwnerLink.Listener() {
        @Override
        public void heard(Downstream message) {
            fromOwner(message);
        }

        @Override
        public void refused(Refusal refusal) {
            unavailable(refusal);
        }
    };
    private final Map<Long, Member> members = new LinkedHashMap<>();
    private final Map<Executor, LoopGroup> groups = new HashMap<>();
    private final List<ActorRef<Description>> curious = new ArrayList<>();
    private @Nullable Views views;
    /** Why nobody can be served here, as long as the owner's module is newer than this node's. */
    private @Nullable Refusal outdated;

    private String epoch = "";
    private long reservations;
    private long lastUsedNanos = System.nanoTime();

    private Relay(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String workspace,
            Modules modules,
            RelaySettings settings,
            PresenceSettings presence,
            RelayCounters counters,
            Tracing tracing,
            Consumer<Workspace.Command> region,
            Consumer<Long> idle) {
        this.context = context;
        this.workspace = workspace;
        this.modules = modules;
        this.settings = settings;
        this.counters = counters;
        this.tracing = tracing;
        this.idle = idle;
        this.uplink = new Uplink(settings, tracing);
        ActorRef<FromOwner> self = context.messageAdapter(FromOwner.class, Heard::new);
        this.owner = new OwnerLink(context, self, modules, settings, counters, uplink, region, this::known);
        this.presence = new PresenceDesk(
                context,
                context.messageAdapter(FromBoard.class, BoardSaid::new),
                presence,
                counters,
                board -> region.accept(new Workspace.FindBoard(board)));
        timers.startTimerWithFixedDelay(new Tick(), HOUSEKEEPING);
        counters.relayBegan();
        owner.enlist();
    }

    /**
     * @param region sends to the workspace, wherever it is
     * @param idle told when nobody has needed this relay for a while, with the number of reservations it has seen
     */
    static Behavior<Command> create(
            String workspace,
            Modules modules,
            RelaySettings settings,
            PresenceSettings presence,
            RelayCounters counters,
            Tracing tracing,
            Consumer<Workspace.Command> region,
            Consumer<Long> idle) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            var relay =
                    new Relay(context, timers, workspace, modules, settings, presence, counters, tracing, region, idle);
            return Behaviors.receive(Command.class)
                    .onAnyMessage(relay::onCommand)
                    .onSignal(PostStop.class, _ -> relay.stopped())
                    .build();
        }));
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Describe(var replyTo) -> describe(replyTo);
            case Open open -> open(open);
            case Submit(var session, var requests) -> submit(session, requests);
            case Subscribe(var session, var id, var added) -> change(session, id, new Member.Change.Add(id, added));
            case Unsubscribe(var session, var id, var number, var rows) ->
                change(session, id, new Member.Change.Remove(id, number, rows));
            case Emit emit -> emit(emit);
            case Present present -> withMember(present.session(), who -> present(who, present));
            case Behind(var session) -> behind(session);
            case Close(var session) -> close(session);
            case Heard(var message) -> hear(message);
            case BoardSaid(var message) -> {
                if (presence.hear(message)) {
                    groups.values().forEach(LoopGroup::wakeAll);
                }
            }
            case BoardGone(var board) -> presence.boardGone(board);
            case ReportPresence _ -> presence.report();
            case OwnerGone _ -> {
                presence.ownerLost();
                owner.gone();
            }
            case TryOwner _ -> owner.tryAgain();
            case Flush _ -> owner.flush();
            case Tick _ -> tick();
            case Encoded encoded -> encoded(encoded);
            case Reserve _ -> {
                reservations++;
                lastUsedNanos = System.nanoTime();
            }
            case Stop _ -> {
                return Behaviors.stopped();
            }
        }
        groups.values().forEach(LoopGroup::wakeIfChanged);
        return Behaviors.same();
    }

    // ---- sessions

    private void describe(ActorRef<Description> replyTo) {
        if (owner.isUp() && views != null) {
            replyTo.tell(new Description.Known(views.schema(), epoch));
        } else if (outdated != null) {
            replyTo.tell(new Description.Unknown(outdated));
        } else {
            curious.add(replyTo);
        }
    }

    private void open(Open open) {
        LoopGroup group = groups.computeIfAbsent(open.port().eventLoop(), this::group);
        withViews(present -> group.allow(present.head()));
        var member = new Member(open, group);
        group.join(open.port());
        ServerMessage.Bye no = whyNot();
        if (no != null) {
            member.end(no);
            group.leave(open.port());
            return;
        }
        members.put(open.session(), member);
        owner.send(new Upstream.Enter(open.session(), open.identity(), false));
    }

    private LoopGroup group(Executor loop) {
        var group = new LoopGroup(loop, counters);
        counters.groupBegan(group);
        return group;
    }

    private ServerMessage.@Nullable Bye whyNot() {
        if (members.size() >= settings.maxSessions()) {
            counters.refused(ErrorCode.OVERLOADED);
            return bye(ErrorCode.OVERLOADED, "this node has too many sessions of this workspace");
        }
        Refusal old = outdated;
        return old == null ? null : new ServerMessage.Bye(old);
    }

    private void submit(long session, List<Request> requests) {
        Member member = members.get(session);
        if (member == null) {
            return;
        }
        for (Request request : requests) {
            CallTrace trace = request.trace();
            if (uplink.isFull()) {
                var refusal = refused(ErrorCode.OVERLOADED, "too many calls wait for this workspace");
                var outcome = new Outcome.Refused(refusal, false);
                trace.heard(outcome);
                member.say(new ServerMessage.Result(request.id(), outcome, trace));
            } else {
                Call call = trace.isTraced() ? request.call().withTrace(trace.taken(workspace)) : request.call();
                uplink.request(member, request.id(), call, trace);
            }
        }
        presence.touch(session);
        owner.flushSoon();
    }

    private void change(long session, long id, Member.Change change) {
        Member member = members.get(session);
        if (member == null) {
            return;
        }
        if (member.changes.size() >= settings.maxPendingChanges()) {
            member.say(new ServerMessage.Failed(
                    id, refused(ErrorCode.OVERLOADED, "too many changes of the view wait already")));
            return;
        }
        if (member.isIn()) {
            withViews(present -> present.enqueue(member, change));
        } else {
            member.changes.addLast(change); // until the owner has let it in
        }
    }

    private void emit(Emit emit) {
        Member member = members.get(emit.session());
        if (member == null) {
            return;
        }
        Outcome outcome;
        if (!owner.isUp() || views == null) {
            outcome = new Outcome.Refused(refused(ErrorCode.UNAVAILABLE, "the workspace is on its way"), false);
        } else {
            owner.send(new Upstream.Emit(new Signal(member.identity(), emit.name(), emit.payload(), emit.to())));
            outcome = new Outcome.Accepted(views.head(), false);
        }
        presence.touch(emit.session());
        member.say(new ServerMessage.Result(emit.id(), outcome));
    }

    private void present(Member member, Present said) {
        Optional<Refusal> refusal = presence.request(member, said.request());
        refusal.ifPresent(why -> counters.refused(why.code()));
        if (said.call()) {
            long head = views == null ? 0 : views.head();
            Outcome outcome = refusal.<Outcome>map(why -> new Outcome.Refused(why, false))
                    .orElseGet(() -> new Outcome.Accepted(head, false));
            member.say(new ServerMessage.Result(said.id(), outcome));
        } else {
            refusal.ifPresent(why -> member.say(new ServerMessage.Failed(said.id(), why)));
        }
    }

    private void behind(long session) {
        withMember(session, member -> withViews(present -> present.restart(member, "lagging")));
    }

    private void withMember(long session, Consumer<Member> action) {
        Member member = members.get(session);
        if (member != null) {
            action.accept(member);
        }
    }

    private void close(long session) {
        Member member = members.remove(session);
        if (member != null) {
            forget(member, true);
            owner.send(new Upstream.Exit(session));
        }
    }

    /** @param mayReturn whether its client will most likely come back in a moment */
    private void forget(Member member, boolean mayReturn) {
        presence.gone(member, mayReturn);
        member.group.leave(member.hello.port());
        withViews(present -> present.leave(member));
        lastUsedNanos = System.nanoTime();
    }

    private void dismiss(Member member, ServerMessage.Bye bye) {
        members.remove(member.session());
        member.end(bye);
        forget(member, bye.refusal().code() == ErrorCode.UNAVAILABLE);
    }

    // ---- the owner

    private Optional<Workspace.Known> known() {
        return Optional.ofNullable(views)
                .filter(_ -> !members.isEmpty())
                .map(present -> new Workspace.Known(epoch, present.head(), present.audiences()));
    }

    private void hear(FromOwner message) {
        try {
            owner.hear(message, listener);
        } catch (CorruptException e) {
            if (outdated == null) {
                throw e;
            }
            context.getLog().debug("what the newer owner of {} says is not understood", workspace, e);
        }
    }

    private void fromOwner(Downstream message) {
        switch (message) {
            case Downstream.Enlisted enlisted -> enlisted(enlisted);
            case Downstream.Found _ -> {} // for readers
            case Downstream.Entered entered -> {
                withMember(
                        entered.session(),
                        member -> withViews(present -> {
                            present.entered(member, entered.audience(), entered.since(), epoch);
                            presence.entered(member);
                        }));
            }
            case Downstream.Denied(var session, var refusal) -> {
                withMember(session, member -> dismiss(member, new ServerMessage.Bye(refusal)));
            }
            case Downstream.Published published -> published(published);
            case Downstream.SnapshotTaken taken -> withViews(present -> present.fixed(taken.request()));
            case Downstream.SnapshotRows piece ->
                withViews(present -> present.fetch(piece.request())
                        .ifPresent(fetch -> fetch.gather(piece).ifPresent(rows -> encode(fetch, rows))));
            case Downstream.SnapshotFailed(var request) -> snapshotFailed(request);
            case Downstream.History(var audience, var after, var entries) ->
                withViews(present -> present.history(audience, after, entries));
            case Downstream.Signalled(var signal) -> signalled(signal);
        }
    }

    /** Turns rows to bytes beside the relay, so that it is not held up. */
    private void encode(Fetches.Fetch fetch, List<TableRows> rows) {
        context.pipeToSelf(
                CompletableFuture.supplyAsync(() -> fetch.encode(rows), context.getExecutionContext()),
                (encoded, failure) -> new Encoded(fetch.request, encoded, failure));
    }

    private void encoded(Encoded message) {
        EncodedRows rows = message.rows();
        if (rows != null) {
            withViews(present -> present.deliver(message.request(), rows));
        } else {
            encodingFailed(Objects.requireNonNull(message.failure()));
            snapshotFailed(message.request());
        }
    }

    private void encodingFailed(Throwable failure) {
        try (var _ = MDC.putCloseable("workspace", workspace)) {
            context.getLog().error("a snapshot of {} could not be encoded", workspace, Unquoted.of(failure));
        }
    }

    private void snapshotFailed(long request) {
        withViews(present -> present.fail(request).forEach(member -> {
            dismiss(
                    member,
                    new ServerMessage.Bye(Refusal.of(ErrorCode.INTERNAL, "the rows of this view cannot be told")));
            owner.send(new Upstream.Exit(member.session()));
        }));
    }

    private void enlisted(Downstream.Enlisted enlisted) {
        Optional<ModuleSchema> schema =
                modules.find(enlisted.module()).filter(known -> known.version() >= enlisted.moduleVersion());
        if (schema.isEmpty()) {
            outdated(
                    enlisted,
                    later(
                            ErrorCode.UNAVAILABLE,
                            "this node does not have version %d of module %s"
                                    .formatted(enlisted.moduleVersion(), enlisted.module())));
            return;
        }
        outdated = null;
        boolean returning = enlisted.epoch().equals(epoch);
        if (!epoch.isEmpty() && !returning) {
            List.copyOf(members.values())
                    .forEach(member -> dismiss(
                            member, bye(ErrorCode.UNAVAILABLE, "the workspace's history was replaced; start afresh")));
            views = null;
        }
        epoch = enlisted.epoch();
        if (views == null) {
            views = new Views(workspace, schema.get(), settings, counters, enlisted.seq(), owner::send);
        } else {
            views.reconnect(enlisted.seq());
        }
        owner.up(enlisted.owner(), present());
        presence.ownerUp(schema.get().presence());
        groups.values().forEach(group -> group.allow(enlisted.seq()));
        curious.forEach(this::describe);
        curious.clear();
    }

    /** In the middle of an upgrade: sessions are better off at a node that has it done. The owner hears that they were here and are gone. */
    private void outdated(Downstream.Enlisted enlisted, Refusal refusal) {
        outdated = refusal;
        unavailable(refusal);
        views = null;
        owner.up(enlisted.owner(), present());
        List.copyOf(members.values()).forEach(member -> {
            dismiss(member, new ServerMessage.Bye(refusal));
            owner.send(new Upstream.Exit(member.session()));
        });
    }

    /** Who is here, and what they look through. */
    private List<Upstream> present() {
        var present = new ArrayList<Upstream>();
        members.values()
                .forEach(member -> present.add(new Upstream.Enter(member.session(), member.identity(), member.isIn())));
        withViews(all -> all.watched().forEach(audience -> present.add(new Upstream.Watch(audience))));
        return present;
    }

    private void unavailable(Refusal refusal) {
        curious.forEach(replyTo -> replyTo.tell(new Description.Unknown(refusal)));
        curious.clear();
        if (refusal.code() == ErrorCode.NOT_FOUND) {
            List.copyOf(members.values()).forEach(member -> dismiss(member, new ServerMessage.Bye(refusal)));
        }
    }

    private void published(Downstream.Published published) {
        long heardNanos = System.nanoTime();
        List<Downstream.Tx> transactions = published.transactions();
        var waiting = new ArrayDeque<>(published.results());
        if (!published.traced().isEmpty()) {
            deliver(published.traced());
        }
        Views present = views;
        if (present != null) {
            for (Downstream.Tx tx : transactions) {
                if (!follows(present, tx)) {
                    return; // what has no outcome is said again to the owner, and what is missing by it
                }
                // What belongs in front of a transaction goes first: it may end a session or move it to another view.
                sayResults(waiting, tx.header().seq() - 1, heardNanos);
                take(present, tx);
            }
        }
        sayResults(waiting, Long.MAX_VALUE, heardNanos);
        if (!transactions.isEmpty()) {
            long head = transactions.getLast().header().seq();
            groups.values().forEach(group -> group.allow(head, heardNanos));
        }
    }

    /** What is traced of a publication goes to this node's sessions: a span for each event loop that has some. */
    private void deliver(List<Downstream.Traced> traced) {
        groups.values()
                .forEach(group -> group.trace(traced.stream()
                        .map(tx -> tracing.begin("deliver", SpanKind.CONSUMER, tx.trace())
                                .setAttribute(TraceAttributes.WORKSPACE, workspace)
                                .setAttribute(TraceAttributes.SEQ, tx.seq()))
                        .toList()));
    }

    /** Whether this is the next one. A link says everything in order, so it is; if ever not, sessions must not hear what comes after (rule O2). */
    private boolean follows(Views present, Downstream.Tx tx) {
        long missing = tx.header().seq() - present.head() - 1;
        if (missing == 0) {
            return true;
        }
        counters.dropped(Math.max(0, missing));
        try (var _ = MDC.putCloseable("workspace", workspace)) {
            context.getLog()
                    .error(
                            "workspace {}: transaction {} came behind {}",
                            workspace,
                            tx.header().seq(),
                            present.head());
        }
        long head = present.head();
        groups.values().forEach(group -> group.allow(head));
        owner.lost();
        return false;
    }

    private void take(Views present, Downstream.Tx tx) {
        boolean unwritten = present.append(tx);
        for (Downstream.RoleChange change : tx.changes()) {
            roleChanged(present, tx, change);
        }
        if (unwritten) {
            present.endUnwritten(List.copyOf(members.values()));
        }
    }

    private void sayResults(ArrayDeque<Downstream.Result> waiting, long upTo, long heardNanos) {
        while (!waiting.isEmpty() && waiting.getFirst().at() <= upTo) {
            Downstream.Result result = waiting.removeFirst();
            Uplink.Pending pending = uplink.settle(result.number());
            if (pending != null) {
                counters.answered(heardNanos - pending.takenNanos());
                answer(result.at(), pending, result.outcome());
            }
        }
    }

    private void answer(long at, Uplink.Pending pending, Outcome outcome) {
        Member member = pending.member();
        CallTrace trace = pending.trace();
        trace.heard(outcome);
        if (trace.isTraced() && !members.containsKey(member.session())) {
            trace.unheard();
        }
        member.say(at, new ServerMessage.Result(pending.id(), outcome, trace));
    }

    private void roleChanged(Views present, Downstream.Tx tx, Downstream.RoleChange change) {
        long before = tx.header().seq() - 1;
        for (Member member : List.copyOf(members.values())) {
            if (!member.identity().equals(change.identity()) || !member.isIn()) {
                continue;
            }
            if (change.audience().isPresent()) {
                present.roleChanged(
                        member, tx.header(), change, change.audience().get());
                presence.roleChanged(member);
            } else {
                members.remove(member.session());
                member.endAfter(
                        before,
                        new ServerMessage.Bye(
                                Refusal.of(ErrorCode.FORBIDDEN, "you are no longer a member of this workspace")));
                forget(member, false);
                owner.send(new Upstream.Exit(member.session()));
            }
        }
    }

    private void signalled(Signal signal) {
        for (Member member : members.values()) {
            boolean meant = switch (signal.to()) {
                case Signal.Target.Everyone _ -> true;
                case Signal.Target.AtLeast(var role) -> member.role().atLeast(role);
                case Signal.Target.Only(var identity) -> member.identity().equals(identity);
            };
            if (meant && member.isIn()) {
                member.say(new ServerMessage.Signalled(signal.from(), signal.name(), signal.payload()));
            }
        }
    }

    // ---- housekeeping

    private void tick() {
        owner.tick();
        for (Uplink.Pending pending : uplink.takeExpired(System.nanoTime())) {
            var refusal = refused(
                    ErrorCode.UNAVAILABLE, "the workspace did not answer; the call may be done or not: repeat its key");
            answer(Long.MIN_VALUE, pending, new Outcome.Refused(refusal, false));
        }
        withViews(Views::trim);
        groups.values().forEach(LoopGroup::measure);
        presence.tick(System.nanoTime());
        Duration unused = Duration.ofNanos(System.nanoTime() - lastUsedNanos);
        if (members.isEmpty() && unused.compareTo(settings.linger()) > 0) {
            idle.accept(reservations);
        }
    }

    private void withViews(Consumer<Views> action) {
        if (views != null) {
            action.accept(views);
        }
    }

    /** Whatever ended this relay, a fault included: no session waits for it for ever. */
    private Behavior<Command> stopped() {
        counters.relayEnded();
        groups.values().forEach(counters::groupEnded);
        presence.stopped();
        members.values().forEach(member -> {
            member.end(bye(ErrorCode.UNAVAILABLE, "this node has lost sight of the workspace; come back"));
            member.group.leave(member.hello.port());
        });
        return Behaviors.same();
    }

    private ServerMessage.Bye bye(ErrorCode code, String message) {
        return new ServerMessage.Bye(later(code, message));
    }

    /** Something that is refused here, before any owner hears of it. */
    private Refusal refused(ErrorCode code, String message) {
        counters.refused(code);
        return later(code, message);
    }

    private Refusal later(ErrorCode code, String message) {
        return Refusal.later(code, message, settings.retryAfter().toMillis());
    }
}
