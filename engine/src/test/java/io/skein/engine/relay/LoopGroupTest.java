package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LoopGroupTest {
    @Test
    void M3_a_session_that_leaves_says_its_last_word_at_once() {
        var group = new LoopGroup(Runnable::run, new RelayCounters(new io.skein.engine.meters.Meters()));
        var port = new FakePort();
        group.join(port);
        group.change(port, outbox -> outbox.end(StreamRig.bye()));
        group.leave(port);
        assertEquals(List.of("bye"), port.said);
    }

    /** A node closes its sockets before its engine; what the engine still finds to say is for nobody. */
    @Test
    void L2_a_loop_that_has_stopped_disturbs_no_relay() {
        var group = new LoopGroup(
                _ -> {
                    throw new RejectedExecutionException("the loop has stopped");
                },
                new RelayCounters(new io.skein.engine.meters.Meters()));
        var port = new FakePort();
        group.join(port);
        group.leave(port);
        group.wake();
        assertEquals(List.of(), port.said);
    }

    /** One who comes to a room of thousands must not have thousands look for something to send. */
    @Test
    void L1_what_concerns_one_session_wakes_that_one_alone() {
        var group = new LoopGroup(Runnable::run, new RelayCounters(new io.skein.engine.meters.Meters()));
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

    @Test
    void whatIsPublished_isTimedOnceForAllOfALoop() {
        var counters = new RelayCounters(new io.skein.engine.meters.Meters());
        var group = new LoopGroup(Runnable::run, counters);
        long[] counts = new long[io.skein.engine.meters.Timing.BUCKETS];
        group.allow(1, System.nanoTime());
        group.wake();
        counters.fanOut().copyTo(counts);
        assertEquals(0, java.util.Arrays.stream(counts).sum(), "there is nobody to write to");
        var one = new Counting();
        group.join(one);
        group.join(new Counting());
        assertEquals(2, counters.sessions());
        group.allow(2, System.nanoTime() - 5_000_000);
        group.allow(3, System.nanoTime());
        group.wake();
        group.wakeAll();
        counters.fanOut().copyTo(counts);
        assertEquals(1, java.util.Arrays.stream(counts).sum());
        assertTrue(counters.fanOut().totalMicros() >= 5_000, "since the oldest of them");
        group.leave(one);
        assertEquals(1, counters.sessions());
    }

    @Test
    void how_far_sessions_are_behind_is_looked_up_when_asked_and_forgotten_when_they_have_all() {
        var meters = new io.skein.engine.meters.Meters();
        var counters = new RelayCounters(meters);
        var group = new LoopGroup(Runnable::run, counters);
        counters.groupBegan(group);
        ViewLog log = StreamRig.log(3, 100);
        var reads = new FakePort();
        var reading = new Counting(); // it does not
        for (SessionPort port : List.of(reads, reading)) {
            StreamRig.restart(port.outbox(), log.newest());
            StreamRig.drain(port.outbox());
            group.join(port);
        }
        group.wake();
        for (long seq = 4; seq <= 9; seq++) {
            StreamRig.append(log, StreamRig.entry(seq, true), Long.MAX_VALUE);
        }
        group.allow(9);
        group.wake();
        assertEquals(0, group.lag(), "nobody has looked");
        group.measure();
        assertEquals(6, group.lag());
        assertEquals(1, group.behind());
        assertEquals(6, gauge(meters, "skein_sequence_lag_transactions"));
        assertEquals(1, gauge(meters, "skein_sessions_behind"));
        StreamRig.drain(reading.outbox());
        group.measure();
        assertEquals(0, group.lag());
        assertEquals(0, gauge(meters, "skein_sessions_behind"));
    }

    private static double gauge(io.skein.engine.meters.Meters meters, String name) {
        return meters.all().stream()
                .filter(meter -> meter.name().equals(name))
                .mapToDouble(meter ->
                        ((io.skein.engine.meters.Meter.Gauge) meter).value().getAsDouble())
                .sum();
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
