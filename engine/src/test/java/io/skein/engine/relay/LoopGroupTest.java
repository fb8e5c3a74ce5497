package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LoopGroupTest {
    @Test
    void M3_a_session_that_leaves_says_its_last_word_at_once() {
        var group = new LoopGroup(Runnable::run);
        var port = new FakePort();
        group.join(port);
        group.change(port, outbox -> outbox.end(StreamRig.bye()));
        group.leave(port);
        assertEquals(List.of("bye"), port.said);
    }

    /** A node closes its sockets before its engine; what the engine still finds to say is for nobody. */
    @Test
    void L2_a_loop_that_has_stopped_disturbs_no_relay() {
        var group = new LoopGroup(_ -> {
            throw new RejectedExecutionException("the loop has stopped");
        });
        var port = new FakePort();
        group.join(port);
        group.leave(port);
        group.wake();
        assertEquals(List.of(), port.said);
    }
}
