package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
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

    private static Audience through(int number) {
        var named = new Filter.Compare("title", Filter.Operator.EQUAL, "t" + number);
        return EDITORS.through(new Audience.Join("remark", new Filter.Semijoin("card_id", "card", "id", named)));
    }

    @Test
    void L1_of_the_joins_of_a_relay_no_more_are_followed_than_may_be_until_one_is_given_back() {
        enlist(1);
        audiences.watch(relay, through(0));
        assertFalse(audiences.has(relay, through(0)), "nobody here looks straight");
        audiences.enter(relay, 1, ANN, EDITORS);
        for (int i = 0; i < 1_000; i++) {
            audiences.watch(relay, through(i));
            audiences.watch(relay, through(i)); // asked for twice is followed once
        }
        assertTrue(audiences.has(relay, through(999)));
        audiences.watch(relay, through(1_000));
        assertFalse(audiences.has(relay, through(1_000)));
        assertTrue(audiences.has(relay, EDITORS));
        ActorRef<FromOwner> other = kit.createTestProbe(FromOwner.class).ref();
        audiences.enlist(other, new Link(other, 1, false, WorkspaceSettings.DEFAULT, _ -> new byte[0]), Set.of());
        audiences.enter(other, 1, BOB, EDITORS);
        audiences.watch(other, through(1_000));
        assertTrue(audiences.has(other, through(1_000)), "each relay has its own");
        audiences.unwatch(relay, through(7));
        audiences.watch(relay, through(1_000));
        assertTrue(audiences.has(relay, through(1_000)));
        assertFalse(audiences.has(relay, through(7)));
    }
}
