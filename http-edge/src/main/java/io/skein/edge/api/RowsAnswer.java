package io.skein.edge.api;

import io.skein.edge.http.Response;
import io.skein.edge.json.Json;
import io.skein.edge.session.RowJson;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Stored;
import io.skein.engine.view.TableRows;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Tables with their rows, in the form of the native wire's snapshots. */
final class RowsAnswer {
    private static final int VERSIONS_A_PIECE = 1_000;

    private RowsAnswer() {}

    /** An object with what {@code about} writes and, as {@code tables}, the rows. */
    static Response of(Json.Writer about, List<TableRows> tables) {
        return of(about, tables, () -> {});
    }

    /** The same, and {@code whenSent} runs when the rows are not needed any more. */
    static Response of(Json.Writer about, List<TableRows> tables, Runnable whenSent) {
        Pieces pieces = new Pieces().open(about, "tables").add("{");
        String separator = "";
        for (TableRows table : tables) {
            pieces.add(separator + "\"" + table.table().name() + "\":{\"rows\":")
                    .array(new Pieces.Rows(table.rows(), row -> row(table.table(), row)));
            if (table.table().kind() == Table.Kind.KEYED) {
                pieces.add(",\"versions\":").array(versions(table.rows()));
            }
            pieces.add("}");
            separator = ",";
        }
        return Response.lines("application/json", pieces.add("}}").whenClosed(whenSent));
    }

    static byte[] row(Table<?> table, Object row) {
        return Json.DEFAULT.write(out -> RowJson.writeRow(out, table.shape(), row));
    }

    private static Iterator<byte[]> versions(List<Stored<?>> rows) {
        return IntStream.range(0, Math.ceilDiv(rows.size(), VERSIONS_A_PIECE))
                .mapToObj(piece -> rows.stream()
                        .skip((long) piece * VERSIONS_A_PIECE)
                        .limit(VERSIONS_A_PIECE)
                        .map(stored -> Long.toString(stored.version()))
                        .collect(Collectors.joining(","))
                        .getBytes(StandardCharsets.US_ASCII))
                .iterator();
    }
}
