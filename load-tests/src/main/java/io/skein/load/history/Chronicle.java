package io.skein.load.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.skein.load.history.Event.Scene;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The server's own history of a workspace, and what follows from it: who had which role when, and what each view had to hear. */
final class Chronicle {
    private static final String MEMBER = "skein_member";

    /** A transaction; {@code tables} as on the wire. Of one that changed nothing, only the seq is known. */
    record Tx(long seq, String hash, String sender, String reducer, JsonNode tables) {
        boolean changedNothing() {
            return reducer.isEmpty();
        }

        static Tx of(JsonNode json) {
            return new Tx(
                    json.path("seq").asLong(),
                    json.path("hash").asText(),
                    json.path("sender").asText(),
                    json.path("reducer").asText(),
                    json.has("tables") ? json.path("tables") : json.path("subs").path("1"));
        }
    }

    /** A change of one member's role, with the rows of the tables that it opened or closed, each as {@code table|operation|row or key}. */
    record RoleChange(Role before, Role after, Map<String, List<String>> turned) {}

    private final Scene scene;
    private final List<Tx> transactions;
    private final Map<String, TreeMap<Long, Role>> roles = new HashMap<>();
    private final Map<Long, Map<String, RoleChange>> changes = new HashMap<>();

    private Chronicle(Scene scene, List<Tx> transactions) {
        this.scene = scene;
        this.transactions = transactions;
    }

    /**
     * Reads the history and holds it to rules O1 and M1. The server does not show transactions that changed no row: they are the holes
     * between others, and {@link CallCheck} looks for the calls that made them.
     *
     * @param head where the history ends
     */
    static Chronicle of(Scene scene, List<JsonNode> committed, long head, Findings findings) {
        var transactions = new ArrayList<Tx>();
        for (JsonNode json : committed) {
            Tx tx = Tx.of(json);
            if (tx.seq() <= transactions.size()) {
                findings.add(Rule.O1, "the history has seq " + tx.seq() + " after " + transactions.size());
            } else {
                fill(transactions, tx.seq() - 1);
                transactions.add(tx);
            }
        }
        fill(transactions, head);
        var chronicle = new Chronicle(scene, transactions);
        chronicle.fold(findings);
        return chronicle;
    }

    private static void fill(List<Tx> transactions, long to) {
        for (long seq = transactions.size() + 1L; seq <= to; seq++) {
            transactions.add(new Tx(seq, "", "", "", JsonNodeFactory.instance.objectNode()));
        }
    }

    private void fold(Findings findings) {
        var rows = new Rows(scene.tables());
        for (Tx tx : transactions) {
            Role minimum = Role.of(scene.callableBy().getOrDefault(tx.reducer(), "none"));
            if (!tx.changedNothing()
                    && tx.seq() > scene.settledSeq()
                    && !role(tx.sender(), tx.seq() - 1).atLeast(minimum)) {
                findings.add(
                        Rule.M1, "seq " + tx.seq() + ": " + tx.reducer() + " by a " + role(tx.sender(), tx.seq() - 1));
            }
            Map<String, Role> next = rolesAfter(tx);
            Map<String, RoleChange> turned = new HashMap<>();
            next.forEach((member, after) -> {
                Role before = role(member, tx.seq() - 1);
                if (before != after) {
                    turned.put(member, new RoleChange(before, after, new HashMap<>()));
                }
            });
            turned.values().forEach(change -> turn(change, rows, false));
            rows.apply(tx.tables(), tx.seq());
            turned.values().forEach(change -> turn(change, rows, true));
            turned.forEach((member, change) ->
                    roles.computeIfAbsent(member, _ -> new TreeMap<>()).put(tx.seq(), change.after()));
            if (!turned.isEmpty()) {
                changes.put(tx.seq(), turned);
            }
        }
    }

    private static Map<String, Role> rolesAfter(Tx tx) {
        var next = new HashMap<String, Role>();
        JsonNode members = tx.tables().path(MEMBER);
        for (JsonNode identity : members.path("delete")) {
            next.put(identity.asText(), Role.NONE);
        }
        for (String operation : List.of("insert", "update")) {
            for (JsonNode row : members.path(operation)) {
                next.put(row.path("identity").asText(), Role.of(row.path("role").asText()));
            }
        }
        return next;
    }

    private void turn(RoleChange change, Rows rows, boolean opened) {
        scene.tables().forEach((name, table) -> {
            Role minimum = Role.of(table.readableBy());
            Role to = opened ? change.after() : change.before();
            Role from = opened ? change.before() : change.after();
            if (to.atLeast(minimum) && !from.atLeast(minimum)) {
                change.turned()
                        .put(
                                name,
                                rows.of(name).stream()
                                        .flatMap(row -> java.util.stream.IntStream.range(0, row.copies())
                                                .mapToObj(_ -> name
                                                        + (opened ? "|insert|" + row.text() : "|delete|" + row.key())))
                                        .toList());
            }
        });
    }

    long head() {
        return transactions.size();
    }

    /** The transaction, or null where the history has none. */
    @Nullable
    Tx at(long seq) {
        return seq < 1 || seq > head() ? null : transactions.get((int) seq - 1);
    }

    List<Tx> transactions() {
        return transactions;
    }

    Scene scene() {
        return scene;
    }

    /** What a member may do after a transaction. */
    Role role(String member, long seq) {
        TreeMap<Long, Role> past = roles.get(member);
        Map.Entry<Long, Role> last = past == null ? null : past.floorEntry(seq);
        return last == null ? Role.NONE : last.getValue();
    }

    /** How a transaction changed a member's role, or null. */
    @Nullable
    RoleChange change(String member, long seq) {
        Map<String, RoleChange> at = changes.get(seq);
        return at == null ? null : at.get(member);
    }

    boolean readable(String table, Role role) {
        Event.Table known = scene.tables().get(table);
        return known != null && role.atLeast(Role.of(known.readableBy()));
    }

    /** What a session with these tables has to hear of a transaction if its role stays. */
    JsonNode visible(long seq, Role role, Collection<String> tables) {
        JsonNode all = transactions.get((int) seq - 1).tables();
        boolean whole = true;
        for (Map.Entry<String, JsonNode> table : all.properties()) {
            whole &= tables.contains(table.getKey()) && readable(table.getKey(), role);
        }
        if (whole) {
            return all;
        }
        var some = JsonNodeFactory.instance.objectNode();
        all.properties().forEach(table -> {
            if (tables.contains(table.getKey()) && readable(table.getKey(), role)) {
                some.set(table.getKey(), table.getValue());
            }
        });
        return some;
    }

    /** What it has to hear of the transaction that changes its role: the difference between both views. */
    List<String> turned(long seq, RoleChange change, Collection<String> tables) {
        Role lesser = change.before().atLeast(change.after()) ? change.after() : change.before();
        List<String> wanted = operations(visible(seq, lesser, tables));
        change.turned().forEach((table, rows) -> {
            if (tables.contains(table)) {
                wanted.addAll(rows);
            }
        });
        return wanted;
    }

    /** A transaction's operations, each as {@code table|operation|row or key}. */
    static List<String> operations(JsonNode tables) {
        var all = new ArrayList<String>();
        tables.properties()
                .forEach(table -> table.getValue()
                        .properties()
                        .forEach(operation -> operation
                                .getValue()
                                .forEach(row -> all.add(table.getKey() + "|" + operation.getKey() + "|" + row))));
        return all;
    }
}
