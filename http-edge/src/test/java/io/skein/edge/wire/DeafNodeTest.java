package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.NodeFolder;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node whose database is away cannot know which tokens were revoked. */
class DeafNodeTest {
    @Test
    void K3_a_node_that_cannot_ask_lets_nobody_new_in_and_keeps_who_is_there() throws IOException {
        try (var postgres = OwnPostgres.start(NodeFolder.of("deaf-postgres"))) {
            Map<String, String> environment = postgres.environment();
            var settings = new HashMap<String, Object>(Map.of(
                    "skein.database.url",
                    environment.get("SKEIN_DB_URL"),
                    "skein.database.user",
                    environment.get("SKEIN_DB_USER"),
                    "skein.database.password",
                    environment.get("SKEIN_DB_PASSWORD"),
                    "skein.database.connect-timeout",
                    "1s",
                    "skein.auth.revocations.poll",
                    "100ms",
                    "skein.auth.revocations.patience",
                    "1s"));
            Edge edge = TestNode.start("deaf", settings);
            try {
                var owner = new TokenClient(
                        edge.port(), TestNode.somebody(edge.port()).token());
                String workspace = TestNode.freshName();
                TestNode.create(edge, workspace, owner.who(), "board", Access.PRIVATE);
                try (var socket = TwoNodesTest.open(edge, workspace, owner.who(), "*")) {
                    postgres.kill();
                    Eventually.holds(
                            "nobody is let in", () -> owner.get("/v1/identity").statusCode() == 503);
                    var refused = owner.get("/v1/identity");
                    assertEquals(
                            "unavailable",
                            WireClient.parse(refused.body()).get("code").asText());
                    assertTrue(refused.headers().firstValue("retry-after").isPresent(), "clients come again");
                    assertEquals(503, owner.upgrade(TokenClient.Wire.NATIVE, workspace));
                    Eventually.holds("the node is not ready", () -> !TwoNodesTest.ready(edge));
                    socket.ping();
                    postgres.startAgain();
                    Eventually.holds(
                            "who comes is let in",
                            () -> owner.get("/v1/identity").statusCode() == 200);
                    assertEquals(
                            201,
                            owner.post("/v1/identity/revocations", "{\"all\":true}")
                                    .statusCode());
                    assertEquals(
                            "token_revoked",
                            socket.await("bye", message -> WireClient.is(message, "bye"))
                                    .get("reason")
                                    .asText());
                }
            } finally {
                edge.close();
            }
        }
    }
}
