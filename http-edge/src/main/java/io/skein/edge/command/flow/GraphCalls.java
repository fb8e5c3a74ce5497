package io.skein.edge.command.flow;

import io.skein.edge.json.Json;
import io.skein.edge.session.RowJson;
import io.skein.engine.schema.Table;
import io.skein.modules.flow.FlowModule;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls that bring a workflow into an empty workspace: one {@code replace_graph} where it fits into a transaction, else
 * {@code replace_graph} with the first nodes, and {@code put_nodes} and {@code put_edges} with the rest. Always the same calls for
 * the same workflow.
 */
final class GraphCalls {
    /** Half of what a transaction may have by default, as the rows' canonical encoding is not the JSON's size. */
    private static final int MAX_ROWS = 5_000;

    private static final int MAX_BYTES = 2 << 20;

    /** @param body the reducer's arguments */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record ReducerCall(String reducer, byte[] body) {}

    private final List<ReducerCall> calls = new ArrayList<>();

    private GraphCalls() {}

    static List<ReducerCall> of(Workflow workflow) {
        return new GraphCalls()
                .calls(encoded(FlowModule.NODES, workflow.nodes()), encoded(FlowModule.EDGES, workflow.edges()));
    }

    private static List<byte[]> encoded(Table<?> table, List<?> rows) {
        return rows.stream()
                .map(row -> Json.DEFAULT.write(out -> RowJson.writeRow(out, table.shape(), row)))
                .toList();
    }

    private List<ReducerCall> calls(List<byte[]> nodes, List<byte[]> edges) {
        if (nodes.size() + edges.size() <= MAX_ROWS && bytes(nodes) + bytes(edges) <= MAX_BYTES) {
            calls.add(new ReducerCall("replace_graph", body(nodes, edges)));
            return calls;
        }
        List<List<byte[]>> parts = parts(nodes);
        List<byte[]> first = parts.isEmpty() ? List.of() : parts.getFirst();
        calls.add(new ReducerCall("replace_graph", body(first, List.of())));
        parts.stream().skip(1).forEach(part -> calls.add(new ReducerCall("put_nodes", body("nodes", part))));
        parts(edges).forEach(part -> calls.add(new ReducerCall("put_edges", body("edges", part))));
        return calls;
    }

    private static long bytes(List<byte[]> rows) {
        return rows.stream().mapToLong(row -> row.length).sum();
    }

    /** In order, each as large as may be; a row that is larger than that by itself is a part of its own. */
    private static List<List<byte[]>> parts(List<byte[]> rows) {
        List<List<byte[]>> parts = new ArrayList<>();
        List<byte[]> part = new ArrayList<>();
        long partBytes = 0;
        for (byte[] row : rows) {
            if (!part.isEmpty() && (part.size() == MAX_ROWS || partBytes + row.length > MAX_BYTES)) {
                parts.add(part);
                part = new ArrayList<>();
                partBytes = 0;
            }
            part.add(row);
            partBytes += row.length;
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }

    private static byte[] body(List<byte[]> nodes, List<byte[]> edges) {
        var out = new ByteArrayOutputStream();
        append(out, "{\"nodes\":", nodes);
        append(out, ",\"edges\":", edges);
        out.write('}');
        return out.toByteArray();
    }

    private static byte[] body(String member, List<byte[]> rows) {
        var out = new ByteArrayOutputStream();
        append(out, "{\"" + member + "\":", rows);
        out.write('}');
        return out.toByteArray();
    }

    private static void append(ByteArrayOutputStream out, String name, List<byte[]> rows) {
        out.writeBytes(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        out.write('[');
        for (int i = 0; i < rows.size(); i++) {
            if (i > 0) {
                out.write(',');
            }
            out.writeBytes(rows.get(i));
        }
        out.write(']');
    }
}
