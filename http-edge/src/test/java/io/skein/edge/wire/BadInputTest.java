package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
    private final Who owner = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_WRITE);
    private final WireClient other = WireClient.open(workspace, TestNode.somebody(), "*");
    private final WireClient client = WireClient.open(workspace, owner, "*");

    /** Whatever was tried: everyone else lives on and has seen nothing of it. */
    @AfterEach
    void othersLiveOn() {
        long next = other.done("add_card", card("of the other"));
        assertEquals(next, other.messages("tx").getLast().get("seq").asLong());
        client.close();
        other.close();
    }

    private static String card(String id) {
        return "{\"id\":\"%s\",\"title\":\"t\",\"column\":1}".formatted(id);
    }

    private static String call(long id, String args) {
        return "{\"type\":\"call\",\"id\":%d,\"reducer\":\"add_card\",\"args\":%s}".formatted(id, args);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "nonsense",
                "{\"type\":\"ping\"",
                "{\"type\":\"ping\",\"id\":1}}",
                "[1",
                "1",
                "null",
                "\"x\"",
                "{\"type\":\"ping\"}",
                "{\"id\":7}",
                "{\"type\":\"teleport\",\"id\":7}",
                "{\"type\":\"ping\",\"id\":7,\"color\":1}",
                "{\"type\":\"ping\",\"id\":7,\"sub\":1}",
                "{\"type\":\"ping\",\"id\":-1}",
                "{\"type\":\"ping\",\"id\":1.5}",
                "{\"type\":\"ping\",\"id\":\"x\"}",
                "{\"type\":\"ping\",\"id\":9007199254740992}",
                "{\"type\":\"ping\",\"id\":7,\"id\":8}",
                "{\"type\":7,\"id\":7}",
                "{\"type\":\"subscribe\",\"id\":7,\"sub\":2,\"tables\":[\"none\"]}",
                "{\"type\":\"subscribe\",\"id\":7,\"sub\":2,\"tables\":[{\"table\":\"none\"}]}",
                "{\"type\":\"subscribe\",\"id\":7,\"sub\":1,\"tables\":[\"*\"]}",
                "{\"type\":\"subscribe\",\"id\":7,\"sub\":2,\"tables\":[{\"table\":\"card\",\"where\":[\"=\",\"x\",1]}]}",
                "{\"type\":\"subscribe\",\"id\":7,\"sub\":2,\"tables\":[{\"table\":\"card\",\"where\":[\"~\",\"id\",1]}]}",
                "{\"type\":\"subscribe\",\"id\":7,\"sub\":-2,\"tables\":[\"*\"]}",
                "{\"type\":\"signal\",\"id\":7,\"name\":\"x\",\"to\":{\"role\":\"king\"}}"
            })
    void V3_a_message_that_cannot_be_understood_gets_an_error_and_the_session_lives_on(String frame) {
        int before = client.count();
        client.send(frame);
        JsonNode error = client.await("error", before, message -> WireClient.is(message, "error"));
        assertEquals("invalid_args", error.at("/error/code").asText(), error::toString);
        client.ping();
    }

    /** Whatever follows what is wrong with it, and whatever it stands in. */
    @ParameterizedTest
    @ValueSource(strings = {"%s", "[%s]", "[{\"type\":\"ping\",\"id\":5},%s,{\"type\":\"ping\",\"id\":6}]"})
    void V3_a_call_with_wrong_arguments_is_answered_by_its_id(String frame) {
        String call = "{\"type\":\"call\",\"id\":71,\"reducer\":\"add_card\",\"args\":{\"id\":[1,{}],\"column\":1},"
                + "\"key\":\"k\",\"expect\":{\"seq\":1}}";
        client.send(frame.formatted(call));
        JsonNode outcome = client.outcome(71);
        assertEquals("invalid_args", outcome.at("/error/code").asText(), outcome::toString);
        client.ping();
        assertEquals(0, client.messages("error").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":1,\"title\":\"t\",\"column\":1}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":\"x\"}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":1.5}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":4294967296}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":1,\"rank\":NaN}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":1,\"rank\":\"NaN\"}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":1,\"rank\":1e999}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":1,\"rank\":-Infinity}",
                "{\"id\":\"a\",\"title\":\"\\ud800\",\"column\":1}",
                "{\"id\":\"a\",\"title\":\"\\udc00x\",\"column\":1}",
                "{\"id\":\"a\",\"column\":1}",
                "{\"id\":\"a\",\"title\":\"t\",\"column\":1,\"hue\":1}",
                "{\"id\":null,\"title\":\"t\",\"column\":1}",
                "[]",
                "7",
                "null",
                "{\"id\":\"a\",\"id\":\"b\",\"title\":\"t\",\"column\":1}"
            })
    void V3_wrong_arguments_are_refused_and_change_nothing(String args) {
        int before = client.count();
        client.send(call(7, args));
        JsonNode answer = client.await(
                "refusal", before, message -> message.path("error").path("code").isTextual());
        assertEquals("invalid_args", answer.at("/error/code").asText(), answer::toString);
        client.ping();
        assertEquals(2, client.done("add_card", card("good")));
    }

    @Test
    void V3_an_unknown_reducer_is_not_found_and_so_is_an_internal_one() {
        assertEquals("not_found", client.refused("fly", "{}", "").get("code").asText());
        assertEquals(
                "not_found",
                client.refused("skein_create", "{}", "").get("code").asText());
    }

    @Test
    void V3_of_a_batch_with_a_bad_message_the_good_ones_are_done() {
        client.send("[" + call(101, card("a"))
                + ",{\"type\":\"call\",\"id\":102,\"reducer\":\"add_card\",\"args\":{\"id\":[[1]]}},"
                + call(103, card("b")) + ",{\"type\":\"teleport\",\"id\":104,\"deep\":{\"x\":[1,{}]}},"
                + call(105, card("c")) + "]");
        assertTrue(client.outcome(101).get("ok").asBoolean());
        assertEquals("invalid_args", client.outcome(102).at("/error/code").asText());
        assertTrue(client.outcome(103).get("ok").asBoolean());
        assertEquals(
                "invalid_args",
                client.await(
                                "error 104",
                                message -> WireClient.is(message, "error")
                                        && message.get("id").asLong() == 104)
                        .at("/error/code")
                        .asText());
        assertTrue(client.outcome(105).get("ok").asBoolean());
    }

    @Test
    void V3_a_frame_of_10_MB_closes_the_socket_as_too_large() {
        client.send(call(7, "{\"id\":\"" + "x".repeat(10 << 20) + "\",\"title\":\"t\",\"column\":1}"));
        assertEquals(1009, client.awaitClose());
        List<JsonNode> byes = client.messages("bye");
        assertEquals(1, byes.size());
        assertEquals("too_large", byes.getFirst().get("code").asText());
    }

    @Test
    void V3_JSON_nested_10000_deep_is_refused_and_the_session_lives_on() {
        int before = client.count();
        client.send("{\"type\":\"signal\",\"id\":7,\"name\":\"x\",\"payload\":" + "[".repeat(10_000)
                + "]".repeat(10_000) + "}");
        JsonNode error = client.await("error", before, message -> WireClient.is(message, "error"));
        assertEquals("too_large", error.at("/error/code").asText());
        client.send(call(8, "[".repeat(10_000) + "]".repeat(10_000)));
        client.await("error", before + 1, message -> message.has("error"));
        client.ping();
    }

    @Test
    void V3_hello_comes_first_and_once() {
        int before = client.count();
        client.hello(null, "*");
        JsonNode error = client.await("error", before, message -> WireClient.is(message, "error"));
        assertEquals("invalid_args", error.at("/error/code").asText());
        client.ping();
        try (var early = WireClient.connect(workspace, owner)) {
            early.send(call(9, card("early")));
            assertEquals("invalid_args", early.outcome(9).at("/error/code").asText());
            early.hello(null, "*");
            JsonNode snapshot = early.await("snapshot", message -> WireClient.is(message, "snapshot"));
            assertEquals(0, snapshot.at("/subs/1/card/rows").size());
        }
    }

    @Test
    void V3_L2_too_many_calls_in_flight_are_overloaded_and_say_when_to_come_back() {
        // All of one frame are in flight at once: the first has its outcome only once it is durable.
        int count = 300;
        client.send(IntStream.range(0, count)
                .mapToObj(i -> call(1_000 + i, card("c" + i)))
                .collect(Collectors.joining(",", "[", "]")));
        int accepted = 0;
        for (int i = 0; i < count; i++) {
            JsonNode outcome = client.outcome(1_000 + i);
            if (outcome.get("ok").asBoolean()) {
                accepted++;
            } else {
                assertEquals("overloaded", outcome.at("/error/code").asText(), outcome::toString);
                assertTrue(outcome.at("/error/retryAfter").asLong() > 0);
            }
        }
        assertEquals(256, accepted);
        assertTrue(client.done("add_card", card("after")) > 0);
    }

    @Test
    void V3_too_many_messages_are_rate_limited_and_say_when_to_come_back() {
        int count = 3_000;
        for (int frame = 0; frame < 3; frame++) {
            int from = frame * 1_000;
            client.send(IntStream.range(from, from + 1_000)
                    .mapToObj(i -> "{\"type\":\"ping\",\"id\":" + (10_000 + i) + "}")
                    .collect(Collectors.joining(",", "[", "]")));
        }
        client.await("the last answer", message -> message.path("id").asLong() == 10_000 + count - 1);
        var limited = new ArrayList<JsonNode>(client.messages("error"));
        assertTrue(limited.size() > 500, () -> "limited: " + limited.size());
        assertEquals(count, limited.size() + client.messages("pong").size());
        for (JsonNode error : limited) {
            assertEquals("rate_limited", error.at("/error/code").asText());
            assertTrue(error.at("/error/retryAfter").asLong() > 0);
        }
    }
}
