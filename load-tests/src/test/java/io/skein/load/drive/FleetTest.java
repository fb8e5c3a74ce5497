package io.skein.load.drive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.check.Fault;
import io.skein.load.peer.FakeSkein;
import io.skein.load.peer.FakeSkein.Mistake;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.Seat;
import io.skein.load.peer.SkeinApi;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The client over real sockets, against a server that is faultless or makes one known mistake. */
class FleetTest {
    private static final int ROOMS = 2;
    private static final int MEMBERS = 3;

    @Test
    void countsOneDeliveryForEveryMemberOfTheRoom() throws Exception {
        try (Run run = new Run(Mistake.NONE)) {
            run.fleet.start(new Pace.Closed(4));
            Window window = run.fleet.run(1);
            Fleet.Verdict verdict = run.fleet.finish(10);
            assertTrue(verdict.isClean(), verdict::toString);
            assertTrue(window.acknowledged() > 100, () -> "acknowledged " + window.acknowledged());
            // What is under way at the edges of the window is counted on one side only.
            long edge = (long) ROOMS * MEMBERS * 4 * MEMBERS;
            long difference = Math.abs(window.acknowledged() * MEMBERS - window.deliveries());
            assertTrue(difference <= edge, () -> "difference " + difference);
            assertEquals(window.acknowledged(), window.latency().getTotalCount());
            assertTrue(window.latencyMillis(50) > 0);
        }
    }

    @Test
    void anOpenLoopWritesAtItsRate() throws Exception {
        try (Run run = new Run(Mistake.NONE)) {
            run.fleet.start(new Pace.Open(600, 64));
            Window window = run.fleet.run(2);
            Fleet.Verdict verdict = run.fleet.finish(10);
            assertTrue(verdict.isClean(), verdict::toString);
            assertEquals(600, window.updatesPerSecond(), 60);
            assertEquals(0, window.overdue());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "DROP, LOST",
        "DUPLICATE, DUPLICATE",
        "REORDER, SEQ_BACKWARDS",
        "OUTCOME_FIRST, UNFOUNDED_ACKNOWLEDGEMENT",
        "OUTCOME_OF_ANOTHER_SEQ, UNFOUNDED_ACKNOWLEDGEMENT",
        "REFUSE_AND_DO, REFUSED_YET_HEARD",
        "SNAPSHOT_IN_BETWEEN, INTERRUPTED"
    })
    void reportsWhatTheServerDidWrong(Mistake mistake, Fault fault) throws Exception {
        try (Run run = new Run(mistake)) {
            run.fleet.start(new Pace.Closed(4));
            run.fleet.run(1);
            Fleet.Verdict verdict = run.fleet.finish(1);
            assertFalse(verdict.isClean());
            assertTrue(verdict.violations().count(fault) > 0, verdict::toString);
        }
    }

    @Test
    void reportsAnUpdateThatIsNeverAnswered() throws Exception {
        try (Run run = new Run(Mistake.NO_ANSWER)) {
            run.fleet.start(new Pace.Closed(4));
            run.fleet.run(1);
            Fleet.Verdict verdict = run.fleet.finish(1);
            assertFalse(verdict.isClean());
            assertEquals(ROOMS, verdict.unanswered());
            assertEquals(0, verdict.violations().total(), verdict::toString);
        }
    }

    @Test
    void L2_triesAgainLaterWhenItIsRefused() throws Exception {
        try (Run run = new Run(Mistake.REFUSE)) {
            run.fleet.start(new Pace.Closed(4));
            Window window = run.fleet.run(1);
            Fleet.Verdict verdict = run.fleet.finish(10);
            assertTrue(verdict.isClean(), verdict::toString);
            long refused = window.refused().getOrDefault("overloaded", 0L);
            assertTrue(refused > ROOMS * MEMBERS * 4, () -> "refused " + refused);
            assertTrue(window.acknowledged() > refused * 5, () -> "acknowledged " + window.acknowledged());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BYE", "GARBAGE"})
    void failsWhenTheConversationCannotGoOn(Mistake mistake) throws Exception {
        try (Run run = new Run(mistake)) {
            run.fleet.start(new Pace.Closed(4));
            assertThrows(IllegalStateException.class, () -> run.fleet.run(10));
        }
    }

    @Test
    void failsWhenTheServerGoesAway() throws Exception {
        try (Run run = new Run(Mistake.NONE)) {
            run.fleet.start(new Pace.Closed(4));
            run.fleet.run(1);
            run.server.close();
            assertThrows(IllegalStateException.class, () -> run.fleet.run(10));
        }
    }

    @Test
    void saysSoWhenNobodyListens() throws Exception {
        Seat seat;
        try (FakeSkein gone = new FakeSkein(Mistake.NONE, 0)) {
            seat = new Seat(0, 0, "room", URI.create("ws://127.0.0.1:" + gone.port() + "/"), null, null);
        }
        assertThrows(IllegalStateException.class, () -> Fleet.join(NativeSkeinPeer.wire(), List.of(seat), 1, 100, 10));
    }

    private static final class Run implements AutoCloseable {
        private final FakeSkein server;
        private final Fleet fleet;

        Run(Mistake mistake) throws Exception {
            server = new FakeSkein(mistake, 0);
            try (HttpClient http = HttpClient.newHttpClient()) {
                URI base = URI.create("http://127.0.0.1:" + server.port());
                fleet = Fleet.join(
                        NativeSkeinPeer.wire(),
                        NativeSkeinPeer.seats(new SkeinApi(http, base), ROOMS, MEMBERS),
                        MEMBERS,
                        100,
                        10);
            } catch (Exception e) {
                server.close();
                throw e;
            }
        }

        @Override
        public void close() {
            fleet.close();
            server.close();
        }
    }
}
