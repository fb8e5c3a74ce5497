package io.skein.edge.command.studio;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.edge.command.flow.Oddities;
import io.skein.edge.command.flow.Workflow;
import io.skein.edge.command.flow.WorkflowReader;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.edge.json.Members;
import io.skein.edge.session.RowJson;
import io.skein.modules.flow.FlowModule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Snapshot} of a workflow file, of one of two kinds. The studio's own: {@code nodes} [{@code id}, {@code type}, {@code position},
 * {@code data}], {@code edges} [{@code id}, {@code source}, {@code target}, {@code sourceHandle}, {@code targetHandle}, {@code data}],
 * {@code ui}; what is wrong in one is said, and the file left out. Or a graph with {@code connections}, as {@link WorkflowReader} takes it. Both
 * may have {@code id}, {@code name}, {@code createdAt}, {@code updatedAt} and {@code lastModifiedBy}.
 */
final class SnapshotReader {
    private static final int MAX_ELEMENTS = 100_000;
    private static final String NO_JSON = "{}";
    private static final String NO_POSITION = "{\"x\":0,\"y\":0}";

    /**
     * What a file that does not say so itself is taken for.
     *
     * @param time ISO-8601, for both times
     * @param by a display name
     */
    record Origin(String id, String name, String time, String by) {}

    private final Map<String, String> texts = new HashMap<>();
    private final Set<String> members = new HashSet<>();
    private String uiState = NO_JSON;

    private SnapshotReader() {}

    /**
     * Reads one document.
     *
     * @throws BadJson if it holds no workflow; the message says why
     */
    static Snapshot read(byte[] document, Origin origin, Oddities oddities) throws BadJson {
        var reader = new SnapshotReader();
        WorkflowReader.JSON.read(document, parser -> {
            Members.object(parser, reader::head);
            return reader;
        });
        if (!reader.members.contains("nodes")) {
            throw BadJson.unexpected("it has no nodes");
        }
        Graph graph = reader.members.contains("connections") && !reader.members.contains("edges")
                ? connected(WorkflowReader.read(document, origin.name(), oddities))
                : WorkflowReader.JSON.read(document, SnapshotReader::drawn);
        return reader.snapshot(origin, graph);
    }

    private void head(String member, JsonParser in) throws IOException {
        members.add(member);
        if (member.equals("ui") && in.currentToken() == JsonToken.START_OBJECT) {
            uiState = RowJson.readJson(in).text();
        } else if (in.currentToken() == JsonToken.VALUE_STRING && !in.getText().isBlank()) {
            texts.put(member, in.getText());
        } else {
            in.skipChildren();
        }
    }

    private Snapshot snapshot(Origin origin, Graph graph) {
        String createdAt = texts.getOrDefault("createdAt", origin.time());
        return new Snapshot(
                texts.getOrDefault("id", origin.id()),
                texts.getOrDefault("name", origin.name()),
                text(graph.nodes()),
                text(graph.edges()),
                uiState,
                createdAt,
                texts.getOrDefault("updatedAt", createdAt),
                texts.getOrDefault("lastModifiedBy", origin.by()),
                graph.nodes().size(),
                graph.edges().size());
    }

    /** Objects whose members are texts, in the reducer's own names. */
    private record Graph(List<Map<String, String>> nodes, List<Map<String, String>> edges) {}

    private static String text(List<Map<String, String>> objects) {
        byte[] json = Json.DEFAULT.write(out -> {
            out.writeStartArray();
            for (Map<String, String> object : objects) {
                out.writeStartObject();
                // In one order always, so that the same file is the same call.
                for (var member : new TreeMap<>(object).entrySet()) {
                    out.writeStringField(member.getKey(), member.getValue());
                }
                out.writeEndObject();
            }
            out.writeEndArray();
        });
        return new String(json, StandardCharsets.UTF_8);
    }

    // ---- graphs with connections

    private static Graph connected(Workflow workflow) {
        return new Graph(
                workflow.nodes().stream().map(SnapshotReader::node).toList(),
                workflow.edges().stream().map(SnapshotReader::edge).toList());
    }

    private static Map<String, String> node(FlowModule.Node node) {
        String position = "{\"x\":" + shortest(node.x()) + ",\"y\":" + shortest(node.y()) + "}";
        String data = jsonText(out -> {
            out.writeStartObject();
            out.writeStringField("label", node.name());
            out.writeFieldName("parameters");
            out.writeRawValue(node.parameters().text());
            out.writeEndObject();
        });
        return Map.of("nodeId", node.id(), "type", node.type(), "positionJson", position, "dataJson", data);
    }

    /** {@code 240} and not {@code 240.0}, as JavaScript writes numbers. */
    private static String shortest(double number) {
        long whole = (long) number;
        return whole == number ? Long.toString(whole) : Double.toString(number);
    }

    private static Map<String, String> edge(FlowModule.Edge edge) {
        String handles = handles(edge.kind() + "-" + edge.output(), edge.kind() + "-" + edge.input());
        return Map.of("edgeId", edge.id(), "source", edge.source(), "target", edge.target(), "handlesJson", handles);
    }

    private static String handles(@Nullable String source, @Nullable String target) {
        return jsonText(out -> {
            out.writeStartObject();
            out.writeStringField("sourceHandle", source);
            out.writeStringField("targetHandle", target);
            out.writeEndObject();
        });
    }

    private static String jsonText(Json.Writer writer) {
        return new String(Json.DEFAULT.write(writer), StandardCharsets.UTF_8);
    }

    // ---- the studio's own

    private static Graph drawn(JsonParser in) throws IOException, BadJson {
        var lists = new HashMap<String, List<Map<String, String>>>();
        Members.object(in, (member, parser) -> {
            if (member.equals("nodes")) {
                lists.put(member, unique("nodeId", Members.array(parser, MAX_ELEMENTS, SnapshotReader::drawnNode)));
            } else if (member.equals("edges") && parser.currentToken() != JsonToken.VALUE_NULL) {
                lists.put(member, unique("edgeId", Members.array(parser, MAX_ELEMENTS, SnapshotReader::drawnEdge)));
            } else {
                parser.skipChildren();
            }
        });
        return new Graph(lists.getOrDefault("nodes", List.of()), lists.getOrDefault("edges", List.of()));
    }

    private static List<Map<String, String>> unique(String id, List<Map<String, String>> elements) throws BadJson {
        var ids = new HashSet<String>();
        for (Map<String, String> element : elements) {
            if (!ids.add(element.getOrDefault(id, ""))) {
                throw BadJson.unexpected("two elements have the " + id + " " + element.get(id));
            }
        }
        return elements;
    }

    private static Map<String, String> drawnNode(JsonParser in) throws IOException, BadJson {
        var node = new HashMap<String, String>(
                Map.of("type", "default", "positionJson", NO_POSITION, "dataJson", NO_JSON));
        Members.object(in, (member, parser) -> {
            switch (member) {
                case "id" -> node.put("nodeId", Members.string(parser));
                case "type" -> node.put("type", Members.string(parser));
                case "position" -> putJson(node, "positionJson", parser);
                case "data" -> putJson(node, "dataJson", parser);
                default -> parser.skipChildren();
            }
        });
        Members.required(node.get("nodeId"), "id");
        return node;
    }

    private static Map<String, String> drawnEdge(JsonParser in) throws IOException, BadJson {
        var edge = new HashMap<String, String>(Map.of("dataJson", NO_JSON));
        var handles = new HashMap<String, String>();
        Members.object(in, (member, parser) -> {
            switch (member) {
                case "id" -> edge.put("edgeId", Members.string(parser));
                case "source", "target" -> edge.put(member, Members.string(parser));
                case "sourceHandle", "targetHandle" -> {
                    if (parser.currentToken() != JsonToken.VALUE_NULL) {
                        handles.put(member, Members.string(parser));
                    }
                }
                case "data" -> putJson(edge, "dataJson", parser);
                default -> parser.skipChildren();
            }
        });
        for (String member : List.of("edgeId", "source", "target")) {
            Members.required(edge.get(member), member.equals("edgeId") ? "id" : member);
        }
        edge.put("handlesJson", handles(handles.get("sourceHandle"), handles.get("targetHandle")));
        return edge;
    }

    private static void putJson(Map<String, String> element, String member, JsonParser in) throws IOException {
        if (in.currentToken() != JsonToken.VALUE_NULL) {
            element.put(member, RowJson.readJson(in).text());
        }
    }
}
