package io.skein.edge.command.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.modules.flow.FlowModule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The connections of one workflow as edges. Nodes are called by their names, in some files by their ids. */
final class ConnectionReader {
    private final Oddities oddities;
    private final Map<String, String> idByName;
    private final Set<String> ids;
    private final List<FlowModule.Edge> edges = new ArrayList<>();
    private final Set<String> edgeIds = new HashSet<>();
    /** Without ids. */
    private final Set<FlowModule.Edge> told = new HashSet<>();

    ConnectionReader(Oddities oddities, Map<String, String> idByName, Set<String> ids) {
        this.oddities = oddities;
        this.idByName = idByName;
        this.ids = ids;
    }

    /** From which output of which node. */
    private record Source(String called, @Nullable String id, String kind, int output) {}

    List<FlowModule.Edge> edges(@Nullable JsonNode connections) {
        if (connections == null || connections.isNull()) {
            return List.of();
        }
        if (!connections.isObject()) {
            oddities.add(Oddity.CONNECTION_MALFORMED, "connections");
            return List.of();
        }
        connections.properties().forEach(entry -> ofSource(entry.getKey(), entry.getValue()));
        return List.copyOf(edges);
    }

    private void ofSource(String called, JsonNode kinds) {
        if (missing(kinds, kinds.isObject(), called)) {
            return;
        }
        String id = find(called);
        kinds.properties().forEach(kind -> {
            JsonNode outputs = kind.getValue();
            if (missing(outputs, outputs.isArray(), called)) {
                return;
            }
            for (int output = 0; output < outputs.size(); output++) {
                ofOutput(new Source(called, id, kind.getKey(), output), outputs.get(output));
            }
        });
    }

    private void ofOutput(Source source, JsonNode targets) {
        if (missing(targets, targets.isArray(), source.called())) {
            return;
        }
        for (JsonNode target : targets) {
            if (!missing(target, target.path("node").isTextual(), source.called())) {
                add(source, target);
            }
        }
    }

    /** Whether there is nothing of the right form here; counts it. */
    private boolean missing(JsonNode node, boolean rightForm, String called) {
        if (rightForm) {
            return false;
        }
        oddities.add(node.isNull() ? Oddity.CONNECTION_NULL : Oddity.CONNECTION_MALFORMED, called);
        return true;
    }

    private void add(Source source, JsonNode connection) {
        String called = connection.path("node").textValue();
        String target = find(called);
        if (source.id() == null) {
            oddities.add(Oddity.CONNECTION_FROM_UNKNOWN, source.called());
            return;
        }
        if (target == null) {
            oddities.add(Oddity.CONNECTION_TO_UNKNOWN, called);
            return;
        }
        JsonNode index = connection.path("index");
        int input = index.isInt() ? index.intValue() : 0;
        var edge = new FlowModule.Edge("", source.id(), target, source.kind(), source.output(), input);
        if (!told.add(edge)) {
            oddities.add(Oddity.CONNECTION_TWICE, source.called() + " to " + called);
            return;
        }
        if (!idByName.containsKey(source.called()) || !idByName.containsKey(called)) {
            oddities.add(Oddity.CONNECTION_BY_ID, source.called() + " to " + called);
        }
        edges.add(new FlowModule.Edge(edgeId(edge), source.id(), target, source.kind(), source.output(), input));
    }

    /** Says what the edge is. Where slashes in names make two edges sound alike, the later one is counted. */
    private String edgeId(FlowModule.Edge edge) {
        String wanted =
                edge.source() + "/" + edge.kind() + "/" + edge.output() + "/" + edge.target() + "/" + edge.input();
        String id = wanted;
        for (int next = 2; !edgeIds.add(id); next++) {
            id = wanted + "-" + next;
        }
        return id;
    }

    private @Nullable String find(String called) {
        String id = idByName.get(called);
        return id == null && ids.contains(called) ? called : id;
    }
}
