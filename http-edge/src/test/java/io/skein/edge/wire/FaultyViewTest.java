package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.edge.node.Node;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.runtime.Engine;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.FromOwner;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.engine.workspace.Upstream;
import io.skein.engine.workspace.Workspace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.Test;

/** A view that cannot be evaluated, as a faulty module could make one: here of a table that there is not, past the edge's checks. */
class FaultyViewTest {
    private static final List<Subscription> NO_TABLE =
            List.of(Subscription.of(1, Map.of("no_such_table", new Filter.All())));

    private final Node node = TestNode.edge().node();
    private final Who owner = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PRIVATE);

    @Test
    void V3_who_reads_it_is_answered() throws Exception {
        var answer = node.engine()
                .read(workspace, owner.identity(), NO_TABLE)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
        var refused = assertInstanceOf(ReadAnswer.Refused.class, answer);
        assertEquals(ErrorCode.INVALID_ARGS, refused.refusal().code());
    }

    @Test
    void V3_a_relay_that_asks_for_it_is_answered() {
        TestProbe<FromOwner> relay = TestProbe.create(FromOwner.class, node.system());
        var entity = ClusterSharding.get(node.system()).entityRefFor(Engine.WORKSPACES, workspace);
        entity.tell(new Workspace.Enlist(relay.ref(), 1, Optional.empty()));
        assertInstanceOf(Downstream.Enlisted.class, next(relay));
        var view = new View(new Audience(Role.OWNER, Optional.empty()), NO_TABLE);
        entity.tell(new Workspace.FromRelay(
                relay.ref(),
                1,
                1,
                List.of(new Upstream.Enter(1, owner.identity(), false), new Upstream.TakeSnapshot(7, view))));
        assertInstanceOf(Downstream.Entered.class, next(relay));
        assertInstanceOf(Downstream.SnapshotTaken.class, next(relay));
        assertEquals(
                7,
                assertInstanceOf(Downstream.SnapshotFailed.class, next(relay)).request());
        relay.stop();
    }

    private static Downstream next(TestProbe<FromOwner> relay) {
        return relay.expectMessageClass(FromOwner.Whole.class).message();
    }
}
