package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.presence.FromBoard;
import io.skein.engine.presence.PresenceBoard;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.presence.Sighting;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.TestInbox;
import org.junit.jupiter.api.Test;

class BoardLinkTest {
    private static final Identity ADA = Identity.parse("a".repeat(64));

    private final TestInbox<PresenceBoard.Command> board = TestInbox.create();
    private final TestInbox<FromBoard> relay = TestInbox.create();
    private final List<Sighting.Here> here = new ArrayList<>();
    private final BoardLink link = new BoardLink(relay.getRef(), PresenceSettings.DEFAULT, () -> List.copyOf(here));

    private static Sighting.Here session(long number) {
        return new Sighting.Here(number, ADA, new Json("{}"), true);
    }

    private List<Sighting> reported() {
        return ((PresenceBoard.Report) board.receiveMessage()).sightings();
    }

    @Test
    void P4_aRelayThatEndsSaysOfAllThatTheyLostTheirSocketsAlsoOfThoseThatWentJustBefore() {
        link.up(board.getRef());
        for (long number = 1; number <= 3; number++) {
            here.add(session(number));
            link.here(session(number));
        }
        link.report();
        assertEquals(Set.copyOf(here), Set.copyOf(reported()));

        // The board has not said yet that it has the report, so this waits.
        here.removeFirst();
        link.away(session(1));
        link.report();
        assertEquals(List.of(), board.getAllReceived());

        link.farewell();
        assertEquals(
                Set.of(new Sighting.Away(1), new Sighting.Away(2), new Sighting.Away(3)), new HashSet<>(reported()));
    }

    @Test
    void P2_aSessionThatCameAndWentBetweenTwoReportsWasNeverThere() {
        link.up(board.getRef());
        link.report();
        assertEquals(List.of(), reported());
        link.here(session(1));
        link.away(session(1));
        link.here(session(2));
        link.heard(1);
        link.report();
        assertEquals(List.of(session(2)), reported());
    }
}
