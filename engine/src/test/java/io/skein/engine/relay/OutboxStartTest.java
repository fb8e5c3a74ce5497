package io.skein.engine.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class OutboxStartTest {
    private static final int BUDGET = 1_000;
    private static final EncodedRows ROWS = new EncodedRows("rows".getBytes(UTF_8));

    private final Outbox outbox = new Outbox(new Words(), new Words(), BUDGET);
    private final DeltaNode at = new DeltaNode(7, 0, null, new DeltaNode.RunCache());

    @Test
    void saysTheWelcomeBeforeASnapshotThatWasReadyAtOnce() {
        outbox.say(new ServerMessage.Pong(1));
        outbox.restart(new ServerMessage.Snapshot(7, "view", "", ROWS), at);
        assertEquals("[Pong,Snapshot]", nextFrame());
        assertEquals(7, outbox.seq());
        assertNull(outbox.poll());
    }

    @Test
    void O2_whatBelongsBehindASeqComesAfterTheSnapshotThatHoldsIt() {
        outbox.restart(new ServerMessage.Snapshot(7, "view", "", ROWS), at);
        outbox.insert(new Outbox.Insert.Say(6, new ServerMessage.Pong(1)));
        assertEquals("[Snapshot,Pong]", nextFrame());
    }

    @Test
    void byeIsTheLastWord() {
        outbox.end(new ServerMessage.Bye(Refusal.of(ErrorCode.FORBIDDEN, "gone")));
        outbox.restart(new ServerMessage.Snapshot(7, "view", "", ROWS), at);
        assertEquals("Bye", nextFrame());
        assertNull(outbox.poll());
    }

    private String nextFrame() {
        return Objects.requireNonNull(outbox.poll()).parts().stream()
                .map(part -> new String(part, UTF_8))
                .collect(Collectors.joining());
    }

    /** Messages by the name of their kind. */
    private static final class Words implements WireFormat, SessionFormat {
        @Override
        public List<byte[]> encode(ServerMessage message) {
            return List.of(message.getClass().getSimpleName().getBytes(UTF_8));
        }

        @Override
        public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
            throw new UnsupportedOperationException("no transactions here");
        }

        @Override
        public EncodedRows snapshot(View view, List<TableRows> rows) {
            return ROWS;
        }

        @Override
        public EncodedRows subscription(View view, List<TableRows> rows) {
            return ROWS;
        }

        @Override
        public Framing framing() {
            return Framing.list(new byte[] {'['}, new byte[] {','}, new byte[] {']'});
        }
    }
}
