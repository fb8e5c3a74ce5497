package io.skein.load.nemesis;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skein.load.history.Event;
import io.skein.load.history.Event.Committed;
import io.skein.load.history.Event.Heard;
import io.skein.load.history.HistoryCheck;
import io.skein.load.history.HistoryFile;
import io.skein.load.history.Rule;
import io.skein.load.machine.Database;
import io.skein.load.machine.SharedPostgres;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * One real node, killed in the middle of work: what its clients were told keeps every rule. And the check is worth something: the same
 * history with one bug planted in it does not pass, and the rule is named.
 */
class OneNodeTest {
    private static List<Event> good = List.of();
    private static HistoryCheck.Result result =
            HistoryCheck.check(List.of(new Event.Scene("none", "", 0, Map.of(), Map.of(), Map.of(), null)));

    @BeforeAll
    static void work(@TempDir Path directory) throws Exception {
        Database database = SharedPostgres.server().create("one_node");
        Network network = new Loopback("one node");
        try (Nodes nodes = Nodes.start(network, 1, database, directory);
                Scenario scenario = Scenario.make(nodes, 1, 5, 1, directory)) {
            SkeinNode node = nodes.all().getFirst();
            scenario.crew().work(50);
            Progress.awaitAccepted(scenario, 400);
            node.kill();
            node.start();
            node.awaitReady();
            Progress.awaitAccepted(scenario, scenario.crew().acceptedCalls() + 500);
            assertEquals(List.of(), scenario.rest(30));
            result = scenario.check().values().iterator().next();
            good = HistoryFile.read(scenario.rooms().getFirst().file().path());
        }
    }

    @Test
    void D2_aKilledNodeComesBackWithEverythingItSaid() {
        assertTrue(result.holds(), () -> result.toString());
        assertTrue(result.accepted() > 800, () -> result.toString());
        assertTrue(result.refused() > 0, () -> result.toString());
        assertTrue(result.sessions() > 10, () -> result.toString());
    }

    @Test
    void aRecordedHistoryCanBeLookedAtAgain(@TempDir Path directory) throws Exception {
        assertEquals(0, check(directory, good));
        var planted = new Planted(good);
        planted.events().remove(planted.heard("role", heard -> true));
        assertEquals(1, check(directory, planted.events()));
    }

    private static int check(Path directory, List<Event> events) throws Exception {
        try (HistoryFile file = HistoryFile.create(directory.resolve("room.ndjson"))) {
            events.forEach(file::add);
        }
        return new CommandLine(new Check())
                .setOut(new PrintWriter(new StringWriter()))
                .execute(directory.resolve("room.ndjson").toString());
    }

    @Test
    void O2_aDroppedTransactionIsFound() {
        var planted = new Planted(good);
        int at = planted.heard("tx", heard -> planted.opened(heard.session()).resume() == null);
        planted.events().remove(at);
        assertFound(Rule.O2, planted);
    }

    @Test
    void O2_aRepeatedTransactionIsFound() {
        var planted = new Planted(good);
        int at = planted.heard("tx", heard -> true);
        planted.insert(planted.next(at, "tx") + 1, planted.at(at), planted.message(at));
        assertFound(Rule.O2, planted);
    }

    @Test
    void O2_transactionsInAnotherOrderAreFound() {
        var planted = new Planted(good);
        int one = planted.heard("tx", heard -> planted.opened(heard.session()).resume() == null);
        int two = planted.next(one, "tx");
        Heard first = planted.at(one);
        planted.events().set(one, planted.at(two));
        planted.events().set(two, first);
        assertFound(Rule.O2, planted);
    }

    @Test
    void O2_anOutcomeBeforeItsTransactionIsFound() {
        var planted = new Planted(good);
        int outcome = planted.heard(
                "outcome",
                heard -> heard.message().path("ok").asBoolean()
                        && !heard.message().path("repeated").asBoolean()
                        && planted.events().stream()
                                .anyMatch(event -> event instanceof Heard tx
                                        && tx.session() == heard.session()
                                        && tx.message().path("type").asText().equals("tx")
                                        && tx.message()
                                                .path("seq")
                                                .equals(heard.message().path("seq"))));
        long seq = planted.message(outcome).path("seq").asLong();
        int session = planted.at(outcome).session();
        int tx = planted.heard(
                "tx",
                heard -> heard.session() == session
                        && heard.message().path("seq").asLong() == seq);
        Event early = planted.events().remove(outcome);
        planted.events().add(tx, early);
        assertFound(Rule.O2, planted);
    }

    @Test
    void O2_aPositionBeyondWhatWasSentIsFound() {
        var planted = new Planted(good);
        int at = planted.heard("tx", heard -> planted.opened(heard.session()).resume() == null);
        ObjectNode position = JsonNodeFactory.instance
                .objectNode()
                .put("type", "position")
                .put("seq", planted.message(at).path("seq").asLong());
        planted.insert(at, planted.at(at), position);
        assertFound(Rule.O2, planted);
    }

    @Test
    void O3_aSnapshotWithAnotherRowIsFound() {
        var planted = new Planted(good);
        int at = planted.heard(
                "snapshot", heard -> !rows(heard.message(), "card").isEmpty());
        ObjectNode row = (ObjectNode) planted.change(at)
                .path("subs")
                .path("1")
                .path("card")
                .path("rows")
                .path(0);
        row.put("title", "something else");
        assertFound(Rule.O3, planted);
    }

    @Test
    void O4_aSplitTransactionIsFound() {
        var planted = new Planted(good);
        int at = planted.heard(
                "tx", heard -> heard.message().path("subs").path("1").size() > 1);
        ObjectNode first = planted.change(at);
        ObjectNode second = first.deepCopy();
        String table = first.path("subs").path("1").fieldNames().next();
        ((ObjectNode) first.path("subs").path("1")).remove(table);
        ((ObjectNode) second.path("subs").path("1")).retain(table);
        planted.insert(at + 1, planted.at(at), second);
        assertFound(Rule.O4, planted);
    }

    @Test
    void D1_whatWasHeardAndIsLostAfterACrashIsFound() {
        assertFound(Rule.D1, withTheEndLost());
    }

    @Test
    void D2_whatWasAcknowledgedAndIsLostAfterACrashIsFound() {
        assertFound(Rule.D2, withTheEndLost());
    }

    /** As if the last transactions had been told before they were durable. */
    private static Planted withTheEndLost() {
        var planted = new Planted(good);
        long end = planted.head() - 3;
        planted.events()
                .removeIf(event -> event instanceof Committed(var transaction)
                        && transaction.path("seq").asLong() > end);
        planted.events().replaceAll(event -> {
            if (event instanceof Event.Final(var member, var snapshot)) {
                ObjectNode earlier = snapshot.deepCopy();
                return new Event.Final(member, earlier.put("seq", end));
            }
            return event;
        });
        return planted;
    }

    @Test
    void D2_anAcknowledgementOfNothingIsFound() {
        var planted = new Planted(good);
        int at = planted.committed(tx -> tx.path("reducer").asText().equals("add_remark")
                && tx.path("seq").asLong() < planted.head() - 10);
        planted.events().remove(at);
        assertFound(Rule.D2, planted);
    }

    @Test
    void D3_twoOwnersThatBothCommittedAreFound() {
        var planted = new Planted(good);
        planted.change(planted.heard("tx", heard -> true)).put("hash", "00");
        assertFound(Rule.D3, planted);
    }

    @Test
    void I1_aKeyDoneTwiceIsFound() {
        var planted = new Planted(good);
        int at = planted.committed(tx -> tx.path("reducer").asText().equals("add_remark"));
        ObjectNode again = ((Committed) planted.events().get(at)).transaction().deepCopy();
        again.put("seq", planted.head() + 1);
        planted.events().add(planted.committed(_ -> true) + 1, new Committed(again));
        assertFound(Rule.I1, planted);
    }

    @Test
    void I1_aRepetitionWithAnotherOutcomeIsFound() {
        var planted = new Planted(good);
        int at = planted.heard(
                "outcome",
                heard -> heard.message().path("repeated").asBoolean()
                        && heard.message().path("ok").asBoolean());
        ObjectNode outcome = planted.change(at);
        outcome.put("seq", outcome.path("seq").asLong() - 1);
        assertFound(Rule.I1, planted);
    }

    @Test
    void V1_aRefusedCallThatWasDoneIsFound() {
        var planted = new Planted(good);
        Event.Called called = planted.events().stream()
                .filter(Event.Called.class::isInstance)
                .map(Event.Called.class::cast)
                .filter(call -> call.reducer().equals("add_card") && planted.attempts(call) == 1)
                .findFirst()
                .orElseThrow();
        int at = planted.heard(
                "outcome",
                heard -> heard.session() == called.session()
                        && heard.message().path("id").asLong() == called.id());
        ObjectNode outcome = planted.change(at);
        outcome.put("ok", false).remove("seq");
        outcome.putObject("error").put("code", "rejected").put("message", "no");
        assertFound(Rule.V1, planted);
    }

    @Test
    void M2_aRowForAdminsToldToOthersIsFound() {
        var planted = new Planted(good);
        JsonNode invited = ((Committed) planted.events()
                        .get(planted.committed(
                                tx -> tx.path("tables").path("skein_invite").has("insert"))))
                .transaction();
        int other = planted.heard(
                "tx",
                heard -> !planted.hasAdmin(heard, heard.message().path("seq").asLong()));
        ((ObjectNode) planted.change(other).path("subs").path("1"))
                .set("skein_invite", invited.path("tables").path("skein_invite"));
        assertFound(Rule.M2, planted);
    }

    @Test
    void M2_aSnapshotWithRowsForAdminsIsFound() {
        var planted = new Planted(good);
        int at = planted.heard(
                "snapshot",
                heard -> rows(heard.message(), "skein_invite").isMissingNode()
                        || rows(heard.message(), "skein_invite").isEmpty());
        ObjectNode tables = (ObjectNode) planted.change(at).path("subs").path("1");
        tables.withObjectProperty("skein_invite").putArray("rows").addObject().put("token_hash", "x");
        assertFound(Rule.M2, planted);
    }

    @Test
    void M3_aRoleChangeThatIsNotToldIsFound() {
        var planted = new Planted(good);
        planted.events().remove(planted.heard("role", heard -> true));
        assertFound(Rule.M3, planted);
    }

    @Test
    void R1_aTailThatBeginsTooLateIsFound() {
        var planted = new Planted(good);
        planted.events().remove(tail(planted));
        assertFound(Rule.R1, planted);
    }

    @Test
    void R1_aTailThatBeginsTooEarlyIsFound() {
        var planted = new Planted(good);
        int at = tail(planted);
        int session = planted.at(at).session();
        long seq = requireNonNull(planted.opened(session).resume()).seq();
        ObjectNode before = planted.message(at).deepCopy();
        planted.insert(at, planted.at(at), before.put("seq", seq));
        assertFound(Rule.R1, planted);
    }

    @Test
    void R1_aTailFromSomewhereElseIsFound() {
        var planted = new Planted(good);
        ObjectNode resumed = planted.change(planted.heard("resumed", heard -> true));
        resumed.put("seq", resumed.path("seq").asLong() + 1);
        assertFound(Rule.R1, planted);
    }

    @Test
    void live_whoIsLeftBehindIsFound() {
        var planted = new Planted(good);
        int session = 0;
        for (Event event : planted.events()) {
            session = event instanceof Heard heard
                            && heard.message().path("type").asText().equals("tx")
                    ? heard.session()
                    : session;
        }
        int left = session;
        long head = planted.head();
        planted.events()
                .removeIf(event -> event instanceof Heard heard
                        && heard.session() == left
                        && heard.message().path("seq").asLong() > head - 20);
        assertFound(Rule.LIVE, planted);
    }

    /** The first transaction that a session was sent because it came back. */
    private static int tail(Planted planted) {
        int resumed = planted.heard("resumed", heard -> {
            int at = planted.events().indexOf(heard);
            if (!planted.hasNext(at, "tx")) {
                return false;
            }
            long next = planted.message(planted.next(at, "tx")).path("seq").asLong();
            int welcome = planted.heard("welcome", message -> message.session() == heard.session());
            return next <= planted.message(welcome).path("seq").asLong();
        });
        return planted.next(resumed, "tx");
    }

    private static JsonNode rows(JsonNode snapshot, String table) {
        return snapshot.path("subs").path("1").path(table).path("rows");
    }

    private static void assertFound(Rule rule, Planted planted) {
        HistoryCheck.Result found = HistoryCheck.check(new ArrayList<>(planted.events()));
        assertTrue(found.findings().counts().containsKey(rule), () -> rule + " is not among " + found.findings());
    }
}
