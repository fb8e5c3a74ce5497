package io.skein.modules.studio;

import static io.skein.modules.studio.Studio.delete;
import static io.skein.modules.studio.Studio.edge;
import static io.skein.modules.studio.Studio.node;
import static io.skein.modules.studio.Studio.ofOps;
import static io.skein.modules.studio.StudioTables.EDGES;
import static io.skein.modules.studio.StudioTables.EVENTS;
import static io.skein.modules.studio.StudioTables.NODES;
import static io.skein.modules.studio.StudioTables.UI_STATES;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.modules.studio.StudioTables.ChangeEvent;
import io.skein.modules.studio.StudioTables.Edge;
import io.skein.modules.studio.StudioTables.Node;
import io.skein.modules.studio.StudioTables.UiState;
import io.skein.modules.studio.StudioTables.Workflow;
import io.skein.modules.studio.WorkflowReducers.ApplyWorkflowOps;
import io.skein.modules.studio.WorkflowReducers.CreateWorkflow;
import io.skein.modules.studio.WorkflowReducers.DeleteWorkflow;
import io.skein.modules.studio.WorkflowReducers.RenameWorkflow;
import io.skein.modules.studio.WorkflowReducers.UpdateWorkflowUiState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkflowsTest {
    private final Studio studio = Studio.withWorkflow();

    private String reason(String reducer, Record args) {
        return studio.ann.refused(reducer, args).reason();
    }

    private Workflow workflow() {
        return studio.db.find(WORKFLOWS, "w1").orElseThrow();
    }

    private List<String> events() {
        return studio.db.rows(EVENTS).stream()
                .map(event -> event.eventType() + " " + event.nodeId().orElse("-"))
                .sorted()
                .toList();
    }

    @Test
    void workflows_areMadeRenamedAndRemoved() {
        String now = studio.now();
        studio.bob.accepted("create_workflow", new CreateWorkflow("w2", "s1", "Second", "Bob"));
        assertEquals(Optional.of(new Workflow("w2", "s1", "Second", now, now, "Bob")), studio.db.find(WORKFLOWS, "w2"));
        String later = studio.now();
        studio.ann.accepted("rename_workflow", new RenameWorkflow("w2", "Two"));
        assertEquals(Optional.of(new Workflow("w2", "s1", "Two", now, later, "Bob")), studio.db.find(WORKFLOWS, "w2"));
        studio.ann.accepted("delete_workflow", new DeleteWorkflow("w1"));
        assertEquals(
                List.of("w2"),
                studio.db.rows(WORKFLOWS).stream().map(Workflow::id).toList());
        assertTrue(studio.db.rows(NODES).isEmpty());
        assertTrue(studio.db.rows(EDGES).isEmpty());
        assertTrue(studio.db.rows(EVENTS).isEmpty());
    }

    @Test
    void workflows_areOfMembers() {
        for (var refused : List.of(
                studio.eve.refused("create_workflow", new CreateWorkflow("w2", "s1", "Second", "Eve")),
                studio.eve.refused("rename_workflow", new RenameWorkflow("w1", "Mine")),
                studio.eve.refused("delete_workflow", new DeleteWorkflow("w1")),
                studio.eve.refused("apply_workflow_ops", ofOps("w1", delete("node", "a"))),
                studio.eve.refused("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "{}")))) {
            assertEquals(ErrorCode.REJECTED, refused.code());
            assertEquals("not_a_member", refused.reason());
        }
    }

    @Test
    void workflows_thatAreNotThereOrDoNotFit_areRefused() {
        assertEquals("workflow_exists", reason("create_workflow", new CreateWorkflow("w1", "s1", "Again", "Ann")));
        assertEquals("workspace_missing", reason("create_workflow", new CreateWorkflow("w2", "s9", "A", "Ann")));
        assertEquals("invalid_id", reason("create_workflow", new CreateWorkflow("", "s1", "A", "Ann")));
        assertEquals("invalid_name", reason("create_workflow", new CreateWorkflow("w2", "s1", "", "Ann")));
        assertEquals("invalid_name", reason("rename_workflow", new RenameWorkflow("w1", "")));
        for (var args : List.<Record>of(
                new RenameWorkflow("w9", "A"), new DeleteWorkflow("w9"), new UpdateWorkflowUiState("w9", "{}"))) {
            String reducer = args instanceof RenameWorkflow
                    ? "rename_workflow"
                    : args instanceof DeleteWorkflow ? "delete_workflow" : "update_workflow_ui_state";
            assertEquals("workflow_missing", reason(reducer, args));
        }
        assertEquals("workflow_missing", reason("apply_workflow_ops", ofOps("w9")));
    }

    @Test
    void uiState_isReplaced() {
        studio.bob.accepted("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "{\"zoom\":1}"));
        studio.bob.accepted("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "{\"zoom\": 2}"));
        assertEquals(List.of(new UiState("w1", "{\"zoom\": 2}")), studio.db.rows(UI_STATES));
        assertEquals("invalid_json", reason("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "{")));
        assertEquals("invalid_json", reason("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "")));
        assertEquals("invalid_json", reason("update_workflow_ui_state", new UpdateWorkflowUiState("w1", "1 2")));
        assertEquals(
                "json_too_long",
                reason(
                        "update_workflow_ui_state",
                        new UpdateWorkflowUiState("w1", "\"" + "x".repeat(Guards.MAX_JSON) + "\"")));
        studio.ann.accepted("delete_workflow", new DeleteWorkflow("w1"));
        assertTrue(studio.db.rows(UI_STATES).isEmpty());
    }

    // ---- operations

    @Test
    void ops_addNodesAndEdgesAndSaySo() {
        Node first = studio.db.rows(NODES).stream()
                .filter(node -> node.nodeId().equals("a"))
                .findFirst()
                .orElseThrow();
        assertEquals(new Node("w1", "a", "agent", "{\"x\":1}", "{}", first.updatedAt(), "Ann"), first);
        Edge edge = studio.db.rows(EDGES).getFirst();
        assertEquals(new Edge("w1", "e", "a", "b", "{}", "{}", first.updatedAt(), "Ann"), edge);
        assertEquals(List.of("edge_added -", "node_added a", "node_added b"), events());
        assertEquals(
                Set.of(
                        new ChangeEvent(
                                "w1",
                                "node_added",
                                Optional.of("a"),
                                "{\"nodeName\":\"agent\",\"by\":\"Ann\"}",
                                first.updatedAt()),
                        new ChangeEvent(
                                "w1",
                                "node_added",
                                Optional.of("b"),
                                "{\"nodeName\":\"agent\",\"by\":\"Ann\"}",
                                first.updatedAt()),
                        new ChangeEvent(
                                "w1",
                                "edge_added",
                                Optional.empty(),
                                "{\"edgeId\":\"e\",\"by\":\"Ann\"}",
                                first.updatedAt())),
                Set.copyOf(studio.db.rows(EVENTS)));
    }

    @Test
    void ops_updateInPlaceWithoutAnEvent() {
        List<String> before = events();
        String now = studio.now();
        studio.bob.accepted(
                "apply_workflow_ops",
                new ApplyWorkflowOps(
                        "w1",
                        "[{\"op\":\"upsert_node\",\"nodeId\":\"a\",\"positionJson\":\"{\\\"x\\\":"
                                + " 9}\",\"dataJson\":null,"
                                + "\"other\":{\"z\":[]}},{\"op\":\"upsert_edge\",\"edgeId\":\"e\",\"target\":\"a\"}]",
                        "Bob"));
        assertTrue(studio.db.rows(NODES).contains(new Node("w1", "a", "agent", "{\"x\": 9}", "{}", now, "Bob")));
        assertEquals(2, studio.db.rows(NODES).size());
        assertEquals(List.of(new Edge("w1", "e", "a", "a", "{}", "{}", now, "Bob")), studio.db.rows(EDGES));
        assertEquals(before, events());
        assertEquals(now, workflow().updatedAt());
        assertEquals("Bob", workflow().lastModifiedBy());
    }

    /** Whatever the size of the workflow: a move is one row less, one row more, and the workflow's time stamp. */
    @Test
    void ops_costByWhatTheyTouch() {
        studio.ops("w1", IntStream.range(0, 500).mapToObj(i -> node("n" + i)).toArray(String[]::new));
        studio.ops("w1", node("n250"));
        assertEquals(3, studio.db.history().getLast().transaction().ops().size());
    }

    @Test
    void ops_sayOnlyWhatReallyCameOrWent() {
        List<String> before = events();
        studio.ops("w1", node("c"), delete("node", "c"), delete("node", "a"), node("a"));
        studio.ops("w1", delete("node", "nobody"), delete("edge", "nobody"));
        assertEquals(before, events());
        studio.ops("w1", delete("edge", "e"), delete("node", "a"), delete("node", "a"), edge("f", "b", "gone"));
        assertEquals(
                List.of(
                        "edge_added -",
                        "edge_added -",
                        "edge_deleted -",
                        "node_added a",
                        "node_added b",
                        "node_deleted a"),
                events());
        assertEquals(
                List.of("b"), studio.db.rows(NODES).stream().map(Node::nodeId).toList());
        assertEquals(
                List.of("f"), studio.db.rows(EDGES).stream().map(Edge::edgeId).toList());
    }

    @Test
    void ops_ofOneIdInTwoWorkflowsAreTwoNodes() {
        studio.workflow("w2", "s1");
        studio.ops("w2", node("a"));
        studio.ops("w1", delete("node", "a"));
        assertEquals(
                List.of("w1 b", "w2 a"),
                studio.db.rows(NODES).stream()
                        .map(node -> node.workflowId() + " " + node.nodeId())
                        .sorted()
                        .toList());
    }

    @Test
    void ops_thatCannotBe_changeNothing() {
        long seq = studio.db.state().seq();
        refusedOps(
                "invalid_json",
                "{",
                "{}",
                "[1]",
                "[",
                "[{\"op\":1}]",
                "[{\"op\":\"delete_node\",\"nodeId\":{}}]",
                "[] 1");
        refusedOps("invalid_json", "[{\"op\":\"upsert_node\",\"nodeId\":\"x\\ud800\",\"type\":\"t\"}]");
        refusedOps(
                "invalid_json",
                "[{\"op\":\"upsert_node\",\"nodeId\":\"x\",\"type\":\"t\",\"dataJson\":\"{\"}]",
                "[{\"op\":\"upsert_node\",\"nodeId\":\"x\",\"type\":\"t\",\"positionJson\":\"\"}]",
                "[{\"op\":\"upsert_edge\",\"edgeId\":\"x\",\"source\":\"a\",\"target\":\"b\",\"handlesJson\":\"nope\"}]");
        refusedOps(
                "invalid_op",
                "[{}]",
                "[{\"op\":\"dance\"}]",
                "[{\"op\":\"upsert_node\",\"type\":\"t\"}]",
                "[{\"op\":\"upsert_node\",\"nodeId\":\"x\"}]",
                "[{\"op\":\"upsert_edge\",\"edgeId\":\"x\",\"source\":\"a\"}]",
                "[" + node("c") + ",{\"op\":\"delete_edge\"}]");
        refusedOps("invalid_id", "[{\"op\":\"delete_node\",\"nodeId\":\"\"}]");
        refusedOps("invalid_type", "[{\"op\":\"upsert_node\",\"nodeId\":\"x\",\"type\":\"" + "t".repeat(201) + "\"}]");
        refusedOps(
                "too_many",
                IntStream.rangeClosed(0, GraphOps.MAX_OPS)
                        .mapToObj(_ -> delete("node", "x"))
                        .collect(Collectors.joining(",", "[", "]")));
        assertEquals(seq, studio.db.state().seq());
        assertEquals(2, studio.db.rows(NODES).size());
    }

    private void refusedOps(String reason, String... texts) {
        for (String text : texts) {
            assertEquals(reason, reason("apply_workflow_ops", new ApplyWorkflowOps("w1", text, "Ann")), text);
        }
    }

    @Test
    void events_areBounded() {
        for (int round = 0; round < 12; round++) {
            String prefix = "r" + round + "-";
            studio.ops(
                    "w1",
                    IntStream.range(0, 100).mapToObj(i -> node(prefix + i)).toArray(String[]::new));
        }
        assertEquals(GraphOps.MAX_EVENTS + 100, studio.db.rows(EVENTS).size());
        assertTrue(events().contains("node_added r11-99"));
        assertTrue(events().stream().noneMatch(event -> event.equals("node_added a")));
    }

    @Test
    void aFullListOfOps_fitsIntoATransaction() {
        String[] ops = IntStream.range(0, GraphOps.MAX_OPS)
                .mapToObj(i -> node("n" + i))
                .toArray(String[]::new);
        studio.ops("w1", ops);
        studio.ops("w1", ops);
        studio.ops(
                "w1",
                IntStream.range(0, GraphOps.MAX_OPS)
                        .mapToObj(i -> delete("node", "n" + i))
                        .toArray(String[]::new));
        assertEquals(2, studio.db.rows(NODES).size());
    }
}
