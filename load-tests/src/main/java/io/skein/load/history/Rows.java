package io.skein.load.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.load.history.Event.Table;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Tables as a reader of the wire folds them from snapshots and transactions. A row is its JSON text: the server writes columns in one
 * order.
 */
final class Rows {
    /**
     * One row.
     *
     * @param key JSON of the primary key; of a multiset, the row itself
     * @param version the seq that last wrote it, as far as that is known
     */
    record Row(String key, String text, long version, int copies) {}

    private final Map<String, Table> schema;
    private final Map<String, Map<String, Row>> tables = new HashMap<>();

    Rows(Map<String, Table> schema) {
        this.schema = schema;
    }

    /** Puts what a transaction did, as {@code {"card":{"insert":[…],"update":[…],"delete":[…]}}}. */
    void apply(JsonNode operations, long seq) {
        operations.properties().forEach(table -> {
            String name = table.getKey();
            if (!"event".equals(kind(name))) {
                for (JsonNode key : table.getValue().path("delete")) {
                    delete(name, key.toString());
                }
                for (JsonNode row : table.getValue().path("update")) {
                    put(name, row, seq);
                }
                for (JsonNode row : table.getValue().path("insert")) {
                    put(name, row, seq);
                }
            }
        });
    }

    /** Forgets everything and takes a snapshot's tables, as {@code {"card":{"rows":[…],"versions":[…]}}}. */
    void replace(JsonNode snapshot) {
        tables.clear();
        snapshot.properties().forEach(table -> {
            JsonNode versions = table.getValue().path("versions");
            int at = 0;
            for (JsonNode row : table.getValue().path("rows")) {
                put(table.getKey(), row, versions.path(at++).asLong());
            }
        });
    }

    Collection<Row> of(String table) {
        return tables.getOrDefault(table, Map.of()).values();
    }

    Map<String, Row> byKey(String table) {
        return tables.getOrDefault(table, Map.of());
    }

    /** SHA-256 over the rows of some tables, whatever order they came in. */
    String hash(Collection<String> names) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String name : names.stream().sorted().toList()) {
                digest.update((name + "\n").getBytes(UTF_8));
                new TreeMap<>(byKey(name))
                        .values()
                        .forEach(row -> digest.update((row.copies() + " " + row.text() + "\n").getBytes(UTF_8)));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Where two tables differ, in words; empty if they do not. */
    static List<String> differences(String table, Map<String, Row> wanted, Map<String, Row> had, boolean versions) {
        var found = new ArrayList<String>();
        wanted.forEach((key, row) -> {
            Row other = had.get(key);
            if (other == null) {
                found.add("no " + table + " " + row.text());
            } else if (!other.text().equals(row.text()) || other.copies() != row.copies()) {
                found.add(table + " " + other.copies() + "× " + other.text() + " in place of " + row.copies() + "× "
                        + row.text());
            } else if (versions && other.version() != row.version()) {
                found.add(table + " " + key + " has version " + other.version() + ", not " + row.version());
            }
        });
        had.forEach((key, row) -> {
            if (!wanted.containsKey(key)) {
                found.add("unfounded " + table + " " + row.text());
            }
        });
        return found;
    }

    String keyOf(String table, JsonNode row) {
        List<String> columns = table(table).key();
        if (columns.isEmpty()) {
            return row.toString();
        }
        if (columns.size() == 1) {
            return row.path(columns.getFirst()).toString();
        }
        return columns.stream()
                .map(column -> row.path(column).toString())
                .toList()
                .toString()
                .replace(", ", ",");
    }

    private void put(String table, JsonNode row, long version) {
        String key = keyOf(table, row);
        boolean counted = "multiset".equals(kind(table));
        tables.computeIfAbsent(table, _ -> new HashMap<>())
                .merge(
                        key,
                        new Row(key, row.toString(), version, 1),
                        (old, fresh) -> counted ? new Row(key, old.text(), 0, old.copies() + 1) : fresh);
    }

    private void delete(String table, String key) {
        tables.computeIfAbsent(table, _ -> new HashMap<>())
                .computeIfPresent(
                        key, (_, old) -> old.copies() == 1 ? null : new Row(key, old.text(), 0, old.copies() - 1));
    }

    private String kind(String table) {
        return table(table).kind();
    }

    private Table table(String name) {
        Table table = schema.get(name);
        if (table == null) {
            throw new IllegalArgumentException("a table that the schema does not have: " + name);
        }
        return table;
    }
}
