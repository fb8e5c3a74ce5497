package io.skein.modules.flow;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One workflow graph in a workspace: nodes at positions, edges between them. Holds what the importer brings in. */
public final class FlowModule implements Module {
    /** @param parameters as the workflow's author wrote them */
    public record Node(@Key String id, String name, String type, double x, double y, Json parameters) {}

    /**
     * A connection.
     *
     * @param id of the importer's choice
     * @param kind what flows, such as {@code main}
     * @param output which output of {@code source}, from 0
     * @param input which input of {@code target}, from 0
     */
    public record Edge(@Key String id, String source, String target, String kind, int output, int input) {}

    public record PutNodes(List<Node> nodes) {}

    public record PutEdges(List<Edge> edges) {}

    public record MoveNode(String id, double x, double y) {}

    public record RemoveNode(String id) {}

    /** Makes the workflow exactly this. Calling it twice changes nothing the second time. */
    public record ReplaceGraph(List<Node> nodes, List<Edge> edges) {}

    public static final Table<Node> NODES = Table.of("node", Node.class);
    public static final Table<Edge> EDGES = Table.of("edge", Edge.class);

    private static final Index<Edge, String> EDGES_FROM = EDGES.index("source", String.class);
    private static final Index<Edge, String> EDGES_TO = EDGES.index("target", String.class);

    @Override
    public void define(Definition module) {
        module.name("flow").version(1);
        module.table(NODES);
        module.table(EDGES);
        module.reducer(
                "put_nodes", PutNodes.class, Role.EDITOR, (tx, in) -> in.nodes().forEach(tx.in(NODES)::upsert));
        module.reducer(
                "put_edges", PutEdges.class, Role.EDITOR, (tx, in) -> in.edges().forEach(edge -> putEdge(tx, edge)));
        module.reducer("move_node", MoveNode.class, Role.EDITOR, FlowModule::moveNode);
        module.reducer("remove_node", RemoveNode.class, Role.EDITOR, FlowModule::removeNode);
        module.reducer("replace_graph", ReplaceGraph.class, Role.EDITOR, FlowModule::replaceGraph);
    }

    private static void putEdge(Tx tx, Edge edge) {
        requireNode(tx, edge.source());
        requireNode(tx, edge.target());
        tx.in(EDGES).upsert(edge);
    }

    private static Node requireNode(Tx tx, String id) {
        return tx.in(NODES).find(id).orElseThrow(() -> tx.reject("node_missing", "there is no node " + id));
    }

    private static void moveNode(Tx tx, MoveNode in) {
        Node node = requireNode(tx, in.id());
        tx.in(NODES).update(new Node(node.id(), node.name(), node.type(), in.x(), in.y(), node.parameters()));
    }

    private static void removeNode(Tx tx, RemoveNode in) {
        tx.require(tx.in(NODES).delete(in.id()), "node_missing");
        for (Index<Edge, String> end : List.of(EDGES_FROM, EDGES_TO)) {
            tx.in(EDGES).where(end, in.id()).forEach(edge -> tx.in(EDGES).delete(edge.id()));
        }
    }

    private static void replaceGraph(Tx tx, ReplaceGraph in) {
        Set<String> nodes = new HashSet<>();
        Set<String> edges = new HashSet<>();
        for (Node node : in.nodes()) {
            tx.require(nodes.add(node.id()), "node_twice", "two nodes have the id " + node.id());
        }
        for (Edge edge : in.edges()) {
            tx.require(edges.add(edge.id()), "edge_twice", "two edges have the id " + edge.id());
        }
        tx.in(EDGES).all().stream()
                .filter(edge -> !edges.contains(edge.id()))
                .forEach(edge -> tx.in(EDGES).delete(edge.id()));
        tx.in(NODES).all().stream()
                .filter(node -> !nodes.contains(node.id()))
                .forEach(node -> tx.in(NODES).delete(node.id()));
        in.nodes().forEach(tx.in(NODES)::upsert);
        in.edges().forEach(edge -> putEdge(tx, edge));
    }
}
