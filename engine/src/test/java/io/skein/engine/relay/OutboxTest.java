package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static ViewLog grown(long from, long to) {
        ViewLog log = StreamRig.log(from, 100);
        for (long seq = from + 1; seq <= to; seq++) {
            StreamRig.append(log, StreamRig.entry(seq, true), 1 << 20);
        }
        return log;
    }

    private static Outbox at(ViewLog log, long seq, long allowed) {
        Outbox outbox = StreamRig.outbox();
        outbox.allow(allowed);
        outbox.insert(new Outbox.Insert.Jump(
                Long.MIN_VALUE, List.of(), List.of(), log.node(seq).orElseThrow()));
        return outbox;
    }

    @Test
    void O2_an_outcome_is_said_right_after_its_transaction() {
        Outbox outbox = at(grown(0, 3), 0, 3);
        outbox.insert(new Outbox.Insert.Say(1, StreamRig.result(1)));
        outbox.insert(new Outbox.Insert.Say(3, StreamRig.result(3)));
        assertEquals(List.of("tx 1", "outcome 1", "tx 2", "tx 3", "outcome 3"), StreamRig.drain(outbox));
    }

    @Test
    void a_welcome_goes_before_a_snapshot_that_is_there_already() {
        Outbox outbox = StreamRig.outbox();
        outbox.allow(2);
        outbox.say(new ServerMessage.Pong(1));
        StreamRig.restart(outbox, grown(0, 2).node(1).orElseThrow());
        assertEquals(List.of("pong 1", "snapshot 1", "tx 2"), StreamRig.drain(outbox));
    }

    @Test
    void O2_a_position_that_waited_behind_something_else_is_not_said_late() {
        Outbox outbox = at(grown(0, 4), 0, 2);
        assertEquals(List.of("tx 1", "tx 2"), StreamRig.drain(outbox));
        ViewLog quiet = StreamRig.log(4, 100);
        Outbox other = at(quiet, 4, 4);
        StreamRig.drain(other);
        StreamRig.append(quiet, StreamRig.entry(5, false), 1 << 20);
        other.allow(5);
        StreamRig.drain(other);
        StreamRig.append(quiet, StreamRig.entry(6, true), 1 << 20);
        other.insert(new Outbox.Insert.Say(6, StreamRig.result(6)));
        other.announcePosition();
        other.allow(6);
        assertEquals(List.of("position 5", "tx 6", "outcome 6"), StreamRig.drain(other));
    }

    @Test
    void M3_a_removal_is_said_after_what_came_before_it_in_the_same_group() {
        Outbox outbox = at(grown(0, 5), 0, 2);
        assertEquals(List.of("tx 1", "tx 2"), StreamRig.drain(outbox));
        outbox.endAfter(4, StreamRig.bye()); // the session is in no group any more: nobody allows it to go on
        assertEquals(List.of("tx 3", "tx 4", "bye"), StreamRig.drain(outbox));
        assertNull(outbox.poll());
    }

    @Test
    void M3_a_removal_is_said_at_once_where_its_place_is_never_reached() {
        Outbox starting = StreamRig.outbox();
        starting.endAfter(4, StreamRig.bye());
        assertEquals(List.of("bye"), StreamRig.drain(starting));
        ViewLog log = grown(0, 5);
        Outbox behind = at(log, 0, 1);
        StreamRig.drain(behind);
        log.cut();
        behind.endAfter(4, StreamRig.bye());
        assertEquals(List.of("bye"), StreamRig.drain(behind));
        ViewLog held = grown(0, 5);
        Outbox waiting = at(held, 0, 5);
        waiting.insert(new Outbox.Insert.Barrier(3));
        waiting.endAfter(4, StreamRig.bye());
        assertEquals(List.of("tx 1", "tx 2", "tx 3", "tx 4", "bye"), StreamRig.drain(waiting));
    }

    @Test
    void O2_a_role_change_that_a_snapshot_holds_already_is_not_repeated() {
        ViewLog after = grown(3, 4);
        Outbox outbox = at(grown(0, 3), 0, 2);
        StreamRig.drain(outbox);
        outbox.insert(new Outbox.Insert.Jump(
                3, List.of(), List.of(new ServerMessage.Tx(StreamRig.header(4), List.of())), after.newest()));
        outbox.allow(4);
        StreamRig.restart(outbox, after.newest());
        assertEquals(List.of("snapshot 4"), StreamRig.drain(outbox));
    }

    @Test
    void M3_a_role_is_told_before_the_snapshot_that_takes_the_place_of_its_transaction() {
        ViewLog after = grown(3, 5);
        Outbox outbox = at(grown(0, 3), 0, 2);
        StreamRig.drain(outbox);
        outbox.insert(new Outbox.Insert.Say(3, StreamRig.result(3)));
        outbox.insert(new Outbox.Insert.Jump(
                3,
                List.of(new ServerMessage.RoleChanged(4, Role.EDITOR, "v")),
                List.of(new ServerMessage.Tx(StreamRig.header(4), List.of())),
                after.node(4).orElseThrow()));
        outbox.allow(5);
        StreamRig.restart(outbox, after.newest());
        assertEquals(List.of("role 4", "snapshot 5", "outcome 3"), StreamRig.drain(outbox));
    }

    @Test
    void O2_a_role_change_that_moves_no_row_is_followed_by_its_position() {
        ViewLog after = StreamRig.log(4, 100);
        Outbox outbox = at(grown(0, 3), 0, 3);
        StreamRig.drain(outbox);
        outbox.insert(new Outbox.Insert.Jump(
                3, List.of(new ServerMessage.RoleChanged(4, Role.EDITOR, "v")), List.of(), after.newest()));
        outbox.allow(4);
        assertEquals(List.of("role 4"), StreamRig.drain(outbox));
        outbox.announcePosition();
        assertEquals(List.of("position 4"), StreamRig.drain(outbox));
    }

    @Test
    void M3_a_role_that_came_with_a_new_owner_is_told_before_the_snapshot() {
        ViewLog after = grown(3, 5);
        Outbox outbox = at(grown(0, 3), 0, 2);
        StreamRig.drain(outbox);
        outbox.insert(new Outbox.Insert.Say(3, StreamRig.result(3)));
        outbox.insert(new Outbox.Insert.Say(5, new ServerMessage.RoleChanged(5, Role.EDITOR, "v")));
        outbox.allow(5);
        StreamRig.restart(outbox, after.newest());
        assertEquals(List.of("role 5", "snapshot 5", "outcome 3"), StreamRig.drain(outbox));
    }

    /** Rows of 1 MiB, in the bytes of a wire. */
    private static EncodedRows megabyte() {
        return new EncodedRows(new byte[1 << 20]);
    }

    private static ServerMessage rows(long number) {
        return new ServerMessage.Subscribed(number, List.of(number), 0, "v", megabyte());
    }

    /** Behind which the rest has to wait. */
    private static Outbox held() {
        Outbox outbox = at(grown(0, 1), 0, 1);
        outbox.insert(new Outbox.Insert.Barrier(0));
        return outbox;
    }

    private static void requireOverloaded(Outbox outbox) {
        assertEquals(List.of("bye"), StreamRig.drain(outbox), "what waited is given up");
        assertEquals(ErrorCode.OVERLOADED, outbox.farewell().map(Refusal::code).orElseThrow());
        outbox.say(rows(99));
        assertNull(outbox.poll());
    }

    @Test
    void L1_rows_wait_for_a_client_that_does_not_read_up_to_a_bound() {
        Outbox fits = held();
        Outbox one = held();
        for (int i = 0; i < 8; i++) {
            fits.say(rows(i));
            one.say(rows(i));
        }
        fits.insert(new Outbox.Insert.Say(1, StreamRig.result(1))); // what is small waits in a bound of its own
        fits.release(new Outbox.Insert.Say(0, new ServerMessage.Pong(1)));
        var said = new ArrayList<>(List.of("pong 1"));
        for (int i = 0; i < 8; i++) {
            said.add("subscribed 0");
        }
        said.addAll(List.of("tx 1", "outcome 1"));
        assertEquals(said, StreamRig.drain(fits));
        fits.say(rows(9)); // the client has read them: there is room again
        assertEquals(List.of("subscribed 0"), StreamRig.drain(fits));

        one.say(rows(8));
        requireOverloaded(one);
    }

    @Test
    void L1_rows_of_every_kind_count_while_they_wait() {
        List<ServerMessage> kinds = List.of(
                rows(1),
                new ServerMessage.Unsubscribed(1, 1, 0, "v", Optional.of(megabyte())),
                new ServerMessage.Own(List.of(new byte[1 << 19], new byte[1 << 19])));
        for (ServerMessage kind : kinds) {
            Outbox said = held();
            Outbox jumped = held();
            ViewLog log = StreamRig.log(0, 100);
            for (int i = 0; i < 9; i++) {
                said.say(kind);
                jumped.insert(new Outbox.Insert.Jump(0, List.of(kind), List.of(), log.newest()));
            }
            requireOverloaded(said);
            requireOverloaded(jumped);
        }
    }

    /** The rows that a barrier holds the place of come last. */
    @Test
    void L1_rows_that_a_client_does_not_make_room_for_are_not_put_in_their_place() {
        Outbox outbox = held();
        for (int i = 0; i < 8; i++) {
            outbox.say(rows(i));
        }
        outbox.release(new Outbox.Insert.Say(0, rows(8)));
        requireOverloaded(outbox);
    }

    @Test
    void a_session_at_the_old_end_of_a_log_sees_that_it_was_cut() {
        ViewLog log = StreamRig.log(3, 100);
        Outbox outbox = at(log, 3, 3);
        StreamRig.drain(outbox);
        log.prepend(0, List.of(StreamRig.entry(1, true), StreamRig.entry(2, true), StreamRig.entry(3, true)));
        log.cut();
        StreamRig.drain(outbox);
        assertTrue(outbox.takeBehind());
    }

    /**
     * Whatever comes in whatever order: each session hears every visible transaction once and in order, outcomes and view changes in
     * their place, or finds that it is behind and starts over.
     */
    @Property(tries = 2_000)
    void O2_a_stream_has_no_gap_no_duplicate_and_no_reordering_or_is_behind(
            @ForAll @Size(max = 200) List<@IntRange(min = 0, max = 99) Integer> steps,
            @ForAll @IntRange(min = 1, max = 12) int logTransactions) {
        var world = new World(logTransactions);
        steps.forEach(world::step);
        world.settle();
    }

    /** A log, what is visible in it, and three sessions with what each must hear. */
    private static final class World {
        final int logTransactions;
        final List<Boolean> visible = new ArrayList<>(List.of(false));
        final List<Session> sessions = new ArrayList<>();
        ViewLog log;
        long begin;

        World(int logTransactions) {
            this.logTransactions = logTransactions;
            this.log = StreamRig.log(0, logTransactions);
            for (int i = 0; i < 3; i++) {
                var session = new Session();
                StreamRig.restart(session.outbox, log.newest());
                sessions.add(session);
            }
        }

        long head() {
            return visible.size() - 1L;
        }

        void step(int step) {
            Session session = sessions.get(step % 3);
            switch (step / 10) {
                case 0, 1, 2 -> append(step % 2 == 0);
                case 3 -> session.outbox.allow(head());
                case 4, 5 -> session.hear(this, session.outbox.poll());
                case 6 -> {
                    long at = head();
                    session.outbox.insert(new Outbox.Insert.Say(at, StreamRig.result(at)));
                }
                case 7 -> jump(session);
                case 8 -> session.outbox.announcePosition();
                default -> {
                    if (step < 95) {
                        session.lookBehind(this);
                    } else if (head() > begin && log.node(begin).isEmpty()) {
                        log.cut(); // as when the relay loses its owner
                        log = StreamRig.log(head(), logTransactions);
                        begin = head();
                    }
                }
            }
        }

        void append(boolean seen) {
            visible.add(seen);
            StreamRig.append(log, StreamRig.entry(head(), seen), 1 << 20);
        }

        /** A role change: the next transaction is the session's own, and it goes on in another log. */
        void jump(Session session) {
            append(true);
            session.outbox.insert(new Outbox.Insert.Jump(
                    head() - 1,
                    List.of(),
                    List.of(new ServerMessage.Tx(StreamRig.header(head()), List.of())),
                    log.newest()));
        }

        void settle() {
            append(true);
            for (Session session : sessions) {
                session.outbox.allow(head());
                for (int i = 0; i < 3; i++) {
                    for (Frame frame = session.outbox.poll(); frame != null; frame = session.outbox.poll()) {
                        session.hear(this, frame);
                    }
                    session.lookBehind(this);
                }
                assertEquals(head(), session.last, "it comes to the end");
            }
        }
    }

    private static final class Session {
        final Outbox outbox = StreamRig.outbox();
        long last = -1;

        void lookBehind(World world) {
            if (outbox.takeBehind()) {
                StreamRig.restart(outbox, world.log.newest());
            }
        }

        void hear(World world, @org.jspecify.annotations.Nullable Frame frame) {
            if (frame == null) {
                return;
            }
            for (String word : StreamRig.words(frame)) {
                long seq = Long.parseLong(word.split(" ", -1)[1]);
                switch (word.split(" ", -1)[0]) {
                    case "snapshot" -> {
                        assertTrue(seq >= last, () -> word + " after " + last);
                        last = seq;
                    }
                    case "tx" -> {
                        for (long between = last + 1; between < seq; between++) {
                            assertTrue(!world.visible.get((int) between), "missed " + between + " before " + word);
                        }
                        assertTrue(seq > last, () -> word + " after " + last);
                        last = seq;
                    }
                    case "position" -> {
                        assertTrue(seq > last, () -> word + " after " + last);
                        for (long between = last + 1; between <= seq; between++) {
                            assertTrue(!world.visible.get((int) between), "missed " + between + " before " + word);
                        }
                        last = seq;
                    }
                    case "outcome" -> {
                        for (long between = last + 1; between <= seq; between++) {
                            assertTrue(!world.visible.get((int) between), word + " came before its transaction");
                        }
                    }
                    default -> throw new AssertionError(word);
                }
            }
        }
    }
}
