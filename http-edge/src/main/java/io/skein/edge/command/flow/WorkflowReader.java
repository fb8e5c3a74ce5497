package io.skein.edge.command.flow;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.edge.json.JsonLimits;
import io.skein.edge.json.Members;
import io.skein.edge.session.RowJson;
import io.skein.modules.flow.FlowModule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link Workflow} of a JSON object: {@code name}, {@code nodes} [{@code id}, {@code name}, {@code type}, {@code position}
 * [x, y], {@code parameters}], {@code connections} {source: {kind: [outputs [targets {{@code node}, {@code index}}]]}}. Other members
 * are passed over. What does not fit is mended or left out by fixed rules and counted, so that the same text always gives the same
 * workflow.
 */
public final class WorkflowReader {
    /** Wider than what a server takes: it is for the server to refuse what is too much for it. */
    public static final Json JSON = new Json(new JsonLimits(1_000, 32 << 20, 64 << 10, 1_000));

    private static final int MAX_NAME_CHARS = 200;
    /** A column's JSON may nest this deep; the server counts the call's own three levels on top. */
    private static final int MAX_PARAMETERS_NESTING = 60;

    private static final int NODES_A_ROW = 8;
    private static final double COLUMN_WIDTH = 240;
    private static final double ROW_HEIGHT = 160;

    private final Oddities oddities;
    private final List<FlowModule.Node> nodes = new ArrayList<>();
    private final Map<String, String> idByName = new HashMap<>();
    private final Set<String> ids = new HashSet<>();

    private WorkflowReader(Oddities oddities) {
        this.oddities = oddities;
    }

    /** A node as it stands in the file. */
    private record RawNode(
            @Nullable String id,
            @Nullable String name,
            @Nullable String type,
            @Nullable JsonNode position,
            @Nullable String parameters) {}

    /**
     * Reads one line.
     *
     * @throws BadJson if it is no JSON object, or its {@code nodes} are no array
     */
    public static Workflow read(Lines.Line line, Oddities oddities) throws BadJson {
        oddities.at("line " + line.number());
        return read(line.required(), "Workflow " + line.number(), oddities);
    }

    /**
     * Reads one document.
     *
     * @param name of a workflow that has none
     * @throws BadJson if it is no JSON object, or its {@code nodes} are no array
     */
    public static Workflow read(byte[] document, String name, Oddities oddities) throws BadJson {
        return JSON.read(document, parser -> new WorkflowReader(oddities).workflow(parser, name));
    }

    private Workflow workflow(JsonParser in, String fallbackName) throws IOException, BadJson {
        var raw = new Object() {
            @Nullable
            String name;

            @Nullable
            JsonNode connections;

            final List<RawNode> nodes = new ArrayList<>();
        };
        Members.object(in, (member, parser) -> {
            switch (member) {
                case "name" -> raw.name = text(parser);
                case "nodes" -> rawNodes(parser, raw.nodes);
                case "connections" -> raw.connections = parser.readValueAsTree();
                default -> parser.skipChildren();
            }
        });
        addNodes(raw.nodes);
        List<FlowModule.Edge> edges = new ConnectionReader(oddities, idByName, ids).edges(raw.connections);
        return new Workflow(workflowName(raw.name, fallbackName), List.copyOf(nodes), edges);
    }

    private String workflowName(@Nullable String name, String fallback) {
        if (name == null || name.isBlank()) {
            oddities.add(Oddity.WORKFLOW_WITHOUT_NAME, "");
            return fallback;
        }
        String stripped = name.strip();
        if (stripped.length() <= MAX_NAME_CHARS) {
            return stripped;
        }
        oddities.add(Oddity.WORKFLOW_NAME_TOO_LONG, stripped);
        // Not through the middle of a surrogate pair.
        int end = Character.isHighSurrogate(stripped.charAt(MAX_NAME_CHARS - 1)) ? MAX_NAME_CHARS - 1 : MAX_NAME_CHARS;
        return stripped.substring(0, end);
    }

    // ---- nodes

    @SuppressWarnings("ReferenceEquality") // the mark is one object; a node without any member would equal it
    private void rawNodes(JsonParser in, List<RawNode> into) throws IOException, BadJson {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return;
        }
        into.addAll(Members.array(in, Integer.MAX_VALUE, this::rawNode).stream()
                .filter(node -> node != NOT_AN_OBJECT)
                .toList());
    }

    private static final RawNode NOT_AN_OBJECT = new RawNode(null, null, null, null, null);

    private RawNode rawNode(JsonParser in) throws IOException, BadJson {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            oddities.add(Oddity.NODE_NOT_AN_OBJECT, "");
            in.skipChildren();
            return NOT_AN_OBJECT;
        }
        var raw = new Object() {
            @Nullable
            String id;

            @Nullable
            String name;

            @Nullable
            String type;

            @Nullable
            JsonNode position;

            @Nullable
            String parameters;
        };
        Members.object(in, (member, parser) -> {
            switch (member) {
                case "id" -> raw.id = text(parser);
                case "name" -> raw.name = text(parser);
                case "type" -> raw.type = text(parser);
                case "position" -> raw.position = parser.readValueAsTree();
                // Copied as it is: numbers keep their digits.
                case "parameters" -> raw.parameters = RowJson.readJson(parser).text();
                default -> parser.skipChildren();
            }
        });
        return new RawNode(raw.id, raw.name, raw.type, raw.position, raw.parameters);
    }

    /** A string, or the digits of a number; everything else is as good as nothing. */
    private static @Nullable String text(JsonParser in) throws IOException {
        JsonToken token = in.currentToken();
        if (token == JsonToken.VALUE_STRING || token == JsonToken.VALUE_NUMBER_INT) {
            String text = in.getText();
            return text.isEmpty() ? null : text;
        }
        in.skipChildren();
        return null;
    }

    /** Ids that nodes have of their own come first, so that none that is given here takes one away. */
    private void addNodes(List<RawNode> raw) {
        Set<String> own = new HashSet<>();
        raw.forEach(node -> {
            if (node.id() != null) {
                own.add(node.id());
            }
        });
        for (int place = 0; place < raw.size(); place++) {
            addNode(raw.get(place), place, own);
        }
    }

    private void addNode(RawNode raw, int place, Set<String> own) {
        String shown = raw.name() == null ? "" : raw.name();
        String id = raw.id();
        if (id == null) {
            oddities.add(Oddity.NODE_WITHOUT_ID, shown);
            id = free("node-" + (place + 1), own);
        } else if (ids.contains(id)) {
            oddities.add(Oddity.NODE_ID_TWICE, id);
            id = free(id, own);
        }
        ids.add(id);
        String name = raw.name();
        if (name == null) {
            oddities.add(Oddity.NODE_WITHOUT_NAME, id);
            name = id;
        } else if (idByName.putIfAbsent(name, id) != null) {
            oddities.add(Oddity.NODE_NAME_TWICE, name);
        }
        String type = raw.type();
        if (type == null) {
            oddities.add(Oddity.NODE_WITHOUT_TYPE, name);
            type = "unknown";
        }
        double[] at = position(raw.position(), place, name);
        nodes.add(new FlowModule.Node(id, name, type, at[0], at[1], parameters(raw.parameters(), name)));
    }

    private String free(String wanted, Set<String> own) {
        String id = wanted;
        for (int next = 2; own.contains(id) || ids.contains(id); next++) {
            id = wanted + "-" + next;
        }
        return id;
    }

    private double[] position(@Nullable JsonNode position, int place, String name) {
        if (position != null && position.isArray() && position.size() == 2) {
            JsonNode x = position.get(0);
            JsonNode y = position.get(1);
            if (x.isNumber() && y.isNumber() && Double.isFinite(x.doubleValue()) && Double.isFinite(y.doubleValue())) {
                return new double[] {x.doubleValue(), y.doubleValue()};
            }
        }
        oddities.add(Oddity.NODE_WITHOUT_POSITION, name);
        return new double[] {place % NODES_A_ROW * COLUMN_WIDTH, Math.floorDiv(place, NODES_A_ROW) * ROW_HEIGHT};
    }

    private io.skein.engine.schema.Json parameters(@Nullable String text, String name) {
        if (text == null || text.equals("null")) {
            return new io.skein.engine.schema.Json("{}");
        }
        if (nesting(text) > MAX_PARAMETERS_NESTING) {
            oddities.add(Oddity.PARAMETERS_TOO_DEEP, name);
            return new io.skein.engine.schema.Json("{}");
        }
        return new io.skein.engine.schema.Json(text);
    }

    /** How deep well-formed JSON nests. */
    private static int nesting(String json) {
        int deepest = 0;
        int depth = 0;
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c == '"') {
                inString = true;
            } else if (c == '{' || c == '[') {
                deepest = Math.max(deepest, ++depth);
            } else if (c == '}' || c == ']') {
                depth--;
            }
        }
        return deepest;
    }
}
