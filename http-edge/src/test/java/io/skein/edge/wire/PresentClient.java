package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.wire.TestNode.Who;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** A session that is present, and puts together what it is told of others. */
final class PresentClient implements AutoCloseable {
    private static final AtomicLong IDS = new AtomicLong(1_000);

    final Who who;
    final WireClient wire;

    private PresentClient(Who who, WireClient wire) {
        this.who = who;
        this.wire = wire;
    }

    /** @param presence the member of the hello, JSON */
    static PresentClient enter(int port, String workspace, Who who, String presence) {
        WireClient wire = WireClient.connect(port, workspace, who);
        wire.send("{\"type\":\"hello\",\"id\":0,\"presence\":" + presence + "}");
        wire.await("welcome", message -> WireClient.is(message, "welcome"));
        return new PresentClient(who, wire);
    }

    /** Says something of presence; {@code members} are its JSON without braces. */
    long say(String members) {
        long id = IDS.incrementAndGet();
        wire.send("{\"type\":\"presence\",\"id\":%d,%s}".formatted(id, members));
        return id;
    }

    List<JsonNode> told() {
        return wire.messages("presence");
    }

    JsonNode last() {
        return told().getLast();
    }

    /** Who is here as far as it was told: identity to {@code sessions active state}. Fails where a number is missing. */
    Map<String, String> people() {
        var people = new TreeMap<String, String>();
        long n = -1;
        for (JsonNode message : told()) {
            boolean list = message.has("mode");
            if (list) {
                people.clear();
                message.path("list").forEach(person -> put(people, person));
            } else {
                assertEquals(n + 1, message.get("n").asLong(), "a change follows the one before: " + message);
                message.path("remove").forEach(gone -> people.remove(gone.asText()));
                message.path("put").forEach(person -> put(people, person));
            }
            n = message.get("n").asLong();
        }
        return people;
    }

    private static void put(Map<String, String> people, JsonNode person) {
        people.put(
                person.get("identity").asText(),
                person.get("sessions") + " " + person.get("active") + " " + person.get("state"));
    }

    void sees(Map<String, String> expected) {
        Eventually.holds("the list is " + expected, () -> people().equals(expected));
    }

    /** Waits until it is told of somebody with this state. */
    void sees(Who other, String state) {
        Eventually.holds("it sees " + state, () -> person(other).endsWith(" " + state));
    }

    /** What it was told of somebody; empty: nothing. */
    String person(Who other) {
        return people().getOrDefault(other.identity().toString(), "");
    }

    /** How often it was told that somebody is gone. */
    long timesGone(Who other) {
        return told().stream()
                .flatMap(message -> message.path("remove").valueStream())
                .filter(gone -> gone.asText().equals(other.identity().toString()))
                .count();
    }

    @Override
    public void close() {
        wire.close();
    }
}
