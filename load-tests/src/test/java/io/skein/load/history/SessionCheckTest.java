package io.skein.load.history;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the check takes for a rule kept, and for one broken, in histories of a few lines: alice is ever somebody else in them. */
class SessionCheckTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<Event> history = new ArrayList<>();

    SessionCheckTest() {
        history.add(new Event.Scene(
                "room",
                "e",
                0,
                Map.of("skein_member", new Event.Table("keyed", "none", List.of("identity"))),
                Map.of(),
                Map.of(),
                null));
        history.add(new Event.Opened(0, 1, 0, "alice", "n1", List.of("skein_member"), null));
        heard("{'type':'welcome','seq':1,'identity':'alice','role':'viewer','epoch':'e'}");
        snapshot(1, "VIEWER", "v1");
        aliceBecomes(1, "insert", "VIEWER");
        aliceBecomes(2, "update", "EDITOR");
        aliceBecomes(3, "update", "ADMIN");
        aliceBecomes(4, "update", "EDITOR");
    }

    @Test
    void M3_aRoleIsToldAtItsTransaction() {
        heard("{'type':'role','seq':2,'role':'editor','view':'v2'}");
        hears(2, "EDITOR");
        heard("{'type':'role','seq':3,'role':'admin','view':'v3'}");
        hears(3, "ADMIN");
        heard("{'type':'role','seq':4,'role':'editor','view':'v4'}");
        hears(4, "EDITOR");

        assertEquals(Map.of(), found());
    }

    /** A new owner tells which role holds, and by the time its snapshot is ready, the role may be another. */
    @Test
    void M3_rolesMayFollowOneAnotherBeforeTheSnapshotThatTheyOwe() {
        heard("{'type':'role','seq':3,'role':'admin','view':'v3'}");
        heard("{'type':'role','seq':4,'role':'editor','view':'v4'}");
        snapshot(4, "EDITOR", "v4");

        assertEquals(Map.of(), found());
    }

    @Test
    void M3_aRoleBeforeItsSnapshotOwesTheSnapshot() {
        heard("{'type':'role','seq':1,'role':'viewer','view':'v2'}");
        heard("{'type':'role','seq':2,'role':'editor','view':'v3'}");
        hears(2, "EDITOR");
        heard("{'type':'position','seq':2}");

        assertEquals(Set.of(Rule.M3), found().keySet());
    }

    @Test
    void O2_aRoleWithoutASnapshotSkipsNothing() {
        heard("{'type':'role','seq':4,'role':'editor','view':'v4'}");
        hears(4, "EDITOR");

        assertEquals(Set.of(Rule.O2, Rule.M3), found().keySet());
    }

    private Map<Rule, ?> found() {
        history.add(new Event.Closed(0, 1, "the end"));
        return HistoryCheck.check(history).findings().counts();
    }

    private void aliceBecomes(long seq, String operation, String role) {
        history.add(new Event.Committed(read("{'seq':" + seq + ",'hash':'h" + seq
                + "','sender':'bob','reducer':'skein_set_role','tables':"
                + table(operation, role) + "}")));
    }

    private void snapshot(long seq, String role, String view) {
        heard("{'type':'snapshot','seq':" + seq + ",'view':'" + view
                + "','subs':{'1':{'skein_member':{'rows':[{'identity':'alice','role':'" + role + "'}],'versions':["
                + seq + "]}}}}");
    }

    private void hears(long seq, String role) {
        heard("{'type':'tx','seq':" + seq + ",'hash':'h" + seq + "','sender':'bob','reducer':'skein_set_role','subs':"
                + "{'1':" + table("update", role) + "}}");
    }

    private static String table(String what, String role) {
        return "{'skein_member':{'" + what + "':[{'identity':'alice','role':'" + role + "'}]}}";
    }

    private void heard(String message) {
        history.add(new Event.Heard(0, 1, read(message)));
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json.replace('\'', '"'));
        } catch (JsonProcessingException impossible) {
            throw new IllegalArgumentException(json, impossible);
        }
    }
}
