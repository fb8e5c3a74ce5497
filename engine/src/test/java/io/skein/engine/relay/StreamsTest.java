package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a session costs whose socket does not read. */
class StreamsTest {
    private static final int KEPT = 50;

    @Test
    void L1_a_cursor_that_stands_still_keeps_nothing_of_what_went_by() {
        ViewLog log = StreamRig.log(0, KEPT);
        Outbox outbox = StreamRig.outbox();
        DeltaNode start = log.newest();
        StreamRig.restart(outbox, start);
        StreamRig.drain(outbox);
        for (long seq = 1; seq <= 10_000; seq++) {
            StreamRig.append(log, StreamRig.entry(seq, true), 1 << 20);
            outbox.allow(seq);
        }
        assertSame(DeltaNode.EVICTED, start.next());
        assertFalse(log.node(10_000 - KEPT - 1).isPresent());
        assertTrue(log.node(10_000 - KEPT).isPresent());
        assertEquals(List.of(), StreamRig.drain(outbox));
        assertTrue(outbox.takeBehind());
    }

    @Test
    void L1_a_log_keeps_so_many_bytes() {
        ViewLog log = StreamRig.log(0, 10_000);
        long kept = 10 * 1_000;
        for (long seq = 1; seq <= 10_000; seq++) {
            StreamRig.append(log, StreamRig.entry(seq, true), kept);
        }
        long bytes = 0;
        for (DeltaNode node = log.newest();
                node != null;
                node = log.node(node.seq() - 1).orElse(null)) {
            byte[] content = node.bytes();
            bytes += content == null ? 0 : content.length;
        }
        assertTrue(bytes > 0 && bytes <= kept, () -> "it keeps more than " + kept);
    }

    /** Outcomes are the session's own and wait for it; calls in flight bound them, and this what else there may be. */
    @Test
    void L1_who_has_too_much_of_his_own_waiting_is_sent_away() {
        Outbox outbox = StreamRig.outbox();
        for (int i = 0; i < 100_000; i++) {
            outbox.say(new ServerMessage.Pong(i));
        }
        assertEquals(List.of("bye"), StreamRig.drain(outbox));
        assertEquals(ErrorCode.OVERLOADED, outbox.farewell().orElseThrow().code());
        assertTrue(outbox.farewell().orElseThrow().retryAfterMillis() > 0);
    }
}
