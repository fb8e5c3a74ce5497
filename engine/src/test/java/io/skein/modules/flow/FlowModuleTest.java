package io.skein.modules.flow;

import static io.skein.modules.flow.FlowModule.EDGES;
import static io.skein.modules.flow.FlowModule.NODES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.schema.Json;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.flow.FlowModule.Edge;
import io.skein.modules.flow.FlowModule.MoveNode;
import io.skein.modules.flow.FlowModule.Node;
import io.skein.modules.flow.FlowModule.PutEdges;
import io.skein.modules.flow.FlowModule.PutNodes;
import io.skein.modules.flow.FlowModule.RemoveNode;
import io.skein.modules.flow.FlowModule.ReplaceGraph;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FlowModuleTest {
    private final TestWorkspace flow = TestWorkspace.of(new FlowModule());

    private static Node node(String id) {
        return new Node(id, "Node " + id, "http", 10, 20, Json.parse("{\"url\": \"https://example.org\"}"));
    }

    private static Edge edge(String source, String target) {
        return new Edge(source + "-" + target, source, target, "main", 0, 0);
    }

    @BeforeEach
    void aChainOfThree() {
        flow.accepted("put_nodes", new PutNodes(List.of(node("a"), node("b"), node("c"))));
        flow.accepted("put_edges", new PutEdges(List.of(edge("a", "b"), edge("b", "c"))));
    }

    @Test
    void nodes_move() {
        flow.accepted("move_node", new MoveNode("a", -3.5, 0));
        assertEquals(-3.5, flow.find(NODES, "a").orElseThrow().x());
        assertEquals(
                "node_missing",
                flow.refused("move_node", new MoveNode("z", 0, 0)).reason());
    }

    @Test
    void edges_needTheirNodes() {
        assertEquals(
                "node_missing",
                flow.refused("put_edges", new PutEdges(List.of(edge("c", "a"), edge("c", "z"))))
                        .reason());
        assertTrue(flow.find(EDGES, "c-a").isEmpty(), "the first edge of a refused call");
    }

    @Test
    void removedNodes_takeTheirEdgesAlong() {
        flow.accepted("put_edges", new PutEdges(List.of(edge("b", "b"), edge("c", "a"))));
        flow.accepted("remove_node", new RemoveNode("b"));
        assertEquals(List.of(edge("c", "a")), flow.rows(EDGES));
        assertEquals(
                "node_missing", flow.refused("remove_node", new RemoveNode("b")).reason());
    }

    @Test
    void replaceGraph_makesItExactlyThisAndNothingTheSecondTime() {
        var graph = new ReplaceGraph(List.of(node("c"), node("d")), List.of(edge("d", "c")));
        flow.accepted("replace_graph", graph);
        assertEquals(Set.of(node("c"), node("d")), Set.copyOf(flow.rows(NODES)));
        assertEquals(List.of(edge("d", "c")), flow.rows(EDGES));
        assertTrue(flow.find(NODES, "a").isEmpty());
        flow.accepted("replace_graph", graph);
        assertEquals(List.of(), flow.history().getLast().transaction().ops());
    }

    @Test
    void replaceGraph_refusesAnIdTwice() {
        assertEquals(
                "node_twice",
                flow.refused("replace_graph", new ReplaceGraph(List.of(node("c"), node("c")), List.of()))
                        .reason());
        assertEquals(
                "edge_twice",
                flow.refused(
                                "replace_graph",
                                new ReplaceGraph(List.of(node("c")), List.of(edge("c", "c"), edge("c", "c"))))
                        .reason());
        assertEquals(3, flow.rows(NODES).size());
    }

    @Test
    void flow_isTheSameAfterARestart() {
        flow.restart();
        assertEquals(2, flow.rows(EDGES).size());
    }
}
