package io.skein.load.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * Rows as they would be if every node had been of the later version all the time: a node of the earlier one tells them without the columns that were
 * added, and a history that spans an upgrade has both.
 */
final class AddedColumns {
    private static final List<String> ROWS = List.of("rows", "insert", "update", "delete");

    private final Map<String, Map<String, JsonNode>> added;

    private AddedColumns(Map<String, Map<String, JsonNode>> added) {
        this.added = added;
    }

    /** Puts them into everything that was heard and said, in place. */
    static void fill(Event.Scene scene, List<Event> events) {
        var all = scene.added();
        if (all == null || all.isEmpty()) {
            return;
        }
        var columns = new AddedColumns(all);
        for (Event event : events) {
            switch (event) {
                case Event.Heard heard -> columns.fill(heard.message());
                case Event.Committed committed -> columns.fill(committed.transaction());
                case Event.Final last -> columns.fill(last.snapshot());
                default -> {}
            }
        }
    }

    private void fill(JsonNode node) {
        node.properties().forEach(field -> {
            Map<String, JsonNode> columns = added.get(field.getKey());
            if (columns != null) {
                ROWS.forEach(rows -> field.getValue().path(rows).forEach(row -> fill(row, columns)));
            } else {
                fill(field.getValue());
            }
        });
    }

    private static void fill(JsonNode row, Map<String, JsonNode> columns) {
        if (row instanceof ObjectNode object) {
            columns.forEach((column, fallback) -> {
                if (!object.has(column)) {
                    object.set(column, fallback);
                }
            });
        }
    }
}
