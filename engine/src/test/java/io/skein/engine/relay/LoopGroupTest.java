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

    /** One who comes to a room of thousands must not have thousands look for something to send. */
    @Test
    void L1_what_concerns_one_session_wakes_that_one_alone() {
        var group = new LoopGroup(Runnable::run);
        var one = new Counting();
        var other = new Counting();
        group.join(one);
        group.join(other);
        group.change(one, outbox -> outbox.say(new ServerMessage.Pong(1)));
        group.wake();
        assertEquals(List.of(1, 0), List.of(one.drains, other.drains));
        group.allow(5);
        group.wake();
        assertEquals(List.of(2, 1), List.of(one.drains, other.drains), "a transaction is for all");
        group.allow(5);
        group.wake();
        assertEquals(List.of(2, 1), List.of(one.drains, other.drains), "they may have known");
        group.wakeAll();
        assertEquals(List.of(3, 2), List.of(one.drains, other.drains));
    }

    private static final class Counting implements SessionPort {
        private final Outbox outbox = StreamRig.outbox();
        private int drains;

        @Override
        public java.util.concurrent.Executor eventLoop() {
            return Runnable::run;
        }

        @Override
        public Outbox outbox() {
            return outbox;
        }

        @Override
        public void drain() {
            drains++;
        }
    }
}
