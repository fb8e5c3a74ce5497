package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Audience;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is at a relay, when its link begins anew. */
class AudiencesTest {
    private static final Audience EDITORS = new Audience(Role.EDITOR, Optional.empty());
    private static final Identity ANN = Identity.of("test", "ann");
    private static final Identity BOB = Identity.of("test", "bob");

    private final ActorTestKit kit = ActorTestKit.create();
    private final ActorRef<FromOwner> relay =
            kit.createTestProbe(FromOwner.class).ref();
    private final Audiences audiences = new Audiences();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private void enlist(long number) {
        var link = new Link(relay, number, false, WorkspaceSettings.DEFAULT, _ -> new byte[0]);
        audiences.enlist(relay, link, Set.of());
    }

    @Test
    void who_went_while_the_link_was_down_is_told_once_and_who_stayed_is_known() {
        enlist(1);
        assertFalse(audiences.wasHere(relay, 1));
        audiences.enter(relay, 1, ANN, EDITORS);
        audiences.enter(relay, 2, BOB, EDITORS);
        assertEquals(List.of(), audiences.arrived(relay));
        enlist(2);
        enlist(3); // the second was lost, too, before the relay could say who is there
        assertTrue(audiences.wasHere(relay, 1));
        audiences.enter(relay, 1, ANN, EDITORS);
        assertEquals(List.of(BOB), audiences.arrived(relay));
        assertEquals(List.of(), audiences.arrived(relay));
        assertFalse(audiences.wasHere(relay, 2));
    }

    @Test
    void M2_rows_are_for_audiences_that_are_there() {
        enlist(1);
        assertFalse(audiences.has(relay, EDITORS));
        audiences.enter(relay, 1, ANN, EDITORS);
        assertTrue(audiences.has(relay, EDITORS));
        audiences.exit(relay, 1);
        assertFalse(audiences.has(relay, EDITORS));
    }
}
