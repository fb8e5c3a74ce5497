package io.skein.load.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.load.history.Event.Committed;
import io.skein.load.history.Event.Final;
import io.skein.load.history.Event.Opened;
import io.skein.load.history.Event.Scene;
import io.skein.load.history.SessionCheck.Due;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Proves one workspace's history. Time and memory are linear in its events: the server's transactions are folded twice and walked once
 * beside each session, from where it starts to where it ends.
 *
 * <p>Visibility is by table and role; rules over rows are not modelled, and the schema that it is used with has none.
 */
public final class HistoryCheck {
    /**
     * What came of it.
     *
     * @param accepted calls that the server acknowledged at least once
     * @param refused calls that surely were not done
     * @param unknown calls that never got an answer to go by
     * @param seq where the server's history ends
     */
    public record Result(Findings findings, long accepted, long refused, long unknown, long seq, int sessions) {
        /** No rule was broken. */
        public boolean holds() {
            return findings.total() == 0;
        }
    }

    private final Findings findings = new Findings();
    private final List<Due> dues = new ArrayList<>();
    private final Map<Integer, SessionCheck> sessions = new LinkedHashMap<>();
    private final Map<Integer, Rows> clients = new HashMap<>();
    private final Set<Integer> closed = new HashSet<>();
    private final Scene scene;
    private final Chronicle chronicle;
    private final CallCheck calls;

    private HistoryCheck(Scene scene, List<Event> history) {
        this.scene = scene;
        List<JsonNode> committed = history.stream()
                .filter(Committed.class::isInstance)
                .map(event -> ((Committed) event).transaction())
                .toList();
        long head = history.stream()
                .filter(Final.class::isInstance)
                .mapToLong(event -> ((Final) event).snapshot().path("seq").asLong())
                .max()
                .orElse(0);
        this.chronicle = Chronicle.of(scene, committed, head, findings);
        this.calls = new CallCheck(chronicle, findings);
    }

    /**
     * Holds a history to the rules.
     *
     * @throws IllegalArgumentException if this is no history: the first event is no scene, or the clients contradict themselves
     */
    public static Result check(List<Event> history) {
        if (history.isEmpty() || !(history.getFirst() instanceof Scene scene)) {
            throw new IllegalArgumentException("a history begins with its scene");
        }
        AddedColumns.fill(scene, history);
        var check = new HistoryCheck(scene, history);
        history.forEach(check::take);
        return check.finish(history);
    }

    private void take(Event event) {
        switch (event) {
            case Opened opened -> {
                Rows rows = clients.computeIfAbsent(opened.client(), _ -> new Rows(scene.tables()));
                sessions.put(opened.session(), new SessionCheck(chronicle, opened, rows, dues, findings));
            }
            case Event.Called called ->
                calls.called(session(called.session()).opened().member(), called);
            case Event.Heard(var at, var number, var message) -> {
                session(number).hear(message);
                if (message.path("type").asText().equals("outcome")) {
                    calls.answered(at, number, message);
                    if (message.path("ok").asBoolean()) {
                        session(number)
                                .accepted(
                                        message.path("seq").asLong(),
                                        message.path("repeated").asBoolean());
                    }
                }
            }
            case Event.Closed end -> closed.add(end.session());
            case Scene _, Committed _, Final _ -> {}
        }
    }

    private SessionCheck session(int number) {
        SessionCheck session = sessions.get(number);
        if (session == null) {
            throw new IllegalArgumentException("session " + number + " was not opened");
        }
        return session;
    }

    private Result finish(List<Event> history) {
        sessions.forEach((number, session) -> {
            if (!closed.contains(number)) {
                session.finish();
            }
        });
        CallCheck.Counts counts = calls.finish();
        Map<String, JsonNode> finals = history.stream()
                .filter(Final.class::isInstance)
                .map(event -> (Final) event)
                .collect(Collectors.toMap(Final::member, Final::snapshot, (_, last) -> last));
        finals.forEach(this::finalSnapshot);
        compareSnapshots();
        compareFolds(finals);
        return new Result(
                findings, counts.accepted(), counts.refused(), counts.unknown(), chronicle.head(), sessions.size());
    }

    private void finalSnapshot(String member, JsonNode snapshot) {
        long seq = snapshot.path("seq").asLong();
        var tx = chronicle.at(seq);
        if (tx == null || seq != chronicle.head()) {
            findings.add(Rule.D3, "the last snapshot is of seq " + seq + ", the history ends at " + chronicle.head());
        } else if (!tx.changedNothing()
                && !tx.hash().equals(snapshot.path("hash").asText())) {
            findings.add(Rule.H1, "seq " + seq + " has hash " + tx.hash() + ", the snapshot " + snapshot.path("hash"));
        }
        Role role = chronicle.role(member, seq);
        for (Map.Entry<String, JsonNode> table : snapshot.path("tables").properties()) {
            if (!chronicle.readable(table.getKey(), role)
                    && !table.getValue().path("rows").isEmpty()) {
                findings.add(Rule.M2, "the last snapshot for " + role + " holds " + table.getKey());
            }
        }
        dues.add(new Due(seq, role, scene.tables().keySet(), snapshot.path("tables"), "the last snapshot:"));
    }

    /** Rule O3: folds the server's history once more and stops at every snapshot that somebody was sent. */
    private void compareSnapshots() {
        dues.sort(Comparator.comparingLong(Due::seq));
        var fold = new Rows(scene.tables());
        long seq = 0;
        for (Due due : dues) {
            while (seq < Math.min(due.seq(), chronicle.head())) {
                seq++;
                fold.apply(chronicle.transactions().get((int) seq - 1).tables(), seq);
            }
            var sent = new Rows(scene.tables());
            sent.replace(due.rows());
            for (String table : due.tables()) {
                boolean readable = chronicle.readable(table, due.role());
                Event.Table about = scene.tables().get(table);
                boolean keyed = about != null && about.kind().equals("keyed");
                Rows.differences(table, readable ? fold.byKey(table) : Map.of(), sent.byKey(table), keyed)
                        .forEach(difference -> findings.add(
                                Rule.O3, due.where() + " snapshot of seq " + due.seq() + ": " + difference));
            }
        }
    }

    /** What every client that is still here has folded, against what the server says it may see. */
    private void compareFolds(Map<String, JsonNode> finals) {
        sessions.forEach((number, session) -> {
            JsonNode last = finals.get(session.opened().member());
            if (last == null || closed.contains(number) || !session.hasStarted()) {
                return;
            }
            var server = new Rows(scene.tables());
            server.replace(last.path("tables"));
            List<String> tables = session.opened().tables();
            if (!server.hash(tables).equals(session.rows().hash(tables))) {
                for (String table : tables) {
                    Rows.differences(table, server.byKey(table), session.rows().byKey(table), false)
                            .forEach(difference -> findings.add(
                                    Rule.O3,
                                    "what client " + session.opened().client() + " has folded: " + difference));
                }
            }
        });
    }
}
