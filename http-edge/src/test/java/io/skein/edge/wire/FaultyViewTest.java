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
        var refused = assertInstanceOf(Workspace.ReadAnswer.Refused.class, answer);
        assertEquals(ErrorCode.INTERNAL, refused.refusal().code());
    }

    @Test
    void V3_a_relay_that_asks_for_it_is_answered() {
        TestProbe<Downstream> relay = TestProbe.create(Downstream.class, node.system());
        var entity = ClusterSharding.get(node.system()).entityRefFor(Engine.WORKSPACES, workspace);
        entity.tell(new Workspace.Enlist(relay.ref()));
        relay.expectMessageClass(Downstream.Enlisted.class);
        var view = new View(new Audience(Role.OWNER, Optional.empty()), NO_TABLE);
        entity.tell(new Workspace.TakeSnapshot(relay.ref(), 7, view));
        relay.expectMessageClass(Downstream.SnapshotTaken.class);
        assertEquals(
                7, relay.expectMessageClass(Downstream.SnapshotFailed.class).request());
        relay.stop();
    }
}
