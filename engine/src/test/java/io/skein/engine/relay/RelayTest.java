package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.skein.engine.Modules;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.meters.Timing;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.trace.Tracing;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.FromOwner;
import io.skein.engine.workspace.TxHeader;
import io.skein.engine.workspace.Upstream;
import io.skein.engine.workspace.Workspace;
import io.skein.modules.board.BoardModule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A relay and its owner's faults; the test is the owner. */
class RelayTest {
    private static final Audience AUDIENCE = new Audience(Role.VIEWER, Optional.empty());

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<Workspace.Command> owner = kit.createTestProbe(Workspace.Command.class);
    private final FakePort port = new FakePort();
    private final Meters meters = new Meters();
    private final AtomicBoolean allRead = new AtomicBoolean(true);
    private final Tracing tracing =
            Tracing.of(SdkTracerProvider.builder().build().get("test"), allRead::get);
    private final ActorRef<Relay.Command> relay = kit.spawn(Relay.create(
            "w",
            new Modules(List.of(new BoardModule())),
            RelaySettings.DEFAULT,
            io.skein.engine.presence.PresenceSettings.DEFAULT,
            new RelayCounters(meters),
            tracing,
            owner.ref()::tell,
            _ -> {}));

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** The owner's end of the link to the relay. */
    private record Owner(ActorRef<FromOwner> relay, long link, AtomicLong sent) {
        void say(Downstream message) {
            relay.tell(new FromOwner.Whole(link, sent.incrementAndGet(), message));
        }
    }

    private Owner enlist(long seq) {
        Workspace.Enlist enlist = owner.expectMessageClass(Workspace.Enlist.class);
        var told = new Owner(enlist.relay(), enlist.link(), new AtomicLong());
        told.say(new Downstream.Enlisted("e", seq, "board", 1, owner.ref()));
        return told;
    }

    private void takeIn(Workspace.Enlist enlist) {
        new Owner(enlist.relay(), enlist.link(), new AtomicLong())
                .say(new Downstream.Enlisted("e", 5, "board", 1, owner.ref()));
    }

    /** Lets the session in; the relay has asked for snapshot 1 then. */
    private Owner open() {
        Owner told = enlist(5);
        assertEquals(
                List.of(), owner.expectMessageClass(Workspace.FromRelay.class).items(), "nobody is here yet");
        var cards = List.of(Subscription.of(1, Map.of("card", new Filter.All())));
        relay.tell(new Relay.Open(1, "s", 0, port, Identity.of("test", "who"), cards, true, Optional.empty()));
        assertInstanceOf(Upstream.Enter.class, item());
        told.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        assertEquals(1, assertInstanceOf(Upstream.TakeSnapshot.class, item()).request());
        return told;
    }

    /** What the relay says next, alone. */
    private Upstream item() {
        List<Upstream> items =
                owner.expectMessageClass(Workspace.FromRelay.class).items();
        assertEquals(1, items.size());
        return items.getFirst();
    }

    @Test
    void V3_a_view_that_the_owner_fails_to_evaluate_ends_its_sessions() {
        Owner told = open();
        told.say(new Downstream.SnapshotTaken(1, 5));
        told.say(new Downstream.SnapshotFailed(1));
        assertEquals(new Upstream.Exit(1), item());
        assertEquals(List.of("welcome", "bye"), port.said);
    }

    @Test
    void V3_what_a_session_asks_for_before_it_is_in_waits_until_it_is() {
        Owner told = enlist(5);
        owner.expectMessageClass(Workspace.FromRelay.class);
        relay.tell(new Relay.Open(1, "s", 0, port, Identity.of("test", "who"), List.of(), false, Optional.empty()));
        assertInstanceOf(Upstream.Enter.class, item());
        relay.tell(new Relay.Subscribe(1, 7, List.of(Subscription.of(1, Map.of("card", new Filter.All())))));
        relay.tell(new Relay.Unsubscribe(1, 8, 9, false));
        told.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        assertEquals(1, assertInstanceOf(Upstream.TakeSnapshot.class, item()).request());
        told.say(new Downstream.SnapshotTaken(1, 5));
        told.say(new Downstream.SnapshotRows(1, List.of(), true));
        owner.awaitAssert(() -> {
            assertEquals(List.of("welcome", "subscribed 5", "error"), port.said);
            return port.said;
        });
    }

    @Test
    void L2_a_relay_that_fails_sends_its_sessions_away() {
        Owner told = open();
        var noTable = new RowOp(9_999, "a", null, new Object());
        var tx = new Downstream.Tx(StreamRig.header(6), Map.of(AUDIENCE, List.of(noTable)), List.of(), 100);
        told.say(new Downstream.Published(List.of(tx), List.of()));
        owner.expectTerminated(relay);
        assertEquals(List.of("welcome", "bye"), port.said);
    }

    @Test
    void O2_a_relay_that_misses_a_message_begins_anew() {
        Owner told = open();
        told.sent().incrementAndGet(); // this one is lost
        told.say(new Downstream.SnapshotTaken(1, 5));
        Owner again = enlist(5);
        assertNotEquals(told.link(), again.link());
        assertEquals(new Upstream.Enter(1, Identity.of("test", "who"), true), item());
        told.say(new Downstream.Denied(1, Refusal.of(ErrorCode.FORBIDDEN, "of the link before"))); // and is not heard
        again.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        assertInstanceOf(Upstream.TakeSnapshot.class, item());
        assertEquals(List.of("welcome"), port.said);
    }

    private long counted(String name, String label) {
        return meters.all().stream()
                .filter(meter -> meter.name().equals(name))
                .filter(meter -> meter.labels().toString().contains(label))
                .mapToLong(meter -> meter instanceof Meter.Counter counter ? counter.count() : 0)
                .sum();
    }

    private static Downstream.Tx empty(long seq) {
        return new Downstream.Tx(StreamRig.header(seq), Map.of(AUDIENCE, List.of()), List.of(), 100);
    }

    @Test
    void O2_a_transaction_that_does_not_follow_is_counted_as_dropped_and_shown_to_nobody() {
        Owner told = open();
        told.say(new Downstream.SnapshotTaken(1, 5));
        told.say(new Downstream.SnapshotRows(1, List.of(), true));
        told.say(new Downstream.Published(List.of(empty(6), empty(9)), List.of()));
        Workspace.Enlist enlist = owner.expectMessageClass(Workspace.Enlist.class);
        assertEquals(
                Optional.of(new Workspace.Known("e", 6, Set.of(AUDIENCE))), enlist.knows(), "what came before counts");
        assertEquals(2, counted("skein_dropped_transactions_total", ""));
        var again = new Owner(enlist.relay(), enlist.link(), new AtomicLong());
        again.say(new Downstream.Enlisted("e", 6, "board", 1, owner.ref()));
        again.say(new Downstream.Published(List.of(empty(7), empty(8), empty(9)), List.of()));
        assertInstanceOf(Upstream.Enter.class, item());
        again.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 9, 0));
        owner.expectNoMessage();
        assertEquals(2, counted("skein_dropped_transactions_total", ""), "nothing more was missing");
        assertFalse(port.said.contains("bye"), port.said::toString);
    }

    @Test
    void what_sessions_begin_with_is_counted_by_why() {
        Owner told = open();
        told.say(new Downstream.SnapshotTaken(1, 5));
        told.say(new Downstream.SnapshotRows(1, List.of(), true));
        owner.awaitAssert(() -> {
            assertEquals(1, counted("skein_session_snapshots_total", "asked"));
            return 0;
        });
        resume(2, "another epoch", 5, "view");
        assertInstanceOf(Upstream.Enter.class, item());
        told.say(new Downstream.Entered(2, Role.VIEWER, AUDIENCE, 5, 0));
        owner.awaitAssert(() -> {
            assertEquals(1, counted("skein_stale_cursors_total", "epoch"));
            assertEquals(1, counted("skein_session_snapshots_total", "stale_cursor"));
            return 0;
        });
        resume(3, "e", 5, "another view");
        assertInstanceOf(Upstream.Enter.class, item());
        told.say(new Downstream.Entered(3, Role.VIEWER, AUDIENCE, 5, 0));
        owner.awaitAssert(() -> {
            assertEquals(1, counted("skein_stale_cursors_total", "view"));
            return 0;
        });
        String view = new View(AUDIENCE, CARDS).fingerprint(Identity.of("test", "who"), StreamRig.SCHEMA);
        resume(4, "e", 5, view);
        assertInstanceOf(Upstream.Enter.class, item());
        told.say(new Downstream.Entered(4, Role.VIEWER, AUDIENCE, 5, 0));
        owner.awaitAssert(() -> {
            assertEquals(1, counted("skein_resumes_total", ""));
            return 0;
        });
        assertEquals(2, counted("skein_stale_cursors_total", ""));
    }

    private static final List<Subscription> CARDS = List.of(Subscription.of(1, Map.of("card", new Filter.All())));

    private void resume(long session, String epoch, long seq, String view) {
        var cursor = new Relay.Resume(epoch, seq, view);
        relay.tell(new Relay.Open(
                session, "s", 0, new FakePort(), Identity.of("test", "who"), CARDS, true, Optional.of(cursor)));
    }

    @Test
    void a_call_is_timed_from_the_relay_to_its_outcome() {
        Owner told = open();
        relay.tell(new Relay.Submit(
                1, List.of(new Relay.Request(1, Call.of(Identity.of("test", "who"), "add_card", "args")))));
        Upstream.Request request = assertInstanceOf(Upstream.Request.class, item());
        var outcome = new Outcome.Accepted(6, false);
        told.say(new Downstream.Published(
                List.of(empty(6)), List.of(new Downstream.Result(request.number(), outcome, 6))));
        long[] counts = new long[Timing.BUCKETS];
        owner.awaitAssert(() -> {
            meters.all().stream()
                    .filter(meter -> meter.name().equals("skein_ack_seconds"))
                    .forEach(meter -> ((Timing) meter).copyTo(counts));
            assertEquals(1, java.util.Arrays.stream(counts).sum());
            return 0;
        });
    }

    /** One that is traced goes up with the context of the relay's span, while every node reads such. */
    @Test
    void a_call_goes_up_with_its_trace_unless_there_is_a_node_that_could_not_read_it() {
        open();
        Call call = Call.of(Identity.of("test", "who"), "add_card", "args");
        var trace = CallTrace.receive(tracing, "s", "add_card", "");
        relay.tell(new Relay.Submit(1, List.of(new Relay.Request(1, call, trace))));
        String carried = assertInstanceOf(Upstream.Request.class, item()).call().trace();
        assertTrue(carried.matches("00-[0-9a-f]{32}-[0-9a-f]{16}-0[13]"), carried);

        allRead.set(false);
        relay.tell(new Relay.Submit(
                1, List.of(new Relay.Request(2, call, CallTrace.receive(tracing, "s", "add_card", "")))));
        assertEquals("", assertInstanceOf(Upstream.Request.class, item()).call().trace());
        relay.tell(new Relay.Submit(1, List.of(new Relay.Request(3, call))));
        assertEquals("", assertInstanceOf(Upstream.Request.class, item()).call().trace());
    }

    @Test
    void a_relay_whose_module_is_older_than_the_owners_sends_sessions_to_other_nodes() {
        Owner told = open();
        told.relay().tell(new FromOwner.Lost(told.link()));
        Workspace.Enlist enlist = owner.expectMessageClass(Workspace.Enlist.class);
        var newer = new Owner(enlist.relay(), enlist.link(), new AtomicLong());
        newer.say(new Downstream.Enlisted("e", 5, "board", 2, owner.ref()));
        assertEquals(new Upstream.Enter(1, Identity.of("test", "who"), true), item());
        assertEquals(new Upstream.Exit(1), item()); // somebody has to see them off
        assertEquals(List.of("welcome", "bye"), port.said);

        var curious = kit.createTestProbe(Relay.Description.class);
        relay.tell(new Relay.Describe(curious.ref()));
        curious.expectMessageClass(Relay.Description.Unknown.class);
        var late = new FakePort();
        relay.tell(new Relay.Open(2, "t", 0, late, Identity.of("test", "who"), List.of(), true, Optional.empty()));

        newer.relay().tell(new FromOwner.Lost(newer.link()));
        enlist(5); // of the version that is here
        assertEquals(List.of("bye"), late.said);
        assertEquals(
                List.of(), owner.expectMessageClass(Workspace.FromRelay.class).items());
        relay.tell(new Relay.Describe(curious.ref()));
        curious.expectMessageClass(Relay.Description.Known.class);
    }

    @Test
    void R1_a_relay_tells_the_next_owner_how_far_it_is_and_goes_on_from_there() {
        Owner told = open();
        told.say(new Downstream.SnapshotTaken(1, 5));
        told.say(new Downstream.SnapshotRows(1, List.of(), true));
        told.relay().tell(new FromOwner.Lost(told.link()));
        Workspace.Enlist enlist = owner.expectMessageClass(Workspace.Enlist.class);
        assertEquals(Optional.of(new Workspace.Known("e", 5, Set.of(AUDIENCE))), enlist.knows());
        var again = new Owner(enlist.relay(), enlist.link(), new AtomicLong());
        again.say(new Downstream.Enlisted("e", 5, "board", 1, owner.ref()));
        var missed = new Downstream.Tx(StreamRig.header(6), Map.of(AUDIENCE, List.of()), List.of(), 100);
        again.say(new Downstream.Published(List.of(missed), List.of()));
        assertInstanceOf(Upstream.Enter.class, item());
        again.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 6, 0));
        owner.expectNoMessage(); // no snapshot is asked for
        assertEquals(List.of("welcome", "snapshot 5"), port.said.subList(0, 2));
        assertFalse(port.said.contains("bye"), port.said::toString);
    }

    @Test
    void L1_what_is_called_without_an_owner_waits_bounded_and_is_said_once_to_the_next() {
        Owner told = open();
        told.relay().tell(new FromOwner.Lost(told.link()));
        Workspace.Enlist enlist = owner.expectMessageClass(Workspace.Enlist.class);
        int limit = RelaySettings.DEFAULT.maxUnacknowledged();
        for (int i = 0; i <= limit; i++) {
            relay.tell(new Relay.Submit(
                    1, List.of(new Relay.Request(i, Call.of(Identity.of("test", "who"), "add_card", "args")))));
        }
        takeIn(enlist);
        int said = 0;
        while (said < 1 + limit) {
            switch (owner.receiveMessage()) {
                case Workspace.FromRelay batch -> said += batch.items().size();
                case Workspace.Enlist later -> takeIn(later); // this took so long that the relay asks again
                case Workspace.Command other -> throw new AssertionError(other);
            }
        }
        assertEquals(1 + limit, said, "who is here, and each call once");
        owner.expectNoMessage();
    }

    @Test
    void I1_a_call_without_an_outcome_is_said_again_with_the_same_key_to_the_next_owner() {
        Owner told = open();
        Call call = Call.of(Identity.of("test", "who"), "add_card", "args");
        relay.tell(new Relay.Submit(1, List.of(new Relay.Request(9, call))));
        var first = assertInstanceOf(Upstream.Request.class, item());
        assertTrue(first.call().key().isPresent());
        told.relay().tell(new FromOwner.Lost(told.link()));
        enlist(5);
        List<Upstream> items =
                owner.expectMessageClass(Workspace.FromRelay.class).items();
        assertEquals(List.of(new Upstream.Enter(1, Identity.of("test", "who"), true), first), items);
    }

    // ---- what goes on while a session is on its way in

    @Test
    void V3_a_client_that_hangs_up_before_its_session_is_in_harms_nobody() {
        Owner told = enlist(5);
        owner.expectMessageClass(Workspace.FromRelay.class);
        var cards = List.of(Subscription.of(1, Map.of("card", new Filter.All())));
        var gone = new FakePort();
        relay.tell(new Relay.Open(1, "s", 0, gone, Identity.of("test", "who"), cards, true, Optional.empty()));
        assertEquals(new Upstream.Enter(1, Identity.of("test", "who"), false), item());
        relay.tell(new Relay.Open(2, "t", 0, port, Identity.of("test", "who"), cards, true, Optional.empty()));
        assertEquals(new Upstream.Enter(2, Identity.of("test", "who"), false), item());
        relay.tell(new Relay.Subscribe(1, 7, List.of(Subscription.of(2, Map.of("remark", new Filter.All())))));
        relay.tell(new Relay.Close(1));
        assertEquals(new Upstream.Exit(1), item());
        relay.tell(new Relay.Close(1)); // and what comes late for it
        relay.tell(new Relay.Unsubscribe(1, 8, 1, true));
        relay.tell(new Relay.Behind(1));
        told.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        told.say(new Downstream.Entered(2, Role.VIEWER, AUDIENCE, 5, 0));
        assertEquals(1, assertInstanceOf(Upstream.TakeSnapshot.class, item()).request());
        told.say(new Downstream.SnapshotTaken(1, 5));
        told.say(new Downstream.SnapshotRows(1, List.of(), true));
        awaitSaid(port, "welcome", "snapshot 5");
        assertEquals(List.of(), gone.said);
    }

    @Test
    void V3_a_client_that_hangs_up_while_its_rows_are_on_their_way_harms_nobody_who_waits_for_them() {
        Owner told = open();
        var cards = List.of(Subscription.of(1, Map.of("card", new Filter.All())));
        var other = new FakePort();
        relay.tell(new Relay.Open(2, "t", 0, other, Identity.of("test", "who"), cards, true, Optional.empty()));
        assertInstanceOf(Upstream.Enter.class, item());
        told.say(new Downstream.Entered(2, Role.VIEWER, AUDIENCE, 5, 0));
        told.say(new Downstream.SnapshotTaken(1, 5));
        relay.tell(new Relay.Close(1));
        assertEquals(new Upstream.Exit(1), item());
        told.say(new Downstream.SnapshotRows(1, List.of(), true));
        awaitSaid(other, "welcome", "snapshot 5");
        assertEquals(List.of("welcome"), port.said);
    }

    private void awaitSaid(FakePort to, String... words) {
        owner.awaitAssert(() -> {
            assertEquals(List.of(words), to.said);
            return to.said;
        });
    }

    // ---- a subscription through a join, and an owner that moves

    private static final Filter TITLED = new Filter.Compare("title", Filter.Operator.NOT_EQUAL, "");
    private static final Filter ON_TITLED = new Filter.Semijoin("card_id", "card", "id", TITLED);
    private static final Audience JOINED = AUDIENCE.through(new Audience.Join("remark", ON_TITLED));

    /** Where nobody starts over, and subscriptions say whose remarks they bring. */
    private static final class Remarks implements WireFormat, SessionFormat {
        private final StreamRig.Closing closing = new StreamRig.Closing();

        @Override
        public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
            return closing.transaction(header, deltas);
        }

        @Override
        public EncodedRows snapshot(View view, List<TableRows> rows) {
            throw new AssertionError("nobody asks for one");
        }

        @Override
        public EncodedRows subscription(View view, List<TableRows> rows) {
            return new EncodedRows(rows.stream()
                    .flatMap(table -> table.rows().stream())
                    .map(stored -> (BoardModule.Remark) stored.row())
                    .map(remark -> " " + remark.text())
                    .collect(Collectors.joining())
                    .getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public Framing framing() {
            return closing.framing();
        }

        @Override
        public boolean restarts() {
            return closing.restarts();
        }

        @Override
        public List<byte[]> encode(ServerMessage message) {
            var parts = new ArrayList<>(StreamRig.FORMAT.encode(message));
            if (message instanceof ServerMessage.Subscribed said) {
                parts.addAll(said.rows().parts());
            }
            return parts;
        }
    }

    private static BoardModule.Remark remark(String text) {
        return new BoardModule.Remark("a", Identity.SYSTEM, text, Instant.EPOCH);
    }

    private static Downstream.SnapshotRows remarks(long request, String text) {
        var stored = new Stored<>(remark(text), 1, 1, 1);
        return new Downstream.SnapshotRows(
                request, List.of(new TableRows(1, BoardModule.REMARKS, List.of(stored))), true);
    }

    private static Downstream.Published commit(long seq, String text) {
        int table = StreamRig.SCHEMA.ordinal(BoardModule.REMARKS);
        var op = new RowOp(table, remark(text), null, remark(text));
        var tx = new Downstream.Tx(
                StreamRig.header(seq), Map.of(AUDIENCE, List.of(op), JOINED, List.of(op)), List.of(), 100);
        return new Downstream.Published(List.of(tx), List.of());
    }

    /** A session that has asked this owner for remarks on cards that have a title. */
    private Owner subscribing(FakePort to) {
        Owner told = enlist(5);
        owner.expectMessageClass(Workspace.FromRelay.class);
        relay.tell(new Relay.Open(1, "s", 0, to, Identity.of("test", "who"), List.of(), false, Optional.empty()));
        assertInstanceOf(Upstream.Enter.class, item());
        told.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        relay.tell(new Relay.Subscribe(1, 7, List.of(Subscription.of(1, Map.of("remark", ON_TITLED)))));
        assertEquals(new Upstream.Watch(JOINED), asked(1));
        return told;
    }

    /** What the relay says in front of its question of this number. */
    private Upstream asked(long request) {
        List<Upstream> items = new ArrayList<>();
        while (items.size() < 2) {
            items.addAll(owner.expectMessageClass(Workspace.FromRelay.class).items());
            items.removeIf(
                    Upstream.Unwatch.class
                            ::isInstance); // housekeeping may meet a question that was not asked again yet
        }
        assertEquals(2, items.size(), items::toString);
        assertEquals(
                request,
                assertInstanceOf(Upstream.TakeSnapshot.class, items.get(1)).request());
        return items.getFirst();
    }

    private Owner nextOwner(Owner lost, long seq) {
        lost.relay().tell(new FromOwner.Lost(lost.link()));
        Owner next = enlist(seq);
        assertEquals(
                List.of(new Upstream.Enter(1, Identity.of("test", "who"), true), new Upstream.Watch(JOINED)),
                owner.expectMessageClass(Workspace.FromRelay.class).items());
        return next;
    }

    private static FakePort remarksPort() {
        var format = new Remarks();
        return new FakePort(new Outbox(format, format, 1 << 10));
    }

    @Test
    void O3_a_subscription_on_a_join_that_one_owner_was_asked_for_is_answered_once_by_the_next() {
        FakePort to = remarksPort();
        Owner told = subscribing(to);
        Owner next = nextOwner(told, 5);
        next.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        assertEquals(new Upstream.Watch(JOINED), asked(2));
        told.say(new Downstream.SnapshotTaken(1, 5)); // too late
        told.say(remarks(1, "old"));
        next.say(commit(6, "one"));
        next.say(new Downstream.SnapshotTaken(2, 6));
        next.say(commit(7, "two"));
        next.say(new Downstream.SnapshotTaken(1, 7)); // of a question that nobody has any more
        next.say(remarks(1, "nobody's"));
        next.say(remarks(2, "new"));
        next.say(commit(8, "three"));
        awaitSaid(to, "welcome", "subscribed 6 new", "tx 7", "tx 8");
    }

    @Test
    void O3_who_waits_for_rows_through_a_join_and_misses_a_commit_is_sent_away() {
        FakePort to = remarksPort();
        Owner next = nextOwner(subscribing(to), 6);
        next.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 6, 0));
        awaitSaid(to, "welcome", "bye");
    }

    @Test
    void O3_who_is_held_for_rows_through_a_join_when_the_owner_goes_is_sent_away() {
        FakePort to = remarksPort();
        Owner told = subscribing(to);
        told.say(new Downstream.SnapshotTaken(1, 5));
        Owner next = nextOwner(told, 5);
        next.say(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        next.say(remarks(1, "old"));
        awaitSaid(to, "welcome", "bye");
    }
}
