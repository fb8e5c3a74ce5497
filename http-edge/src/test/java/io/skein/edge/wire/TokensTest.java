package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens with scopes and an end, at two nodes of one cluster: what a narrow one may on each wire, and how sockets end with theirs. */
class TokensTest {
    private static final Map<String, Object> SETTINGS =
            Map.of("skein.auth.clock-skew", "0s", "skein.auth.revocations.poll", "100ms");

    private static Edge first;
    private static Edge second;

    @BeforeAll
    static void start() throws IOException {
        first = TestNode.start("tokens", SETTINGS);
        second = TestNode.startBeside(first, "tokens", "tokens-second", SETTINGS);
        Eventually.holds("both nodes are ready", () -> TwoNodesTest.ready(first) && TwoNodesTest.ready(second));
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    private static TokenClient at(Edge edge, String token) {
        return new TokenClient(edge.port(), token);
    }

    private static TokenClient ada() {
        return at(first, TestNode.somebody(first.port()).token());
    }

    private static String workspace(TokenClient owner) {
        String id = TestNode.freshName();
        TestNode.create(first, id, owner.who(), "board", Access.PRIVATE);
        return id;
    }

    private static WireClient open(Edge edge, TokenClient by, String workspace) {
        return TwoNodesTest.open(edge, workspace, by.who(), "*");
    }

    private static JsonNode bye(WireClient client) {
        JsonNode bye = client.await("bye", message -> WireClient.is(message, "bye"));
        assertEquals(1008, client.awaitClose());
        assertEquals("unauthenticated", bye.get("code").asText());
        return bye;
    }

    private static String card(String id) {
        return TwoNodesTest.card(id);
    }

    // ---- the audit log

    @Test
    void U1_the_log_says_the_same_at_every_node_by_whatever_node_a_change_came() {
        TokenClient ann = ada();
        for (int i = 0; i < 4; i++) { // some are the one's, some the other's
            String path = "/v1/workspaces/" + workspace(ann);
            var through = new ArrayList<String>();
            for (Edge node : List.of(second, first)) {
                TokenClient by = at(node, ann.token()).narrowed("\"session\":\"s" + node.port() + "\"");
                assertEquals(
                        201, by.post(path + "/invites", "{\"role\":\"viewer\"}").statusCode());
                through.add(by.id());
            }
            for (Edge node : List.of(first, second)) {
                JsonNode entries = WireClient.parse(at(node, ann.token())
                                .get(path + "/audit?kind=invite_created")
                                .body())
                        .get("entries");
                assertEquals(through.get(1), entries.get(0).get("token").asText());
                assertEquals(through.get(0), entries.get(1).get("token").asText());
                assertEquals("s" + second.port(), entries.get(1).get("session").asText());
            }
        }
    }

    // ---- scopes

    @Test
    void K2_a_scope_that_forbids_is_forbidden_with_its_name_on_the_native_wire() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        TokenClient worker =
                owner.narrowed("\"scopes\":[\"skein:read:%1$s\",\"skein:call:%1$s:add_card\"]".formatted(workspace));
        try (var socket = open(first, worker, workspace)) {
            socket.done("add_card", card("a"));
            for (String reducer : List.of("remove_card", "skein_rename")) {
                String args = reducer.equals("remove_card") ? "{\"id\":\"a\"}" : "{\"name\":\"x\"}";
                JsonNode error = socket.refused(reducer, args, "");
                assertEquals("forbidden", error.get("code").asText());
                assertEquals("scope", error.get("reason").asText());
                String scope = reducer.equals("remove_card")
                        ? "skein:call:" + workspace + ":remove_card"
                        : "skein:admin:" + workspace;
                assertTrue(error.get("message").asText().contains(scope), error::toString);
            }
            socket.send("{\"type\":\"signal\",\"id\":9001,\"name\":\"look\"}");
            assertScope(socket, 9001, "skein:call:" + workspace);
            socket.send("{\"type\":\"presence\",\"id\":9002,\"state\":{\"at\":1}}");
            assertScope(socket, 9002, "skein:call:" + workspace);
            socket.send("{\"type\":\"presence\",\"id\":9003,\"watch\":\"list\"}");
            socket.await("who is here", message -> WireClient.is(message, "presence"));
        }
    }

    private static void assertScope(WireClient socket, int id, String scope) {
        JsonNode said =
                socket.await("error " + id, message -> message.path("id").asInt() == id);
        JsonNode error = said.get("error");
        assertEquals("forbidden", error.get("code").asText());
        assertTrue(error.get("message").asText().contains(scope), error::toString);
    }

    @Test
    void K2_a_scope_that_forbids_is_forbidden_with_its_name_on_the_spacetime_wire() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        owner.post("/v1/workspaces/" + workspace + "/calls/add_card", card("a"));
        TokenClient reader = owner.narrowed("\"scopes\":[\"skein:read:%s\"]".formatted(workspace));
        try (var narrow = reader.listen(first.port(), workspace);
                var wide = owner.listen(first.port(), workspace)) {
            String refused = narrow.call("remove_card", "a");
            assertTrue(
                    refused.endsWith(
                            "forbidden: the token's scopes do not include skein:call:" + workspace + ":remove_card"),
                    refused);
            assertFalse(wide.call("remove_card", "a").contains("forbidden"));
        }
    }

    @Test
    void K2_no_socket_opens_without_the_scope_to_read_on_either_wire_by_token_or_ticket() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        String other = workspace(owner);
        TokenClient reader = owner.narrowed("\"scopes\":[\"skein:read:%s\"]".formatted(workspace));
        TokenClient writer = owner.narrowed("\"scopes\":[\"skein:call:%s\"]".formatted(workspace));
        for (var wire : TokenClient.Wire.values()) {
            assertEquals(101, reader.upgrade(wire, workspace));
            assertEquals(101, reader.upgrade(wire, workspace, reader.ticket()));
            assertEquals(403, reader.upgrade(wire, other));
            assertEquals(403, reader.upgrade(wire, other, reader.ticket()), "a ticket may what its token may");
            assertEquals(403, writer.upgrade(wire, workspace));
            assertEquals(403, writer.upgrade(wire, workspace, writer.ticket()));
        }
    }

    @Test
    void K2_a_scope_that_forbids_is_forbidden_with_its_name_over_http() {
        TokenClient owner = ada();
        String id = workspace(owner);
        String w = "/v1/workspaces/" + id;
        TokenClient appender = owner.narrowed("\"scopes\":[\"skein:call:%s:add_card\"]".formatted(id));
        assertEquals(200, appender.post(w + "/calls/add_card", card("a")).statusCode());
        appender.assertLacks(
                "skein:call:" + id + ":remove_card", appender.post(w + "/calls/remove_card", "{\"id\":\"a\"}"));
        for (String path : List.of(
                "", "/snapshot", "/members", "/history", "/history/chain", "/export", "/presence", "/invites")) {
            appender.assertLacks("skein:read:" + id, appender.get(w + path));
        }
        appender.assertLacks("skein:read", appender.get("/v1/workspaces"));
        appender.assertLacks("skein:admin", appender.post("/v1/workspaces", "{\"module\":\"board\",\"name\":\"n\"}"));
        appender.assertLacks("skein:admin:" + id, appender.post(w + "/invites", "{\"role\":\"viewer\"}"));
        appender.assertLacks("skein:admin:" + id, appender.post(w + "/join", "{\"token\":\"t\"}"));
        String database = "/v1/database/" + id;
        assertEquals(
                200,
                appender.post(database + "/call/add_card", "[\"b\",\"t\",1]").statusCode());
        appender.assertLacks(
                "skein:call:" + id + ":remove_card", appender.post(database + "/call/remove_card", "[\"a\"]"));
        appender.assertLacks("skein:read:" + id, appender.post(database + "/sql", "SELECT * FROM card"));
        assertEquals(403, appender.get("/v1/cluster").statusCode(), "not even in development mode");
        assertEquals(200, owner.get("/v1/cluster").statusCode());

        TokenClient admin = owner.narrowed("\"scopes\":[\"skein:admin:%s\",\"skein:read:%s\"]".formatted(id, id));
        assertEquals(201, admin.post(w + "/invites", "{\"role\":\"viewer\"}").statusCode());
        assertEquals(200, admin.get(w + "/members").statusCode());
        admin.assertLacks("skein:call:" + id + ":add_card", admin.post(w + "/calls/add_card", card("c")));
    }

    // ---- revocation

    @Test
    void K3_a_revocation_ends_live_sockets_at_every_node_and_on_every_wire() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        TokenClient phone = owner.narrowed("\"device\":\"phone\",\"session\":\"s1\"");
        TokenClient laptop = owner.narrowed("\"device\":\"laptop\",\"session\":\"s2\"");
        String ticket = phone.ticket();
        try (var here = open(first, phone, workspace);
                var there = open(second, phone, workspace);
                var spacetime = phone.listen(second.port(), workspace);
                var other = open(second, laptop, workspace)) {
            assertEquals(
                    201,
                    owner.post("/v1/identity/revocations", "{\"device\":\"phone\"}")
                            .statusCode());
            for (var socket : List.of(here, there)) {
                assertEquals("token_revoked", bye(socket).get("reason").asText());
            }
            assertEquals("1008 unauthenticated: the token was revoked", spacetime.awaitClose());
            for (Edge edge : List.of(first, second)) {
                assertEquals(401, at(edge, phone.token()).get("/v1/identity").statusCode());
                assertEquals(401, at(edge, "").upgrade(TokenClient.Wire.NATIVE, workspace, ticket), "made before");
            }
            other.done("add_card", card("still there"));
        }
        assertEquals(
                403, owner.post("/v1/identity/tokens", "{\"device\":\"phone\"}").statusCode());
    }

    @Test
    void K3_a_revoked_token_takes_those_made_from_it_along() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        TokenClient parent = owner.narrowed("");
        TokenClient child = parent.narrowed("\"session\":\"s\"");
        TokenClient grandchild = child.narrowed("\"scopes\":[\"skein:read:%s\"]".formatted(workspace));
        try (var socket = open(second, grandchild, workspace)) {
            owner.post("/v1/identity/revocations", "{\"token\":\"" + parent.id() + "\"}");
            assertEquals("token_revoked", bye(socket).get("reason").asText());
        }
        assertEquals(401, child.get("/v1/identity").statusCode());
        assertEquals(200, owner.get("/v1/identity").statusCode());
    }

    @Test
    void K3_all_tokens_of_a_user_end_and_one_of_somebody_else_does_not() {
        TokenClient owner = ada();
        TokenClient stranger = ada();
        String workspace = workspace(owner);
        try (var socket = open(second, owner, workspace)) {
            assertEquals(
                    201,
                    owner.post("/v1/identity/revocations", "{\"all\":true}").statusCode());
            assertEquals("token_revoked", bye(socket).get("reason").asText());
        }
        assertEquals(401, owner.get("/v1/identity").statusCode());
        assertEquals(200, stranger.get("/v1/identity").statusCode());
    }

    @Test
    void K3_who_may_revoke_what() {
        TokenClient owner = ada();
        TokenClient worker = owner.narrowed("\"session\":\"s\",\"scopes\":[\"skein:read\"]");
        TokenClient operator = ada(); // in development mode everybody is one
        for (String body :
                List.of("{\"all\":true}", "{\"device\":\"d\"}", "{\"token\":\"x\"}", "{\"session\":\"t\"}")) {
            worker.assertLacks("skein:admin", worker.post("/v1/identity/revocations", body));
        }
        String his = ",\"identity\":\"%s\"}".formatted(operator.who().identity());
        assertEquals(
                403,
                worker.post("/v1/identity/revocations", "{\"all\":true" + his).statusCode());
        assertEquals(
                201,
                worker.post("/v1/identity/revocations", "{\"session\":\"s\"}").statusCode(),
                "its own");
        assertEquals(401, worker.get("/v1/identity").statusCode());
        assertEquals(
                201,
                owner.post("/v1/identity/revocations", "{\"all\":true" + his).statusCode());
        assertEquals(401, operator.get("/v1/identity").statusCode());
        for (String body :
                List.of("{}", "{\"all\":true,\"token\":\"x\"}", "{\"all\":false}", "{\"token\":\"a\\u0000\"}")) {
            assertEquals(400, owner.post("/v1/identity/revocations", body).statusCode(), body);
        }
    }

    @Test
    void K3_a_node_that_was_down_when_a_token_was_revoked_refuses_it_from_the_first_request_on() throws IOException {
        TokenClient owner = ada();
        TokenClient phone = owner.narrowed("\"device\":\"lost-phone\"");
        Edge third = TestNode.startBeside(first, "tokens", "tokens-third", SETTINGS);
        try {
            assertEquals(200, at(third, phone.token()).get("/v1/identity").statusCode());
        } finally {
            third.close();
        }
        assertEquals(
                201,
                owner.post("/v1/identity/revocations", "{\"device\":\"lost-phone\"}")
                        .statusCode());
        third = TestNode.startBeside(first, "tokens", "tokens-third", SETTINGS);
        try {
            assertEquals(401, at(third, phone.token()).get("/v1/identity").statusCode());
            assertEquals(200, at(third, owner.token()).get("/v1/identity").statusCode());
        } finally {
            third.close();
        }
    }

    // ---- expiry and renewal

    @Test
    void K4_a_socket_ends_when_its_token_expires_and_lives_on_with_a_fresh_one() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        TokenClient brief = owner.narrowed("\"device\":\"d\",\"lifetime\":3");
        try (var left = open(first, brief, workspace);
                var renewed = open(second, brief, workspace)) {
            TokenClient next = owner.narrowed("\"device\":\"d\",\"lifetime\":600");
            renewed.send("{\"type\":\"token\",\"id\":500,\"token\":\"%s\"}".formatted(next.token()));
            JsonNode answer = renewed.await("token", message -> WireClient.is(message, "token"));
            assertEquals(500, answer.get("id").asInt());
            long expiresIn = answer.get("expiresIn").asLong();
            assertTrue(expiresIn > 500_000 && expiresIn <= 600_000, answer::toString);
            assertEquals("token_expired", bye(left).get("reason").asText());
            assertEquals(401, brief.get("/v1/identity").statusCode());
            renewed.done("add_card", card("a"));
            owner.post("/v1/identity/revocations", "{\"token\":\"" + next.id() + "\"}");
            assertEquals("token_revoked", bye(renewed).get("reason").asText());
        }
    }

    @Test
    void K4_what_is_no_fresh_token_of_the_same_user_changes_nothing() {
        TokenClient owner = ada();
        String workspace = workspace(owner);
        try (var socket = open(first, owner.narrowed("\"device\":\"d\""), workspace)) {
            Map<String, String> wrong = Map.of(
                    "nonsense",
                    "unauthenticated",
                    ada().token(),
                    "forbidden",
                    owner.narrowed("\"device\":\"e\"").token(),
                    "forbidden",
                    owner.narrowed("\"device\":\"d\",\"scopes\":[\"skein:call\"]")
                            .token(),
                    "forbidden");
            int id = 700;
            for (var each : wrong.entrySet()) {
                int asked = id++;
                socket.send("{\"type\":\"token\",\"id\":%d,\"token\":\"%s\"}".formatted(asked, each.getKey()));
                JsonNode said =
                        socket.await("answer", message -> message.path("id").asInt() == asked);
                assertEquals(each.getValue(), said.at("/error/code").asText(), said::toString);
            }
            int last = id;
            for (int i = 0; i < 8; i++) {
                socket.send("{\"type\":\"token\",\"id\":%d,\"token\":\"nonsense\"}".formatted(last + i));
            }
            socket.await(
                    "too many", message -> message.at("/error/code").asText().equals("rate_limited"));
            socket.done("add_card", card("a"));
            assertFalse(socket.messages().stream().anyMatch(message -> WireClient.is(message, "bye")));
        }
    }

    @Test
    void K1_tokens_are_told_once_and_to_nobody_else() {
        TokenClient owner = ada();
        var made = owner.post("/v1/identity/tokens", "{\"device\":\"d\",\"session\":\"s\",\"lifetime\":60}");
        assertEquals(201, made.statusCode(), made::body);
        assertEquals("no-store", made.headers().firstValue("cache-control").orElse(""));
        JsonNode body = WireClient.parse(made.body());
        JsonNode me = WireClient.parse(
                at(second, body.get("token").asText()).get("/v1/identity").body());
        for (String member : List.of("identity", "id", "device", "session", "expiresAt", "scopes")) {
            assertEquals(body.get(member), me.get(member), member);
        }
        for (String bad : List.of(
                "{\"device\":\"a b\"}",
                "{\"scopes\":[]}",
                "{\"scopes\":[\"openid\"]}",
                "{\"lifetime\":0}",
                "{\"more\":1}")) {
            assertEquals(400, owner.post("/v1/identity/tokens", bad).statusCode(), bad);
        }
        assertEquals(401, at(first, "").post("/v1/identity/tokens", "{}").statusCode());
        assertEquals(
                403,
                owner.post("/v1/identity/tokens", "{\"lifetime\":99999999}").statusCode());
    }
}
