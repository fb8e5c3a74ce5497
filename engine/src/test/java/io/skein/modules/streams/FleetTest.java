package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.ASSIGNMENTS;
import static io.skein.modules.streams.StreamTables.BRIDGE;
import static io.skein.modules.streams.StreamTables.CAPABILITIES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Outgoing;
import io.skein.engine.module.Role;
import io.skein.engine.module.Settled;
import io.skein.engine.schema.Json;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.streams.AssignmentReducers.OpenComputeAssignment;
import io.skein.modules.streams.AssignmentReducers.UpdateComputeAssignment;
import io.skein.modules.streams.BridgeReducers.EnqueueBridgeEvent;
import io.skein.modules.streams.BridgeReducers.MarkBridgeEventSent;
import io.skein.modules.streams.BridgeReducers.RetryBridgeEvent;
import io.skein.modules.streams.FleetReducers.PublishProviderCapability;
import io.skein.modules.streams.FleetReducers.WithdrawProviderCapability;
import io.skein.modules.streams.StreamReducers.OpenSyncStream;
import io.skein.modules.streams.StreamTables.AssignmentStatus;
import io.skein.modules.streams.StreamTables.BridgeEvent;
import io.skein.modules.streams.StreamTables.BridgeStatus;
import io.skein.modules.streams.StreamTables.Sharing;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Capabilities, assignments, and what is to leave. */
class FleetTest {
    private final TestWorkspace fleet = TestWorkspace.of(new StreamsModule());
    private final TestCaller ann = fleet.member("ann", Role.EDITOR);
    private final TestCaller bob = fleet.member("bob", Role.EDITOR);
    private final TestCaller admin = fleet.member("root", Role.ADMIN);

    private static UpdateComputeAssignment to(AssignmentStatus status) {
        return new UpdateComputeAssignment("a1", status, Optional.empty());
    }

    private AssignmentStatus status() {
        return fleet.find(ASSIGNMENTS, "a1").orElseThrow().status();
    }

    private void open() {
        ann.accepted("open_compute_assignment", new OpenComputeAssignment("a1", "gpu", new Json("{\"n\":1}")));
        bob.accepted("publish_provider_capability", new PublishProviderCapability("gpu", "n1", new Json("{}"), 2));
    }

    @Test
    void work_isClaimedByWhoCanDoItAndEndedByWhoHasIt() {
        open();
        assertEquals(
                "not_yours",
                admin.refused("update_compute_assignment", to(AssignmentStatus.CLAIMED))
                        .reason());
        assertEquals(
                "wrong_status",
                bob.refused("update_compute_assignment", to(AssignmentStatus.DONE))
                        .reason());
        bob.accepted("update_compute_assignment", to(AssignmentStatus.CLAIMED));
        assertEquals(
                "wrong_status",
                bob.refused("update_compute_assignment", to(AssignmentStatus.CLAIMED))
                        .reason());
        assertEquals(
                "not_yours",
                ann.refused("update_compute_assignment", to(AssignmentStatus.RUNNING))
                        .reason());
        bob.accepted("update_compute_assignment", to(AssignmentStatus.RUNNING));
        bob.accepted(
                "update_compute_assignment",
                new UpdateComputeAssignment("a1", AssignmentStatus.DONE, Optional.of(new Json("{\"b\":1,\"a\":2}"))));
        assertEquals(AssignmentStatus.DONE, status());
        assertEquals(
                Optional.of(new Json("{\"a\":2,\"b\":1}")),
                fleet.find(ASSIGNMENTS, "a1").orElseThrow().result());
        for (AssignmentStatus next : AssignmentStatus.values()) {
            assertEquals(
                    "wrong_status",
                    admin.refused("update_compute_assignment", to(next)).reason());
        }
    }

    @Test
    void work_isCancelledByWhoAskedAndGivenBack() {
        open();
        bob.accepted("update_compute_assignment", to(AssignmentStatus.CLAIMED));
        assertEquals(
                "not_yours",
                bob.refused("update_compute_assignment", to(AssignmentStatus.CANCELLED))
                        .reason());
        ann.accepted("update_compute_assignment", to(AssignmentStatus.OPEN));
        assertEquals(
                Optional.empty(), fleet.find(ASSIGNMENTS, "a1").orElseThrow().provider());
        bob.accepted("withdraw_provider_capability", new WithdrawProviderCapability("gpu"));
        assertTrue(fleet.rows(CAPABILITIES).isEmpty());
        assertEquals(
                "not_yours",
                bob.refused("update_compute_assignment", to(AssignmentStatus.CLAIMED))
                        .reason());
        admin.accepted("update_compute_assignment", to(AssignmentStatus.CANCELLED));
    }

    @Test
    void I1_openingTheSameWorkTwice_isOpeningItOnce() {
        open();
        ann.accepted("open_compute_assignment", new OpenComputeAssignment("a1", "gpu", new Json("{ \"n\":1.0}")));
        assertEquals(1, fleet.rows(ASSIGNMENTS).size());
        assertEquals(
                "assignment_exists",
                ann.refused("open_compute_assignment", new OpenComputeAssignment("a1", "cpu", new Json("{\"n\":1}")))
                        .reason());
    }

    @Test
    void finishedWork_makesRoomAndUnfinishedDoesNot() {
        int most = Limits.MAX_UNFINISHED + Limits.KEPT_FINISHED;
        for (int i = 0; i < most; i++) {
            ann.accepted("open_compute_assignment", new OpenComputeAssignment("a" + i, "gpu", Json.NULL));
        }
        var oneMore = new OpenComputeAssignment("more", "gpu", Json.NULL);
        assertEquals(
                "too_many_assignments",
                ann.refused("open_compute_assignment", oneMore).reason());
        ann.accepted(
                "update_compute_assignment",
                new UpdateComputeAssignment("a7", AssignmentStatus.CANCELLED, Optional.empty()));
        ann.accepted("open_compute_assignment", oneMore);
        assertTrue(fleet.find(ASSIGNMENTS, "a7").isEmpty());
        assertEquals(most, fleet.rows(ASSIGNMENTS).size());
    }

    // ---- what is to leave

    private void enqueue(String id) {
        ann.accepted("open_sync_stream", new OpenSyncStream("s", "run", "", Sharing.MEMBERS, 10));
        ann.accepted(
                "enqueue_bridge_event", new EnqueueBridgeEvent(id, "s", "agent.done", new Json("{\"b\":1,\"a\":2}")));
    }

    private BridgeEvent bridged(String id) {
        return fleet.find(BRIDGE, id).orElseThrow();
    }

    private void settle(String target, boolean sent, int remaining) {
        fleet.owner()
                .internal(StreamsModule.SETTLE, new Settled("e1", target, sent, 3, sent ? "" : "refused", remaining));
    }

    @Test
    void B1_whatLeaves_isTheEventWithItsHash() {
        enqueue("e1");
        Outgoing outgoing = new StreamsModuleSchema().outgoing(bridged("e1"));
        assertEquals("e1", outgoing.id());
        assertEquals("agent.done", outgoing.kind());
        assertEquals(
                "{\"event_id\":\"e1\",\"kind\":\"agent.done\",\"payload\":{\"a\":2,\"b\":1},\"payload_hash\":\""
                        + bridged("e1").payloadHash() + "\",\"stream_id\":\"s\"}",
                outgoing.body().text());
        Json.parse(outgoing.body().text());
    }

    private static final class StreamsModuleSchema {
        Outgoing outgoing(Object row) {
            return Modules.schemaOf(new StreamsModule()).outbox().orElseThrow().of(row);
        }
    }

    @Test
    void B2_anEvent_isSentWhenAllTargetsHaveItInWhateverOrderTheySaySo() {
        enqueue("e1");
        settle("b", true, 1);
        assertEquals(BridgeStatus.PENDING, bridged("e1").status());
        settle("a", true, 0);
        assertEquals(BridgeStatus.SENT, bridged("e1").status());
        settle("b", true, 1);
        assertEquals(BridgeStatus.SENT, bridged("e1").status(), "said twice, and late");
        assertEquals(2, bridged("e1").deliveries().size());
    }

    @Test
    void B3_anEventThatATargetRefused_isDeadAndCanBeSentAgain() {
        enqueue("e1");
        settle("a", false, 1);
        settle("b", true, 0);
        assertEquals(BridgeStatus.DEAD, bridged("e1").status());
        assertEquals("refused", bridged("e1").deliveries().getFirst().detail());
        var retry = new RetryBridgeEvent("e1", "e1-again");
        assertEquals(
                ErrorCode.FORBIDDEN, ann.refused("retry_bridge_event", retry).code());
        admin.accepted("retry_bridge_event", retry);
        assertTrue(fleet.find(BRIDGE, "e1").isEmpty());
        assertEquals(BridgeStatus.PENDING, bridged("e1-again").status());
        settle("a", true, 0);
        assertEquals(
                "wrong_status",
                admin.refused("retry_bridge_event", new RetryBridgeEvent("e1-again", "x"))
                        .reason());
    }

    @Test
    void B1_anEventThatPolicyKeeps_isWithheld() {
        enqueue("e1");
        settle("", false, 0);
        assertEquals(BridgeStatus.WITHHELD, bridged("e1").status());
        assertEquals(List.of(), bridged("e1").deliveries());
    }

    @Test
    void M1_whoMayEnqueueAndMark() {
        TestCaller eve = fleet.member("eve", Role.VIEWER);
        enqueue("e1");
        assertEquals(
                ErrorCode.FORBIDDEN,
                eve.refused("enqueue_bridge_event", new EnqueueBridgeEvent("e2", "s", "k", Json.NULL))
                        .code());
        assertEquals(
                "stream_missing",
                bob.refused("enqueue_bridge_event", new EnqueueBridgeEvent("e2", "t", "k", Json.NULL))
                        .reason());
        assertEquals(
                ErrorCode.FORBIDDEN,
                ann.refused("mark_bridge_event_sent", new MarkBridgeEventSent("e1", "mine"))
                        .code());
        assertEquals(
                ErrorCode.NOT_FOUND,
                admin.refused(StreamsModule.SETTLE, new Settled("e1", "a", true, 1, "", 0))
                        .code());
        admin.accepted("mark_bridge_event_sent", new MarkBridgeEventSent("e1", "mine"));
        assertEquals(BridgeStatus.SENT, bridged("e1").status());
        assertEquals(
                List.of(1, 0, 1, 0),
                List.of(
                        ann.sees(BRIDGE).size(),
                        bob.sees(BRIDGE).size(),
                        admin.sees(BRIDGE).size(),
                        eve.sees(BRIDGE).size()));
    }

    @Test
    void I1_enqueuingTheSameTwice_isEnqueuingItOnce() {
        enqueue("e1");
        enqueue("e1");
        assertEquals(1, fleet.rows(BRIDGE).size());
        assertEquals(
                "bridge_event_exists",
                ann.refused("enqueue_bridge_event", new EnqueueBridgeEvent("e1", "s", "agent.done", Json.NULL))
                        .reason());
    }

    @Test
    void L2_anOutboxThatNothingLeaves_isFullAndSaysSo() {
        int most = Limits.MAX_PENDING + Limits.KEPT_SETTLED;
        ann.accepted("open_sync_stream", new OpenSyncStream("s", "run", "", Sharing.MEMBERS, 10));
        for (int i = 1; i <= most; i++) {
            ann.accepted("enqueue_bridge_event", new EnqueueBridgeEvent("e" + i, "s", "k", Json.NULL));
        }
        var oneMore = new EnqueueBridgeEvent("more", "s", "k", Json.NULL);
        assertEquals("outbox_full", ann.refused("enqueue_bridge_event", oneMore).reason());
        settle("a", true, 0);
        ann.accepted("enqueue_bridge_event", oneMore);
        assertTrue(fleet.find(BRIDGE, "e1").isEmpty(), "what is settled goes first");
    }

    /** Whoever forgets how it is settled is told at the start. */
    @Test
    void B1_anOutboxWithoutASettlingReducer_isNoModule() {
        Module module = definition -> {
            definition.name("leaky").version(1);
            definition.table(BRIDGE);
            definition.outbox(BRIDGE, BridgeReducers::outgoing, "nobody");
        };
        assertThrows(IllegalArgumentException.class, () -> Modules.schemaOf(module));
        Definition twice = new Definition().name("twice").outbox(BRIDGE, BridgeReducers::outgoing, "x");
        assertThrows(IllegalArgumentException.class, () -> twice.outbox(BRIDGE, BridgeReducers::outgoing, "x"));
    }
}
