package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;

/** Folds one session's messages into rows as a client would, and fails where they break the order that the wire promises. */
final class Replica {
    private static final Map<String, String> KEYS = Map.of(
            "card", "id",
            "note", "id",
            "share", "id",
            "audit", "id",
            "skein_member", "identity",
            "skein_workspace", "id",
            "skein_invite", "token_hash",
            "skein_schedule", "id");

    /** By {@code sub/table/key}; for tables without a key, by the whole row, the number of copies. */
    private final Map<String, JsonNode> rows = new TreeMap<>();

    private final Map<String, Integer> copies = new TreeMap<>();
    private long seq = -1;
    private long lastTx = -1;

    /** What a session's messages come to. */
    static Replica of(Iterable<JsonNode> messages) {
        var replica = new Replica();
        messages.forEach(replica::apply);
        return replica;
    }

    long seq() {
        return seq;
    }

    /** Rows of all subs, comparable between sessions with the same view. */
    String rows() {
        return rows + " " + copies;
    }

    void apply(JsonNode message) {
        switch (message.get("type").asText()) {
            case "snapshot" -> {
                assertTrue(message.get("seq").asLong() >= seq, () -> "a snapshot goes back: " + message);
                seq = message.get("seq").asLong();
                lastTx = -1;
                rows.clear();
                copies.clear();
                message.get("subs").properties().forEach(sub -> tables(sub.getKey(), sub.getValue()));
            }
            case "resumed" -> seq = message.get("seq").asLong();
            case "subscribed" -> {
                assertTrue(message.get("seq").asLong() >= seq, () -> "not in its place: " + message);
                seq = message.get("seq").asLong();
                tables(message.get("sub").asText(), message.get("tables"));
            }
            case "tx" -> {
                long next = message.get("seq").asLong();
                assertTrue(next > seq, () -> "after " + seq + " came " + message);
                seq = next;
                lastTx = next;
                message.get("subs").properties().forEach(sub -> delta(sub.getKey(), sub.getValue()));
            }
            case "position" -> {
                assertTrue(message.get("seq").asLong() > seq, () -> "after " + seq + " came " + message);
                seq = message.get("seq").asLong();
            }
            case "role" -> assertTrue(message.get("seq").asLong() > seq, () -> "after " + seq + " came " + message);
            default -> {}
        }
    }

    /** Fails unless this outcome of a visible transaction is where it belongs, right behind it. */
    void requireFresh(JsonNode outcome) {
        assertEquals(lastTx, outcome.get("seq").asLong(), () -> "an outcome is not behind its transaction: " + outcome);
        assertEquals(lastTx, seq);
    }

    private void tables(String sub, JsonNode tables) {
        tables.properties()
                .forEach(table -> table.getValue().get("rows").forEach(row -> insert(sub, table.getKey(), row)));
    }

    private void delta(String sub, JsonNode tables) {
        tables.properties().forEach(table -> {
            String name = table.getKey();
            JsonNode delta = table.getValue();
            delta.path("delete").forEach(key -> delete(sub, name, key));
            delta.path("insert").forEach(row -> insert(sub, name, row));
            delta.path("update").forEach(row -> {
                String key = sub + "/" + name + "/" + row.get(KEYS.get(name));
                assertNotNull(rows.put(key, row), () -> "an update of a row that is not here: " + row);
            });
        });
    }

    private void insert(String sub, String table, JsonNode row) {
        String key = KEYS.get(table);
        if (table.equals("nudge")) {
            return;
        }
        if (key == null) {
            copies.merge(sub + "/" + table + "/" + row, 1, Integer::sum);
        } else {
            String at = sub + "/" + table + "/" + row.get(key);
            assertNull(rows.put(at, row), () -> "an insert of a row that is here: " + row);
        }
    }

    private void delete(String sub, String table, JsonNode key) {
        if (KEYS.containsKey(table)) {
            assertNotNull(
                    rows.remove(sub + "/" + table + "/" + key), () -> "a delete of a row that is not here: " + key);
        } else {
            copies.merge(sub + "/" + table + "/" + key, -1, (old, less) -> old + less == 0 ? null : old + less);
        }
    }
}
