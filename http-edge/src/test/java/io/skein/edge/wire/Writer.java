package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** One socket that adds cards by keyed calls, so many in flight at once, until it is done or its server dies. */
final class Writer {
    /** Less than a session may send at once, so that no rate limits it. */
    static final int CALLS = 900;

    private static final int IN_FLIGHT = 16;

    final WireClient client;
    final Thread thread;
    private final Who who;
    private final String name;
    private final AtomicInteger sent = new AtomicInteger();

    Writer(int port, String workspace, Who who, String name) {
        this.who = who;
        this.name = name;
        this.client = greeted(port, workspace, who);
        this.thread = Thread.ofPlatform().name(name).unstarted(this::write);
    }

    private static WireClient greeted(int port, String workspace, Who who) {
        WireClient client = WireClient.connect(port, workspace, who);
        client.send("{\"type\":\"hello\",\"id\":0}");
        client.await("welcome", message -> WireClient.is(message, "welcome"));
        return client;
    }

    void start() {
        thread.start();
    }

    private void write() {
        for (int number = 0; number < CALLS && client.awaitOutcomes(number - IN_FLIGHT + 1); number++) {
            call(client, number);
            sent.set(number + 1);
        }
    }

    private void call(WireClient over, int number) {
        over.call(
                "add_card",
                "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(card(number)),
                ",\"key\":\"%s\"".formatted(card(number)));
    }

    String card(int number) {
        return name + "-" + number;
    }

    long answers() {
        return client.outcomes();
    }

    boolean isWaiting() {
        return answers() < sent.get();
    }

    /** The {@code seq} of each accepted call, by its number from 0. */
    Map<Integer, Long> accepted(WireClient over) {
        var seqs = new HashMap<Integer, Long>();
        for (JsonNode outcome : over.messages("outcome")) {
            if (outcome.get("ok").asBoolean()) {
                seqs.put(outcome.get("id").asInt() - 1, outcome.get("seq").asLong());
            }
        }
        return seqs;
    }

    /**
     * Sends every call once more with its key, and requires the first outcome (rule I1).
     *
     * @param seqs of the cards that are there
     * @return how many were not there yet
     */
    long sendAgain(int port, String workspace, Map<String, Long> seqs, long head) {
        try (var again = greeted(port, workspace, who)) {
            for (int number = 0; number < sent.get(); number++) {
                assertTrue(again.awaitOutcomes(number - IN_FLIGHT + 1));
                call(again, number);
            }
            assertTrue(again.awaitOutcomes(sent.get()));
            Map<Integer, Long> outcomes = accepted(again);
            assertEquals(sent.get(), outcomes.size());
            outcomes.forEach((number, seq) -> {
                Long known = seqs.get(card(number));
                assertTrue(known == null ? seq > head : known.equals(seq), () -> card(number) + " is at " + seq);
            });
            again.messages("outcome")
                    .forEach(outcome -> assertEquals(
                            outcome.get("seq").asLong() <= head,
                            outcome.get("repeated").asBoolean()));
            return outcomes.values().stream().filter(seq -> seq > head).count();
        }
    }
}
