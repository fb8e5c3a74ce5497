package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.EDGES;
import static io.skein.modules.studio.StudioTables.NODES;
import static io.skein.modules.studio.StudioTables.UI_STATES;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKSPACES;

import io.skein.engine.module.Tx;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.Edge;
import io.skein.modules.studio.StudioTables.Node;
import io.skein.modules.studio.StudioTables.UiState;
import io.skein.modules.studio.StudioTables.Workflow;
import io.skein.modules.studio.StudioTables.Workspace;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Brings in what was elsewhere before, with its ids and times. What is there already is left as it is, so that an import can be repeated, also
 * after people went on with what it brought.
 */
public final class ImportReducers {
    public record ImportWorkspace(String id, String name, String createdAt, String updatedAt, String displayName) {}

    /**
     * A workflow whole.
     *
     * @param nodesJson an array of {@code {nodeId, type, positionJson?, dataJson?}}
     * @param edgesJson an array of {@code {edgeId, source, target, handlesJson?, dataJson?}}
     */
    public record ImportWorkflowSnapshot(
            String workflowId,
            String workspaceId,
            String name,
            String nodesJson,
            String edgesJson,
            String uiStateJson,
            String createdAt,
            String updatedAt,
            String lastModifiedBy) {}

    public record ImportBrainDoc(
            String id, String workspaceId, String title, String contentJson, String createdAt, String updatedAt) {}

    /** Elements of each of the two arrays. Together they are a transaction, which has bounds too. */
    static final int MAX_ELEMENTS = 5_000;

    private static final Set<String> NODE_MEMBERS = Set.of("nodeId", "type", "positionJson", "dataJson");
    private static final Set<String> EDGE_MEMBERS = Set.of("edgeId", "source", "target", "handlesJson", "dataJson");
    private static final String NO_JSON = "{}";

    private ImportReducers() {}

    static void importWorkspace(Tx tx, ImportWorkspace in) {
        if (tx.in(WORKSPACES).find(in.id()).isPresent()) {
            Guards.workspace(tx, in.id());
            return;
        }
        requireTimes(tx, in.createdAt(), in.updatedAt());
        WorkspaceReducers.found(
                tx, new Workspace(in.id(), in.name(), in.createdAt(), in.updatedAt()), in.displayName());
    }

    private static void requireTimes(Tx tx, String createdAt, String updatedAt) {
        Guards.requireTime(tx, "created_at", createdAt);
        Guards.requireTime(tx, "updated_at", updatedAt);
    }

    static void importWorkflowSnapshot(Tx tx, ImportWorkflowSnapshot in) {
        Guards.workspace(tx, in.workspaceId());
        Optional<Workflow> there = tx.in(WORKFLOWS).find(in.workflowId());
        if (there.isPresent()) {
            tx.require(
                    there.get().workspaceId().equals(in.workspaceId()),
                    "workflow_exists",
                    "there is a workflow " + in.workflowId() + " in another workspace");
            return;
        }
        requireTimes(tx, in.createdAt(), in.updatedAt());
        WorkflowReducers.add(
                tx,
                new Workflow(
                        in.workflowId(),
                        in.workspaceId(),
                        in.name(),
                        in.createdAt(),
                        in.updatedAt(),
                        in.lastModifiedBy()));
        Guards.requireJson(tx, "ui_state_json", in.uiStateJson());
        if (!in.uiStateJson().equals(NO_JSON)) {
            tx.in(UI_STATES).insert(new UiState(in.workflowId(), in.uiStateJson()));
        }
        addNodes(tx, in);
        addEdges(tx, in);
    }

    private static void addNodes(Tx tx, ImportWorkflowSnapshot in) {
        var elements = new Elements(tx, "nodes_json", in.nodesJson(), NODE_MEMBERS);
        for (int i = 0; i < elements.all.size(); i++) {
            String type = elements.required(i, "type");
            Guards.requireShort(tx, "type", type, GraphOps.MAX_TYPE, "invalid_type");
            tx.in(NODES)
                    .insert(new Node(
                            in.workflowId(),
                            elements.newId(i, "nodeId"),
                            type,
                            elements.json(i, "positionJson"),
                            elements.json(i, "dataJson"),
                            in.updatedAt(),
                            in.lastModifiedBy()));
        }
    }

    private static void addEdges(Tx tx, ImportWorkflowSnapshot in) {
        var elements = new Elements(tx, "edges_json", in.edgesJson(), EDGE_MEMBERS);
        for (int i = 0; i < elements.all.size(); i++) {
            tx.in(EDGES)
                    .insert(new Edge(
                            in.workflowId(),
                            elements.newId(i, "edgeId"),
                            elements.id(i, "source"),
                            elements.id(i, "target"),
                            elements.json(i, "handlesJson"),
                            elements.json(i, "dataJson"),
                            in.updatedAt(),
                            in.lastModifiedBy()));
        }
    }

    /** One of the two arrays. */
    private static final class Elements {
        private final Tx tx;
        private final String what;
        private final List<Map<String, String>> all;
        private final Set<String> ids = new HashSet<>();

        Elements(Tx tx, String what, String json, Set<String> members) {
            this.tx = tx;
            this.what = what;
            this.all = JsonTexts.objects(tx, what, json, MAX_ELEMENTS, members);
        }

        private String place(int element, String member) {
            return what + "[" + element + "]." + member;
        }

        String required(int element, String member) {
            String value = all.get(element).get(member);
            if (value == null) {
                throw tx.reject("invalid_element", place(element, member) + " is missing");
            }
            return value;
        }

        String id(int element, String member) {
            String id = required(element, member);
            Guards.requireId(tx, place(element, member), id);
            return id;
        }

        String newId(int element, String member) {
            String id = id(element, member);
            tx.require(ids.add(id), "id_twice", "%s: there is another %s".formatted(place(element, member), id));
            return id;
        }

        String json(int element, String member) {
            String text = all.get(element).getOrDefault(member, NO_JSON);
            Guards.requireJson(tx, place(element, member), text);
            return text;
        }
    }

    static void importBrainDoc(Tx tx, ImportBrainDoc in) {
        Guards.workspace(tx, in.workspaceId());
        Optional<BrainDoc> there = tx.in(DOCS).find(in.id());
        if (there.isPresent()) {
            tx.require(
                    there.get().workspaceId().equals(in.workspaceId()),
                    "doc_exists",
                    "there is a document " + in.id() + " in another workspace");
            return;
        }
        requireTimes(tx, in.createdAt(), in.updatedAt());
        BrainReducers.add(
                tx,
                new BrainDoc(
                        in.id(),
                        in.workspaceId(),
                        in.title(),
                        in.contentJson(),
                        in.createdAt(),
                        in.updatedAt(),
                        Optional.empty()));
    }
}
