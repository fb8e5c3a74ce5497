package io.skein.engine.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.engine.Modules;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.RowOp;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.Upstream;
import io.skein.engine.workspace.Workspace;
import io.skein.modules.board.BoardModule;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A relay and its owner's faults; the test is the owner. */
class RelayTest {
    private static final Audience AUDIENCE = new Audience(Role.VIEWER, Optional.empty());

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<Workspace.Command> owner = kit.createTestProbe(Workspace.Command.class);
    private final FakePort port = new FakePort();
    private final ActorRef<Relay.Command> relay = kit.spawn(Relay.create(
            "w",
            new Modules(List.of(new BoardModule())),
            RelaySettings.DEFAULT,
            new RelayCounters(),
            owner.ref()::tell,
            _ -> {}));

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** Lets the session in; gives back the relay's ear and the number of the snapshot that it asks for. */
    private Workspace.TakeSnapshot open() {
        ActorRef<Downstream> ear =
                owner.expectMessageClass(Workspace.Enlist.class).relay();
        ear.tell(new Downstream.Enlisted("e", 5, "board", owner.ref()));
        var cards = List.of(Subscription.of(1, Map.of("card", new Filter.All())));
        relay.tell(new Relay.Open(1, "s", 0, port, Identity.of("test", "who"), cards, true, Optional.empty()));
        Workspace.FromRelay entering = owner.expectMessageClass(Workspace.FromRelay.class);
        assertInstanceOf(Upstream.Enter.class, entering.items().getFirst());
        ear.tell(new Downstream.Entered(1, Role.VIEWER, AUDIENCE, 5, 0));
        return owner.expectMessageClass(Workspace.TakeSnapshot.class);
    }

    @Test
    void V3_a_view_that_the_owner_fails_to_evaluate_ends_its_sessions() {
        Workspace.TakeSnapshot asked = open();
        asked.relay().tell(new Downstream.SnapshotTaken(asked.request(), 5));
        asked.relay().tell(new Downstream.SnapshotFailed(asked.request()));
        Workspace.FromRelay leaving = owner.expectMessageClass(Workspace.FromRelay.class);
        assertEquals(List.of(new Upstream.Exit(1)), leaving.items());
        assertEquals(List.of("welcome", "bye"), port.said);
    }

    @Test
    void L2_a_relay_that_fails_sends_its_sessions_away() {
        ActorRef<Downstream> ear = open().relay();
        var noTable = new RowOp(9_999, "a", null, new Object());
        var tx = new Downstream.Tx(StreamRig.header(6), Map.of(AUDIENCE, List.of(noTable)), List.of(), 100);
        ear.tell(new Downstream.Published(List.of(tx), List.of()));
        owner.expectTerminated(relay);
        assertEquals(List.of("welcome", "bye"), port.said);
    }
}
