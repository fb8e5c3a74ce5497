package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.EDGES;
import static io.skein.modules.studio.StudioTables.EVENTS;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.NODES;
import static io.skein.modules.studio.StudioTables.UI_STATES;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKSPACES;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.schema.Table;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.studio.ImportReducers.ImportBrainDoc;
import io.skein.modules.studio.ImportReducers.ImportWorkflowSnapshot;
import io.skein.modules.studio.ImportReducers.ImportWorkspace;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.Edge;
import io.skein.modules.studio.StudioTables.Node;
import io.skein.modules.studio.StudioTables.UiState;
import io.skein.modules.studio.StudioTables.Workflow;
import io.skein.modules.studio.StudioTables.Workspace;
import io.skein.modules.studio.WorkspaceReducers.CreateWorkspace;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What was elsewhere comes in with its ids and times, once. */
class ImportsTest {
    private static final String MADE = "2024-02-29T12:00:00.000Z";
    private static final String CHANGED = "2025-06-30T08:30:00.123Z";
    private static final String NODES_JSON = """
        [{"nodeId":"a","type":"start","positionJson":"{\\"x\\": 1}","dataJson":"{\\"k\\":[]}"},{"nodeId":"b","type":"end"}]\
        """;
    private static final String EDGES_JSON = """
        [{"edgeId":"e","source":"a","target":"b","handlesJson":"{\\"s\\":1}"}]\
        """;

    private final Studio studio = new Studio();
    private final TestWorkspace db = studio.db;

    private static ImportWorkflowSnapshot snapshot(String id, String workspace, String nodes, String edges, String ui) {
        return new ImportWorkflowSnapshot(id, workspace, "Old", nodes, edges, ui, MADE, CHANGED, "Zed");
    }

    private Map<String, List<?>> everything() {
        var rows = new TreeMap<String, List<?>>();
        for (Table<?> table : List.of(WORKSPACES, MEMBERS, WORKFLOWS, NODES, EDGES, UI_STATES, DOCS)) {
            rows.put(table.name(), db.rows(table));
        }
        return rows;
    }

    @Test
    void imports_keepIdsAndTimesAndAreDoneOnce() {
        List<Runnable> all = List.of(
                () -> studio.eve.accepted("import_workspace", new ImportWorkspace("s2", "Old", MADE, CHANGED, "Eve")),
                () -> studio.eve.accepted(
                        "import_workflow_snapshot", snapshot("w9", "s2", NODES_JSON, EDGES_JSON, "{\"zoom\":1}")),
                () -> studio.eve.accepted(
                        "import_brain_doc", new ImportBrainDoc("d9", "s2", "Doc", "{\"n\":1}", MADE, CHANGED)));
        all.forEach(Runnable::run);
        assertEquals(Optional.of(new Workspace("s2", "Old", MADE, CHANGED)), db.find(WORKSPACES, "s2"));
        assertEquals("owner", db.rows(MEMBERS).getLast().role());
        assertEquals(Optional.of(new Workflow("w9", "s2", "Old", MADE, CHANGED, "Zed")), db.find(WORKFLOWS, "w9"));
        assertEquals(
                List.of(
                        new Node("w9", "a", "start", "{\"x\": 1}", "{\"k\":[]}", CHANGED, "Zed"),
                        new Node("w9", "b", "end", "{}", "{}", CHANGED, "Zed")),
                db.rows(NODES).stream()
                        .sorted(java.util.Comparator.comparing(Node::nodeId))
                        .toList());
        assertEquals(List.of(new Edge("w9", "e", "a", "b", "{\"s\":1}", "{}", CHANGED, "Zed")), db.rows(EDGES));
        assertEquals(List.of(new UiState("w9", "{\"zoom\":1}")), db.rows(UI_STATES));
        assertEquals(
                Optional.of(new BrainDoc("d9", "s2", "Doc", "{\"n\":1}", MADE, CHANGED, Optional.empty())),
                db.find(DOCS, "d9"));
        assertEquals(List.of(), db.rows(EVENTS));

        studio.eve.accepted("apply_workflow_ops", Studio.ofOps("w9", Studio.delete("node", "b")));
        Map<String, List<?>> before = everything();
        all.forEach(Runnable::run);
        assertEquals(before, everything(), "what people did since stays");
        for (int i = 0; i < all.size(); i++) {
            int fromTheEnd = db.history().size() - 1 - i;
            assertEquals(List.of(), db.history().get(fromTheEnd).transaction().ops());
        }
    }

    @Test
    void imports_areOfMembersAndTakeNothingFromElsewhere() {
        studio.workflow("w1", "s1");
        studio.doc("d1", "{}");
        studio.eve.accepted("create_workspace", new CreateWorkspace("s2", "Eve's", "Eve"));
        assertEquals("not_a_member", reason("import_workspace", new ImportWorkspace("s1", "Old", MADE, MADE, "Eve")));
        assertEquals("not_a_member", reason("import_workflow_snapshot", snapshot("w2", "s1", "[]", "[]", "{}")));
        assertEquals("not_a_member", reason("import_brain_doc", new ImportBrainDoc("d2", "s1", "D", "{}", MADE, MADE)));
        assertEquals("workflow_exists", reason("import_workflow_snapshot", snapshot("w1", "s2", "[]", "[]", "{}")));
        assertEquals("doc_exists", reason("import_brain_doc", new ImportBrainDoc("d1", "s2", "D", "{}", MADE, MADE)));
        assertEquals("workspace_missing", reason("import_workflow_snapshot", snapshot("w2", "s9", "[]", "[]", "{}")));
    }

    private String reason(String reducer, Record args) {
        return studio.eve.refused(reducer, args).reason();
    }

    @Test
    void imports_mustFit() {
        studio.eve.accepted("import_workspace", new ImportWorkspace("s2", "Old", MADE, CHANGED, "Eve"));
        var cases = new TreeMap<String, String>(Map.of(
                "[{\"nodeId\":\"a\",\"type\":\"t\"},{\"nodeId\":\"a\",\"type\":\"t\"}]", "id_twice",
                "[{\"nodeId\":\"a\"}]", "invalid_element",
                "[{\"type\":\"t\"}]", "invalid_element",
                "[{\"nodeId\":\"\",\"type\":\"t\"}]", "invalid_id",
                "[{\"nodeId\":\"a\",\"type\":\"t\",\"dataJson\":\"{\"}]", "invalid_json",
                "[{\"nodeId\":\"a\",\"type\":7}]", "invalid_json",
                "{}", "invalid_json",
                "", "invalid_json"));
        cases.put(
                IntStream.rangeClosed(0, ImportReducers.MAX_ELEMENTS)
                        .mapToObj(i -> "{\"nodeId\":\"" + i + "\",\"type\":\"t\"}")
                        .collect(Collectors.joining(",", "[", "]")),
                "too_many");
        cases.forEach((nodes, reason) ->
                assertEquals(reason, reason("import_workflow_snapshot", snapshot("w9", "s2", nodes, "[]", "{}"))));
        for (String edges : List.of("[{\"edgeId\":\"e\",\"source\":\"a\"}]", "[{\"source\":\"a\",\"target\":\"b\"}]")) {
            assertEquals(
                    "invalid_element", reason("import_workflow_snapshot", snapshot("w9", "s2", "[]", edges, "{}")));
        }
        assertEquals("invalid_json", reason("import_workflow_snapshot", snapshot("w9", "s2", "[]", "[]", "{")));
        assertEquals(
                "invalid_time", reason("import_workspace", new ImportWorkspace("s3", "A", "x".repeat(65), MADE, "E")));
        assertEquals(
                "invalid_json", reason("import_brain_doc", new ImportBrainDoc("d", "s2", "T", "nope", MADE, MADE)));
        assertEquals(List.of(), db.rows(WORKFLOWS));
        assertEquals(List.of(), db.rows(NODES));
    }

    @Test
    void imports_ofManyNodesFitIntoATransaction() {
        studio.eve.accepted("import_workspace", new ImportWorkspace("s2", "Old", MADE, CHANGED, "Eve"));
        String nodes = IntStream.range(0, 4_000)
                .mapToObj(i -> "{\"nodeId\":\"" + i + "\",\"type\":\"t\"}")
                .collect(Collectors.joining(",", "[", "]"));
        studio.eve.accepted("import_workflow_snapshot", snapshot("w9", "s2", nodes, "[]", "{}"));
        assertEquals(4_000, db.rows(NODES).size());
        assertEquals(List.of(), db.rows(UI_STATES), "an empty one is none");
    }
}
