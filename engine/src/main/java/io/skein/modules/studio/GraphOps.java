package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.EDGE;
import static io.skein.modules.studio.StudioTables.EDGES;
import static io.skein.modules.studio.StudioTables.EVENTS;
import static io.skein.modules.studio.StudioTables.EVENTS_OF;
import static io.skein.modules.studio.StudioTables.NODE;
import static io.skein.modules.studio.StudioTables.NODES;

import io.skein.engine.module.Tx;
import io.skein.engine.schema.Index;
import io.skein.modules.studio.StudioTables.ChangeEvent;
import io.skein.modules.studio.StudioTables.Edge;
import io.skein.modules.studio.StudioTables.Node;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A list of changes to one workflow's nodes and edges: a JSON array of {@code {op, nodeId?, type?, positionJson?, dataJson?, edgeId?, source?,
 * target?, handlesJson?}} with {@code op} one of {@code upsert_node}, {@code delete_node}, {@code upsert_edge}, {@code delete_edge}. What an
 * upsert does not say stays as it was, or is an empty object; a new node needs a {@code type}, a new edge its {@code source} and {@code target}.
 * To delete what is not there is no mistake: somebody else was faster. The recent changes get a line for each node and edge that is there
 * after the whole list and was not before, or the other way round.
 */
final class GraphOps {
    static final int MAX_OPS = 2_000;

    /** Lines of recent changes that a workflow keeps; when they are a tenth more, the oldest go. */
    static final int MAX_EVENTS = 1_000;

    static final int MAX_TYPE = 200;

    private static final Set<String> MEMBERS =
            Set.of("op", "nodeId", "type", "positionJson", "dataJson", "edgeId", "source", "target", "handlesJson");
    private static final String NO_JSON = "{}";

    private final Tx tx;
    private final String workflow;
    private final String by;
    private final String now;
    /** What was there before, by id. */
    private final Map<String, Optional<Node>> nodesBefore = new LinkedHashMap<>();

    private final Map<String, Optional<Edge>> edgesBefore = new LinkedHashMap<>();
    private int events;

    GraphOps(Tx tx, String workflow, String by) {
        this.tx = tx;
        this.workflow = workflow;
        this.by = by;
        this.now = Guards.now(tx);
    }

    /**
     * One element of the list.
     *
     * @param place where it is, for a person
     */
    private record Op(Tx tx, String place, Map<String, String> members) {
        String id(String member) {
            String id = required(member);
            Guards.requireId(tx, place + "." + member, id);
            return id;
        }

        String required(String member) {
            return get(member).orElseThrow(() -> tx.reject("invalid_op", place + " has no " + member));
        }

        Optional<String> get(String member) {
            return Optional.ofNullable(members.get(member));
        }

        /** What the operation says, else what was there, else nothing. */
        String json(String member, Optional<String> before) {
            Optional<String> said = get(member);
            said.ifPresent(text -> Guards.requireJson(tx, place + "." + member, text));
            return said.or(() -> before).orElse(NO_JSON);
        }
    }

    void apply(String opsJson) {
        List<Map<String, String>> ops = JsonTexts.objects(tx, "ops_json", opsJson, MAX_OPS, MEMBERS);
        for (int i = 0; i < ops.size(); i++) {
            apply(new Op(tx, "ops_json[" + i + "]", ops.get(i)));
        }
        if (addEvents()) {
            dropOldEvents();
        }
    }

    private void apply(Op op) {
        String what = op.required("op");
        switch (what) {
            case "upsert_node" -> upsertNode(op);
            case "delete_node" -> {
                String id = op.id("nodeId");
                node(id).ifPresent(tx.in(NODES)::delete);
            }
            case "upsert_edge" -> upsertEdge(op);
            case "delete_edge" -> {
                String id = op.id("edgeId");
                edge(id).ifPresent(tx.in(EDGES)::delete);
            }
            default -> throw tx.reject("invalid_op", op.place() + ": there is no operation " + what);
        }
    }

    private Optional<Node> node(String id) {
        Optional<Node> node = row(NODE, id);
        nodesBefore.putIfAbsent(id, node);
        return node;
    }

    private Optional<Edge> edge(String id) {
        Optional<Edge> edge = row(EDGE, id);
        edgesBefore.putIfAbsent(id, edge);
        return edge;
    }

    private <R> Optional<R> row(Index<R, List<Object>> index, String id) {
        return tx.in(index.table()).where(index, List.of(workflow, id)).stream().findFirst();
    }

    private void upsertNode(Op op) {
        String id = op.id("nodeId");
        Optional<Node> before = node(id);
        String type = op.get("type").or(() -> before.map(Node::type)).orElseGet(() -> op.required("type"));
        Guards.requireShort(tx, op.place() + ".type", type, MAX_TYPE, "invalid_type");
        var node = new Node(
                workflow,
                id,
                type,
                op.json("positionJson", before.map(Node::positionJson)),
                op.json("dataJson", before.map(Node::dataJson)),
                now,
                by);
        before.ifPresent(tx.in(NODES)::delete);
        tx.in(NODES).insert(node);
    }

    private void upsertEdge(Op op) {
        String id = op.id("edgeId");
        Optional<Edge> before = edge(id);
        var edge = new Edge(
                workflow,
                id,
                end(op, "source", before.map(Edge::source)),
                end(op, "target", before.map(Edge::target)),
                op.json("handlesJson", before.map(Edge::handlesJson)),
                op.json("dataJson", before.map(Edge::dataJson)),
                now,
                by);
        before.ifPresent(tx.in(EDGES)::delete);
        tx.in(EDGES).insert(edge);
    }

    private static String end(Op op, String member, Optional<String> before) {
        return op.get(member).isEmpty() && before.isPresent() ? before.get() : op.id(member);
    }

    // ---- recent changes

    /** Whether there were any. */
    private boolean addEvents() {
        nodesBefore.forEach((id, was) -> {
            Optional<Node> is = row(NODE, id);
            if (was.isPresent() != is.isPresent()) {
                String type = was.or(() -> is).orElseThrow().type();
                add(
                        is.isPresent() ? "node_added" : "node_deleted",
                        Optional.of(id),
                        JsonTexts.object("nodeName", type, "by", by));
            }
        });
        edgesBefore.forEach((id, was) -> {
            boolean is = row(EDGE, id).isPresent();
            if (was.isPresent() != is) {
                add(is ? "edge_added" : "edge_deleted", Optional.empty(), JsonTexts.object("edgeId", id, "by", by));
            }
        });
        return events > 0;
    }

    private void add(String type, Optional<String> nodeId, String details) {
        tx.in(EVENTS).insert(new ChangeEvent(workflow, type, nodeId, details, now));
        events++;
    }

    /** Many at once, so that it is seldom. */
    private void dropOldEvents() {
        List<ChangeEvent> all = tx.in(EVENTS).where(EVENTS_OF, workflow);
        if (all.size() > MAX_EVENTS + MAX_EVENTS / 10) {
            all.stream()
                    .sorted(Comparator.comparing(ChangeEvent::timestamp))
                    .limit(all.size() - MAX_EVENTS)
                    .forEach(tx.in(EVENTS)::delete);
        }
    }
}
