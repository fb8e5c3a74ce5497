package io.skein.load.history;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.load.history.Chronicle.RoleChange;
import io.skein.load.history.Chronicle.Tx;
import io.skein.load.history.Event.Cursor;
import io.skein.load.history.Event.Opened;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds one socket to what its view had to hear: walks the server's history beside the messages. {@code position} is the seq up to which
 * the session has everything.
 */
final class SessionCheck {
    /** A snapshot to be compared with the fold of what was before it. */
    record Due(long seq, Role role, Set<String> tables, JsonNode rows, String where) {}

    private record Told(long seq, Role role) {}

    private final Chronicle chronicle;
    private final Findings findings;
    private final List<Due> dues;
    private final Opened opened;
    private final Rows rows;
    private final Set<String> tables;
    private Role role = Role.NONE;
    /** The role of now holds at least since this seq, and was told. */
    private long roleSeq;
    /** What was told of roles, until what follows shows whether these belong to their seqs or in front of a snapshot. */
    private final List<Told> told = new ArrayList<>();

    private @Nullable String view;
    private boolean started;
    private long position;
    private long lastTx;
    private List<String> missedOfLast = List.of();
    private long tailEnd;
    private boolean ended;

    /**
     * @param rows what the client has folded so far
     * @param dues takes snapshots that are to be looked at
     */
    SessionCheck(Chronicle chronicle, Opened opened, Rows rows, List<Due> dues, Findings findings) {
        this.chronicle = chronicle;
        this.opened = opened;
        this.rows = rows;
        this.dues = dues;
        this.findings = findings;
        this.tables = new HashSet<>(opened.tables());
    }

    Rows rows() {
        return rows;
    }

    Opened opened() {
        return opened;
    }

    Role role() {
        return role;
    }

    boolean hasStarted() {
        return started;
    }

    void hear(JsonNode message) {
        if (ended) {
            find(Rule.O2, "a message after bye: " + message);
        }
        long seq = message.path("seq").asLong();
        switch (message.path("type").asText()) {
            case "welcome" -> welcome(message, seq);
            case "snapshot" -> snapshot(message, seq);
            case "resumed" -> resumed(message, seq);
            case "role" -> role(message, seq);
            case "tx" -> transaction(message, seq);
            case "position" -> position(seq);
            case "bye" -> ended = true;
            case "error" -> find(Rule.V3, "nothing was wrong with what it sent: " + message);
            case "outcome", "signal", "pong" -> {}
            default -> find(Rule.V3, "an unknown message: " + message);
        }
    }

    // ---- the beginning

    private void welcome(JsonNode message, long seq) {
        role = Role.of(message.path("role").asText());
        roleSeq = seq;
        tailEnd = seq;
        if (!message.path("identity").asText().equals(opened.member())) {
            find(Rule.M1, "taken for somebody else: " + message);
        }
        if (!message.path("epoch").asText().equals(chronicle.scene().epoch())) {
            find(Rule.D2, "another epoch: " + message);
        }
        if (seq > chronicle.head()) {
            find(Rule.D1, "welcomed at seq " + seq + ", the history ends at " + chronicle.head());
        } else if (chronicle.role(opened.member(), seq) != role) {
            find(Rule.M3, "welcomed at seq " + seq + " as " + role + ", was " + chronicle.role(opened.member(), seq));
        }
    }

    private void resumed(JsonNode message, long seq) {
        becomeTold(true);
        Cursor cursor = opened.resume();
        if (cursor == null
                || started
                || cursor.seq() != seq
                || !cursor.epoch().equals(chronicle.scene().epoch())) {
            find(Rule.R1, "asked to resume at " + cursor + ": " + message);
        } else if (!message.path("view").asText().equals(cursor.view())) {
            find(Rule.R2, "asked to resume at " + cursor + " in another view: " + message);
        } else if (chronicle.role(opened.member(), seq) != role) {
            find(
                    Rule.R2,
                    "resumed at " + seq + " as " + role + ", was " + chronicle.role(opened.member(), seq) + " then");
        }
        view = message.path("view").asText();
        start(seq);
    }

    private void snapshot(JsonNode message, long seq) {
        becomeTold(true);
        if (!started
                && opened.resume() != null
                && message.path("reason").asText().isEmpty()) {
            find(Rule.R1, "a snapshot without a reason in place of the tail: " + head(message));
        }
        if (started && seq < position) {
            find(Rule.O2, "a snapshot of seq " + seq + " after position " + position);
        }
        if (seq > chronicle.head()) {
            find(Rule.D1, "a snapshot of seq " + seq + ", the history ends at " + chronicle.head());
        }
        for (Map.Entry<String, JsonNode> sub : message.path("subs").properties()) {
            for (Map.Entry<String, JsonNode> table : sub.getValue().properties()) {
                boolean allowed = tables.contains(table.getKey()) && chronicle.readable(table.getKey(), role);
                if (!allowed && !table.getValue().path("rows").isEmpty()) {
                    find(Rule.M2, "a snapshot for " + role + " holds " + table.getKey() + ": " + table.getValue());
                }
            }
        }
        JsonNode sub = message.path("subs").path("1");
        dues.add(new Due(seq, role, tables, sub, where()));
        rows.replace(sub);
        view = message.path("view").asText();
        start(seq);
    }

    private void start(long seq) {
        started = true;
        position = seq;
        lastTx = 0;
    }

    // ---- the stream

    private void role(JsonNode message, long seq) {
        Role now = Role.of(message.path("role").asText());
        if (chronicle.role(opened.member(), seq) != now) {
            find(Rule.M3, "told of role " + now + " at seq " + seq + ", was " + chronicle.role(opened.member(), seq));
        }
        if (message.path("view").asText().equals(view)) {
            find(Rule.M3, "another role at seq " + seq + " in the same view");
        }
        view = message.path("view").asText();
        told.add(new Told(seq, now));
    }

    /**
     * The roles that were told hold from here on.
     *
     * @param anew whether a snapshot follows, in place of everything that was not heard
     */
    private void becomeTold(boolean anew) {
        for (Told word : told) {
            boolean itsSeq = word.seq() > position && chronicle.change(opened.member(), word.seq()) != null;
            if (started && !anew && itsSeq) {
                passed(word.seq());
            } else if (started && !anew) {
                find(
                        Rule.M3,
                        "told of role " + word.role() + " at seq " + word.seq()
                                + ", at which nothing changed, and no snapshot followed");
            }
            role = word.role();
            roleSeq = word.seq();
        }
        told.clear();
    }

    private void transaction(JsonNode message, long seq) {
        if (!mayStream("tx", seq)) {
            return;
        }
        Tx heard = Tx.of(message);
        if (seq <= position) {
            again(seq, heard);
            return;
        }
        passed(seq);
        position = seq;
        lastTx = seq;
        rows.apply(heard.tables(), seq);
        Tx written = chronicle.at(seq);
        if (written == null) {
            find(Rule.D1, "heard seq " + seq + ", the history ends at " + chronicle.head());
        } else if (written.changedNothing()) {
            find(Rule.D3, "seq " + seq + " is " + heard.reducer() + " here, and changed nothing in the history");
        } else if (!written.hash().equals(heard.hash())
                || !written.sender().equals(heard.sender())
                || !written.reducer().equals(heard.reducer())) {
            find(
                    Rule.D3,
                    "seq " + seq + " is " + heard.reducer() + " " + heard.hash() + " here, in the history "
                            + written.reducer() + " " + written.hash());
        } else {
            compare(message, seq, heard);
        }
    }

    private void again(long seq, Tx heard) {
        Cursor cursor = opened.resume();
        if (seq == lastTx && !missedOfLast.isEmpty()) {
            find(Rule.O4, "seq " + seq + " came in parts");
        } else if (cursor != null && seq <= cursor.seq()) {
            find(Rule.R1, "resumed at " + cursor.seq() + " and heard seq " + seq);
        } else {
            find(Rule.O2, "seq " + seq + " (" + heard.reducer() + ") after position " + position);
        }
    }

    private void compare(JsonNode message, long seq, Tx heard) {
        missedOfLast = List.of();
        RoleChange change = turns(seq);
        if (change == null && message.path("subs").size() == 1) {
            JsonNode wanted = chronicle.visible(seq, role, tables);
            if (wanted.equals(heard.tables())) {
                return;
            }
        }
        var missing = new HashMap<String, Integer>();
        for (String operation : wanted(seq)) {
            missing.merge(operation, 1, Integer::sum);
        }
        var extra = new ArrayList<String>();
        for (Map.Entry<String, JsonNode> sub : message.path("subs").properties()) {
            for (String operation : Chronicle.operations(sub.getValue())) {
                if (!sub.getKey().equals("1")) {
                    extra.add(operation);
                } else if (missing.merge(operation, -1, Integer::sum) < 0) {
                    extra.add(operation);
                    missing.remove(operation);
                } else {
                    missing.remove(operation, 0);
                }
            }
        }
        for (String operation : extra) {
            String table = operation.substring(0, operation.indexOf('|'));
            boolean allowed = tables.contains(table) && chronicle.readable(table, role);
            boolean leaving = change != null && change.turned().containsKey(table);
            find(allowed || leaving ? Rule.O2 : Rule.M2, "seq " + seq + " for " + role + " holds " + operation);
        }
        missedOfLast = List.copyOf(missing.keySet());
        if (!missing.isEmpty()) {
            find(change == null ? Rule.O4 : Rule.M3, "seq " + seq + " for " + role + " lacks " + missedOfLast);
        }
    }

    private void position(long seq) {
        if (!mayStream("position", seq)) {
            return;
        }
        if (seq < position) {
            find(Rule.O2, "position " + seq + " after " + position);
            return;
        }
        if (seq > chronicle.head()) {
            find(Rule.D1, "position " + seq + ", the history ends at " + chronicle.head());
        }
        passed(seq + 1);
        position = seq;
    }

    /** An own call was accepted. */
    void accepted(long seq, boolean repeated) {
        if (!started) {
            return;
        }
        becomeTold(false);
        if (seq > position) {
            passed(seq + 1);
            position = seq;
        } else if (!repeated && seq < lastTx) {
            find(Rule.O2, "the outcome of seq " + seq + " after the transaction " + lastTx);
        }
    }

    /** The recording ends and the socket is still open: it has to have everything. */
    void finish() {
        becomeTold(false);
        if (started) {
            for (long seq = position + 1; seq <= chronicle.head(); seq++) {
                if (isVisible(seq)) {
                    find(Rule.LIVE, "still at " + position + " of " + chronicle.head() + " at the end");
                    return;
                }
            }
        } else {
            find(Rule.LIVE, "has not joined at the end");
        }
    }

    private boolean mayStream(String what, long seq) {
        if (!started) {
            find(Rule.O3, what + " " + seq + " before a snapshot");
        } else {
            becomeTold(false);
        }
        return started;
    }

    /** Everything before {@code end} that was not heard is invisible, or it is missing. */
    private void passed(long end) {
        for (long seq = position + 1; seq < Math.min(end, chronicle.head() + 1); seq++) {
            if (isVisible(seq)) {
                boolean tail = opened.resume() != null && seq <= tailEnd;
                find(tail ? Rule.R1 : Rule.O2, "missed seq " + seq + " between " + position + " and " + end);
            }
            if (seq > roleSeq && chronicle.change(opened.member(), seq) != null) {
                find(Rule.M3, "was not told of the role changed at seq " + seq);
            }
        }
        position = Math.max(position, Math.min(end, chronicle.head() + 1) - 1);
    }

    private boolean isVisible(long seq) {
        return turns(seq) == null
                ? !chronicle.visible(seq, role, tables).isEmpty()
                : !wanted(seq).isEmpty();
    }

    private List<String> wanted(long seq) {
        RoleChange change = turns(seq);
        return change == null
                ? Chronicle.operations(chronicle.visible(seq, role, tables))
                : chronicle.turned(seq, change, tables);
    }

    /** The role change that the stream has to show at this seq: one of which the session learned before is in its snapshot. */
    private @Nullable RoleChange turns(long seq) {
        return seq >= roleSeq && seq > tailEnd ? chronicle.change(opened.member(), seq) : null;
    }

    private void find(Rule rule, String what) {
        findings.add(rule, where() + " " + what);
    }

    private String where() {
        return "session " + opened.session() + " (client " + opened.client() + " at " + opened.node() + "):";
    }

    private static String head(JsonNode message) {
        String text = message.toString();
        return text.substring(0, Math.min(text.length(), 200));
    }
}
