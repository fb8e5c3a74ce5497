package io.skein.engine.relay;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.TxHeader;
import io.skein.engine.workspace.Upstream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Arranges what each session of a relay sees: starts it by its cursor or from a snapshot (rules R1, R2, R3), adds and removes subscriptions,
 * and moves it to another audience when its role changes (rule M3). A session changes its view at exactly one {@code seq}: it is held at
 * the one at which the owner fixed the snapshot, until the rows are here.
 */
final class Views {
    /** What the sessions of a relay may look through; each costs the owner with transactions, so it has the same bound. */
    private static final int MAX_JOINS = 1_000;

    private final String workspace;
    private final RelaySettings settings;
    private final RelayCounters counters;
    private final Consumer<Upstream> owner;
    private final Streams streams;
    private final Fetches fetches = new Fetches();
    private final Set<Audience> watched = new HashSet<>();
    private String epoch = "";

    /**
     * @param seq the last that the owner published before it knew this relay
     * @param owner sends to the owner, after everything that was sent before
     */
    Views(
            String workspace,
            ModuleSchema schema,
            RelaySettings settings,
            RelayCounters counters,
            long seq,
            Consumer<Upstream> owner) {
        this.workspace = workspace;
        this.settings = settings;
        this.counters = counters;
        this.owner = owner;
        this.streams = new Streams(schema, settings, seq);
    }

    /** Empty where clients do not resume. */
    private String fingerprint(Member member) {
        if (!format(member).restarts()) {
            return "";
        }
        return member.view().fingerprint(member.identity(), schema());
    }

    ModuleSchema schema() {
        return streams.schema();
    }

    long head() {
        return streams.head();
    }

    /** Whose logs are kept here. */
    Set<Audience> audiences() {
        return streams.audiences();
    }

    /** @return whether {@link #endUnwritten} has something to do */
    boolean append(Downstream.Tx tx) {
        return streams.append(tx);
    }

    void trim() {
        streams.trim();
        watched.removeIf(audience -> {
            boolean idle = !streams.needs(audience) && !fetches.need(audience);
            if (idle) {
                streams.forget(audience);
                owner.accept(new Upstream.Unwatch(audience));
            }
            return idle;
        });
    }

    /** Who looks through joins here, as far as the owner was told. */
    Set<Audience> watched() {
        return Set.copyOf(watched);
    }

    /** Ends those of these members whose log is not written any more, because their owner does not follow the join. */
    void endUnwritten(Collection<Member> members) {
        for (Member member : members) {
            ViewLog log = member.log();
            if (log != null && log.hasJoins() && !streams.isWritten(log)) {
                restart(member, "");
            }
        }
    }

    /** The owner was lost and is back; what it published meanwhile, if anything, is not here. */
    void reconnect(long seq) {
        fetches.clear();
        if (seq != streams.head()) {
            streams.cut(seq);
        } else {
            streams.reconnect();
        }
    }

    // ---- coming in

    /**
     * The owner has let a session in, for the first time or again.
     *
     * @param since the {@code seq} of the last change of what lets it in
     */
    void entered(Member member, Audience audience, long since, String workspaceEpoch) {
        epoch = workspaceEpoch;
        member.since = since;
        boolean first = !member.isIn();
        boolean changed = !first && !member.view().audience().equals(audience);
        member.become(audience);
        streams.audience(audience);
        if (first) {
            member.see(new View(audience, member.hello.subscriptions()));
            welcome(member, audience);
        } else if (changed) {
            // What it was still to hear as who it was goes first.
            member.insert(new Outbox.Insert.Say(
                    streams.head(),
                    new ServerMessage.RoleChanged(streams.head(), audience.role(), fingerprint(member))));
            if (member.pending instanceof Member.Change.Start start && member.changes.isEmpty()) {
                // The rows on their way are those of whom it was.
                fetches.leave(member);
                begin(member, again(start));
            } else {
                restart(member, "role_changed");
            }
        } else if (member.held != null) {
            restart(member, "");
        } else if (member.pending instanceof Member.Change.Start start) {
            begin(member, again(start));
        } else if (member.log() != null && !streams.isWritten(member.log())) {
            // Something was committed after the owner took this relay in and before it knew this session's audience
            // again.
            restart(member, "");
        } else if (member.pending != null) {
            begin(member, again(member.pending));
        }
    }

    private void welcome(Member member, Audience audience) {
        Relay.Open hello = member.hello;
        member.say(new ServerMessage.Welcome(
                hello.hello(),
                hello.name(),
                hello.identity(),
                audience.role(),
                workspace,
                schema().name(),
                epoch,
                streams.head()));
        if (hello.startsView()) {
            enqueue(member, new Member.Change.Start(hello.resume(), "", 1));
        } else {
            ViewLog log = streams.view(member.view(), format(member));
            member.follow(log);
            member.insert(new Outbox.Insert.Jump(Long.MIN_VALUE, List.of(), List.of(), log.newest()));
            done(member); // what it has asked for meanwhile comes next
        }
    }

    /** Does this change of the view, now or when those before it are done. */
    void enqueue(Member member, Member.Change change) {
        if (member.pending == null) {
            begin(member, change);
        } else {
            member.changes.addLast(change);
        }
    }

    private void begin(Member member, Member.Change change) {
        member.pending = change;
        switch (change) {
            case Member.Change.Start start -> start(member, start.resume(), start.reason());
            case Member.Change.Add add -> add(member, add);
            case Member.Change.TakeBack back -> join(member, back);
            case Member.Change.Remove remove -> remove(member, remove);
        }
    }

    /** A change to be begun once more, so that whatever still waits for the first attempt finds itself outdated. */
    private static Member.Change again(Member.Change change) {
        return switch (change) {
            case Member.Change.Start(var resume, var reason, var attempt) ->
                new Member.Change.Start(resume, reason, attempt + 1);
            case Member.Change.WithRows waiting -> waiting;
            case Member.Change.Remove remove -> remove;
        };
    }

    private void done(Member member) {
        member.pending = null;
        Member.Change next = member.changes.pollFirst();
        if (next != null) {
            begin(member, next);
        }
    }

    // ---- start: by cursor, or from a snapshot

    private void start(Member member, Optional<Relay.Resume> resume, String reason) {
        if (resume.isEmpty()) {
            snapshot(member, reason);
            return;
        }
        Relay.Resume cursor = resume.get();
        Optional<RelayCounters.StaleCursor> invalid = staleness(member, cursor);
        if (invalid.isPresent()) {
            stale(member, invalid.get());
        } else if (streams.reach(member.view(), format(member), cursor.seq())) {
            resume(member, cursor.seq());
        } else {
            resumeFromHistory(member, cursor.seq());
        }
    }

    /** Why nobody can go on from this cursor, whatever is still known of the past. */
    private Optional<RelayCounters.StaleCursor> staleness(Member member, Relay.Resume cursor) {
        if (!cursor.epoch().equals(epoch)) {
            return Optional.of(RelayCounters.StaleCursor.EPOCH);
        }
        if (!cursor.view().equals(fingerprint(member))) {
            return Optional.of(RelayCounters.StaleCursor.VIEW);
        }
        if (cursor.seq() < Math.max(1, member.since)) {
            return Optional.of(RelayCounters.StaleCursor.ROLE);
        }
        return cursor.seq() > streams.head() ? Optional.of(RelayCounters.StaleCursor.AHEAD) : Optional.empty();
    }

    private void stale(Member member, RelayCounters.StaleCursor why) {
        counters.staleCursor(why);
        snapshot(member, "stale_cursor");
    }

    private void resume(Member member, long seq) {
        counters.resumed(streams.head() - seq);
        ViewLog log = streams.view(member.view(), format(member));
        member.follow(log);
        member.insert(new Outbox.Insert.Jump(
                Long.MIN_VALUE,
                List.of(new ServerMessage.Resumed(seq, fingerprint(member))),
                List.of(),
                log.node(seq).orElseThrow()));
        done(member);
    }

    /** The owner may remember more than this relay: it is asked once for all who wait. */
    private void resumeFromHistory(Member member, long seq) {
        AudienceLog log = streams.audience(member.view().audience());
        Member.Change waitingFor = Objects.requireNonNull(member.pending);
        boolean first = log.await(() -> {
            if (!waitingFor.equals(member.pending)) {
                return; // gone, or started over meanwhile
            }
            if (streams.reach(member.view(), format(member), seq)) {
                resume(member, seq);
            } else {
                stale(member, RelayCounters.StaleCursor.TOO_OLD);
            }
        });
        if (first) {
            owner.accept(new Upstream.TakeHistory(member.view().audience()));
        }
    }

    void history(Audience audience, long after, List<Downstream.Entry> entries) {
        streams.audience(audience).answer(after, entries);
    }

    private void snapshot(Member member, String reason) {
        member.pending = new Member.Change.Start(Optional.empty(), reason, 0);
        ViewLog log = streams.view(member.view(), format(member));
        member.follow(log);
        Optional<ViewLog.Cached> cached = log.cached();
        if (cached.isPresent()) {
            restartFrom(member, log, cached.get());
            done(member);
        } else {
            join(member, member.view(), false);
        }
    }

    private void restartFrom(Member member, ViewLog log, ViewLog.Cached cached) {
        var reason = ((Member.Change.Start) Objects.requireNonNull(member.pending)).reason();
        member.follow(log);
        counters.started(reason);
        var message = new ServerMessage.Snapshot(cached.node().seq(), fingerprint(member), reason, cached.rows());
        member.group.change(member.hello.port(), outbox -> outbox.restart(message, cached.node()));
    }

    /** Starts a session over from a snapshot: it fell behind, or the owner lost sight of it while its role changed. */
    void restart(Member member, String reason) {
        if (!member.isIn()) {
            return;
        }
        if (member.pending instanceof Member.Change.WithRows
                || !member.changes.isEmpty()
                || !format(member).restarts()) {
            // Its outbox may hold a barrier for rows that no longer matter. Coming back is simpler than to untangle it,
            // and is as rare.
            member.end(new ServerMessage.Bye(Refusal.later(
                    ErrorCode.OVERLOADED,
                    "the session fell behind; come back",
                    settings.retryAfter().toMillis())));
            return;
        }
        if (member.pending == null) {
            begin(member, new Member.Change.Start(Optional.empty(), reason, 0));
        }
    }

    // ---- add, remove

    private void add(Member member, Member.Change.Add add) {
        try {
            new CompiledView(schema(), new View(member.view().audience(), add.subscriptions()));
            for (Subscription added : add.subscriptions()) {
                if (member.view().find(added.number()).isPresent()) {
                    throw new IllegalArgumentException("there is a sub " + added.number() + " already");
                }
            }
        } catch (IllegalArgumentException e) {
            member.say(new ServerMessage.Failed(
                    add.id(), Refusal.of(ErrorCode.INVALID_ARGS, String.valueOf(e.getMessage()))));
            done(member);
            return;
        }
        if (!hasRoomFor(new View(member.view().audience(), add.subscriptions()).joins())) {
            member.say(new ServerMessage.Failed(
                    add.id(),
                    Refusal.later(
                            ErrorCode.OVERLOADED,
                            "too many joins are followed for this node's sessions",
                            settings.retryAfter().toMillis())));
            done(member);
            return;
        }
        join(member, add);
    }

    /** What is followed for somebody already costs nothing more. */
    private boolean hasRoomFor(List<Audience> joins) {
        var more = new HashSet<>(joins);
        more.removeAll(watched);
        return more.isEmpty() || watched.size() + more.size() <= MAX_JOINS;
    }

    private void remove(Member member, Member.Change.Remove remove) {
        Optional<Subscription> found = member.view().find(remove.subscription());
        if (found.isEmpty()) {
            member.say(new ServerMessage.Failed(
                    remove.id(), Refusal.of(ErrorCode.NOT_FOUND, "there is no sub " + remove.subscription())));
        } else if (remove.rows()) {
            begin(member, new Member.Change.TakeBack(remove.id(), found.get()));
            return;
        } else {
            member.see(member.view().without(remove.subscription()));
            ViewLog log = streams.view(member.view(), format(member));
            member.follow(log);
            var said = new ServerMessage.Unsubscribed(
                    remove.id(), remove.subscription(), streams.head(), fingerprint(member), Optional.empty());
            member.insert(new Outbox.Insert.Jump(streams.head(), List.of(said), List.of(), log.newest()));
        }
        done(member);
    }

    // ---- snapshots from the owner

    private void join(Member member, Member.Change.WithRows change) {
        join(member, new View(member.view().audience(), change.of(member.view())), true);
    }

    private void join(Member member, View view, boolean addition) {
        Fetches.Fetch fetch = fetches.joinable(view, format(member), addition).orElse(null);
        if (fetch == null) {
            Fetches.Fetch started = fetches.start(view, format(member), addition);
            counters.askedSnapshot();
            for (Audience audience : started.joins) {
                watched.add(audience);
                owner.accept(new Upstream.Watch(audience));
            }
            owner.accept(new Upstream.TakeSnapshot(started.request, view));
            fetch = started;
        }
        fetch.waiting.add(member);
    }

    /** The owner has fixed a snapshot at what is now this relay's head. */
    void fixed(long request) {
        Fetches.Fetch fetch = fetches.find(request);
        if (fetch == null) {
            return;
        }
        fetch.seq = streams.head();
        if (!fetch.addition) {
            fetch.node = streams.view(fetch.view, fetch.format).newest();
        } else {
            for (Member member : fetch.waiting) {
                var change = (Member.Change.WithRows) Objects.requireNonNull(member.pending);
                member.see(change.after(member.view()));
                ViewLog log = streams.view(member.view(), fetch.format);
                member.follow(log);
                member.held = log.newest();
                member.insert(new Outbox.Insert.Barrier(streams.head()));
            }
        }
    }

    /** The snapshot on its way under this number, if anybody still wants it. */
    Optional<Fetches.Fetch> fetch(long request) {
        return Optional.ofNullable(fetches.find(request));
    }

    void deliver(long request, EncodedRows rows) {
        Fetches.Fetch fetch = fetches.find(request);
        if (fetch == null || !fetch.isFixed()) {
            return;
        }
        fetches.finish(fetch);
        if (fetch.addition) {
            List.copyOf(fetch.waiting).forEach(member -> deliverAddition(member, fetch.seq, rows));
        } else {
            ViewLog log = streams.view(fetch.view, fetch.format);
            var cached = new ViewLog.Cached(Objects.requireNonNull(fetch.node), rows);
            streams.cache(log, cached);
            for (Member member : List.copyOf(fetch.waiting)) {
                restartFrom(member, log, cached);
                done(member);
            }
        }
    }

    /** The rows of this snapshot cannot be had; gives back who waited for them. */
    List<Member> fail(long request) {
        Fetches.Fetch fetch = fetches.find(request);
        if (fetch == null) {
            return List.of();
        }
        fetches.finish(fetch);
        return List.copyOf(fetch.waiting);
    }

    private void deliverAddition(Member member, long seq, EncodedRows rows) {
        var change = (Member.Change.WithRows) Objects.requireNonNull(member.pending);
        DeltaNode to = Objects.requireNonNull(member.held);
        member.held = null;
        ServerMessage said = switch (change) {
            case Member.Change.Add(var id, var added) ->
                new ServerMessage.Subscribed(
                        id, added.stream().map(Subscription::number).toList(), seq, fingerprint(member), rows);
            case Member.Change.TakeBack(var id, var gone) ->
                new ServerMessage.Unsubscribed(id, gone.number(), seq, fingerprint(member), Optional.of(rows));
        };
        var jump = new Outbox.Insert.Jump(seq, List.of(said), List.of(), to);
        member.group.change(member.hello.port(), outbox -> outbox.release(jump));
        done(member);
    }

    // ---- roles

    /** Rule M3: from this transaction on, the session is another audience; the transaction itself is the difference. */
    void roleChanged(Member member, TxHeader header, Downstream.RoleChange change, Audience next) {
        boolean joins = looksThroughJoins(member);
        member.become(next);
        streams.audience(next);
        if (joins) {
            restart(member, "role_changed"); // nobody has told what the change is to a join
            return;
        }
        var role = new ServerMessage.RoleChanged(header.seq(), next.role(), fingerprint(member));
        if (member.pending != null && member.held == null) {
            // Nothing was sent of the old view, or nothing yet of what was asked for: ask again as who it is now.
            fetches.leave(member);
            boolean starting = member.pending instanceof Member.Change.Start;
            if (!starting) {
                move(member, header, change, role);
            } else {
                member.say(role);
            }
            begin(member, again(Objects.requireNonNull(member.pending)));
            return;
        }
        move(member, header, change, role);
    }

    private static boolean looksThroughJoins(Member member) {
        View view = member.pending instanceof Member.Change.Add(var _, var added)
                ? member.view().with(added)
                : member.view();
        return !view.joins().isEmpty();
    }

    private void move(Member member, TxHeader header, Downstream.RoleChange change, ServerMessage role) {
        ViewLog log = streams.view(member.view(), format(member));
        member.follow(log);
        List<TableDelta> deltas = log.view().evaluate(change.visible());
        var tx = new ArrayList<ServerMessage>();
        if (!deltas.isEmpty()) {
            tx.add(new ServerMessage.Tx(header, deltas));
        }
        member.insert(new Outbox.Insert.Jump(header.seq() - 1, List.of(role), tx, log.newest()));
    }

    // ---- going

    void leave(Member member) {
        fetches.leave(member);
        member.follow(null);
        member.pending = null;
        member.changes.clear();
    }

    private static WireFormat format(Member member) {
        return member.hello.port().outbox().format();
    }
}
