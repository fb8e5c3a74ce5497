package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Wires on which a caller hears of its transaction in the outcome, and wires on which a message is a frame. */
class OutcomesTest {
    private final ViewLog log = StreamRig.log(0, 100);
    private final Outbox caller = new Outbox(StreamRig.FORMAT, new Carrying(), 1 << 10);

    OutcomesTest() {
        for (long seq = 1; seq <= 4; seq++) {
            StreamRig.append(log, StreamRig.entry(seq, seq != 3), 1 << 20);
        }
        caller.allow(4);
        caller.insert(new Outbox.Insert.Jump(
                Long.MIN_VALUE, List.of(), List.of(), log.node(0).orElseThrow()));
    }

    @Test
    void O2_aCallersTransactionIsInItsOutcome_inOrderWithThoseAroundIt() {
        caller.insert(new Outbox.Insert.Say(2, StreamRig.result(2)));

        assertEquals(List.of("tx 1", "outcome 2 with tx 2 at 2", "tx 4"), StreamRig.drain(caller));
        assertEquals(1, caller.takeResultsSaid());
    }

    @Test
    void O2_aTransactionThatItsCallerDoesNotSeeIsAnOutcomeAllTheSame() {
        caller.insert(new Outbox.Insert.Say(3, StreamRig.result(3)));

        assertEquals(List.of("tx 1", "tx 2", "outcome 3 with nothing at 3", "tx 4"), StreamRig.drain(caller));
    }

    @Test
    void I1_theOutcomeOfARepeatedCallComesWithoutTheTransactionThatWasTold() {
        caller.insert(new Outbox.Insert.Say(4, new ServerMessage.Result(2, new Outcome.Accepted(2, true))));

        assertEquals(List.of("tx 1", "tx 2", "tx 4", "outcome 2"), StreamRig.drain(caller));
    }

    @Test
    void V1_aRefusalIsSaidAtItsPlace() {
        var refused = new Outcome.Refused(Refusal.of(ErrorCode.REJECTED, "no"), false);
        caller.insert(new Outbox.Insert.Say(2, new ServerMessage.Result(7, refused)));

        assertEquals(List.of("tx 1", "tx 2", "outcome 7", "tx 4"), StreamRig.drain(caller));
    }

    @Test
    void O4_aFrameHoldsAsManyMessagesAsItsWireLets_alsoWhereSessionsShareIt() {
        var single = new Single();
        ViewLog shared = new ViewLog(log.view(), single, 0, StreamRig.settings(100));
        for (long seq = 1; seq <= 3; seq++) {
            StreamRig.append(shared, StreamRig.entry(seq, true), 1 << 20);
        }
        for (int session = 0; session < 2; session++) {
            var outbox = new Outbox(single, StreamRig.FORMAT, 1 << 10);
            outbox.allow(3);
            outbox.insert(new Outbox.Insert.Jump(
                    Long.MIN_VALUE, List.of(), List.of(), shared.node(0).orElseThrow()));
            assertEquals(List.of("!tx 1", "!tx 2", "!tx 3"), frames(outbox));
        }
    }

    @Test
    void O4_aSnapshotHasAFrameOfItsOwn_whereAFrameIsOneMessage() {
        var single = new Single();
        var outbox = new Outbox(single, StreamRig.FORMAT, 1 << 10);
        ViewLog shared = new ViewLog(log.view(), single, 0, StreamRig.settings(100));
        StreamRig.append(shared, StreamRig.entry(1, true), 1 << 20);
        StreamRig.append(shared, StreamRig.entry(2, true), 1 << 20);
        outbox.allow(2);
        outbox.say(new ServerMessage.Pong(1));
        outbox.say(new ServerMessage.Pong(2));
        StreamRig.restart(outbox, shared.node(1).orElseThrow());
        assertEquals(List.of("!pong 1", "!pong 2", "!snapshot 1", "!tx 2"), frames(outbox));
    }

    @Test
    void whoFollows_isToldOfTransactionsThatGoOut_andStillSharesThemAfterwards() {
        var following = new Following();
        ViewLog shared = new ViewLog(log.view(), StreamRig.FORMAT, 0, StreamRig.settings(100));
        for (long seq = 1; seq <= 3; seq++) {
            StreamRig.append(shared, StreamRig.entry(seq, true), 1 << 20);
        }
        var outbox = new Outbox(StreamRig.FORMAT, following, 1);
        outbox.allow(3);
        outbox.insert(new Outbox.Insert.Jump(
                Long.MIN_VALUE, List.of(), List.of(), shared.node(0).orElseThrow()));
        outbox.poll();
        outbox.poll();
        following.follows = false;
        var other = new Outbox(StreamRig.FORMAT, StreamRig.FORMAT, 1);
        other.allow(3);
        other.insert(new Outbox.Insert.Jump(
                Long.MIN_VALUE, List.of(), List.of(), shared.node(0).orElseThrow()));
        other.poll();
        other.poll();
        Frame last = outbox.poll();
        assertEquals(List.of("tx 1", "tx 2"), following.heard);
        assertSame(last, other.poll());
    }

    private static final class Following implements SessionFormat {
        final List<String> heard = new ArrayList<>();
        boolean follows = true;

        @Override
        public List<byte[]> encode(ServerMessage message) {
            return StreamRig.FORMAT.encode(message);
        }

        @Override
        public boolean follows() {
            return follows;
        }

        @Override
        public void follow(byte[] transaction) {
            heard.add(new String(transaction, StandardCharsets.US_ASCII));
        }
    }

    private static List<String> frames(Outbox outbox) {
        var frames = new ArrayList<String>();
        for (Frame frame = outbox.poll(); frame != null; frame = outbox.poll()) {
            frames.add(text(frame));
        }
        return frames;
    }

    private static String text(Frame frame) {
        var text = new StringBuilder();
        frame.parts().forEach(part -> text.append(new String(part, StandardCharsets.US_ASCII)));
        assertEquals(text.length(), frame.bytes());
        return text.toString();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static final class Carrying implements SessionFormat {
        @Override
        public List<byte[]> encode(ServerMessage message) {
            return message instanceof ServerMessage.Position ? List.of() : StreamRig.FORMAT.encode(message);
        }

        @Override
        public boolean outcomesCarryTransactions() {
            return true;
        }

        @Override
        public List<byte[]> outcome(ServerMessage.Result accepted, long timeMicros, byte @Nullable [] transaction) {
            String seen = transaction == null ? "nothing" : new String(transaction, StandardCharsets.US_ASCII);
            return List.of(bytes("outcome " + accepted.id() + " with " + seen + " at " + timeMicros));
        }
    }

    /** One message in a frame, behind a mark. */
    private static final class Single implements WireFormat {
        private static final Framing FRAMING = Framing.prefixed(new byte[] {'!'}, 1);

        @Override
        public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
            return StreamRig.FORMAT.transaction(header, deltas);
        }

        @Override
        public EncodedRows snapshot(View view, List<TableRows> rows) {
            throw new AssertionError(view);
        }

        @Override
        public EncodedRows subscription(View view, List<TableRows> rows) {
            throw new AssertionError(view);
        }

        @Override
        public Framing framing() {
            return FRAMING;
        }
    }
}
