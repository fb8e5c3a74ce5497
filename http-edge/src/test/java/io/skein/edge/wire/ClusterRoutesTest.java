package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.engine.watch.Watch;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What operators see of two nodes: the first in development mode, where everybody is one; the second takes tokens only. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterRoutesTest {
    /** The same for both: shards go to the newer one. */
    private static final String VERSION = "1.2.3";

    private static Edge first;
    private static Edge second;
    private static Who owner;

    @BeforeAll
    static void start() throws IOException {
        first = TestNode.start("cluster-first", Map.of("skein.cluster.app-version", VERSION));
        second = TestNode.startBeside(
                first,
                "cluster-first",
                "cluster-second",
                Map.of("skein.auth.mode", "token", "skein.cluster.app-version", VERSION));
        Eventually.holds("both nodes are ready", () -> TwoNodesTest.ready(first) && TwoNodesTest.ready(second));
        owner = TestNode.somebody(first.port());
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    private static HttpResponse<String> get(Edge edge, String path, String token) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            return TestNode.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode cluster() {
        var answer = get(first, "/v1/cluster", owner.token());
        assertEquals(200, answer.statusCode(), answer.body());
        return WireClient.parse(answer.body());
    }

    private static String address(Edge edge) {
        return Cluster.get(edge.node().system()).selfMember().address().toString();
    }

    private static JsonNode node(JsonNode cluster, Edge edge) {
        for (JsonNode node : cluster.get("nodes")) {
            if (node.get("address").asText().equals(address(edge))) {
                return node;
            }
        }
        throw new AssertionError(address(edge) + " is not in " + cluster);
    }

    private static JsonNode report(JsonNode cluster, Edge edge) {
        return node(cluster, edge).get("report");
    }

    /** A token for {@code owner} as another program would sign it, with these scopes. */
    private static String token(Object scope) throws Exception {
        ECKey key =
                ECKey.parse(Files.readString(TestNode.dataDir("cluster-first").resolve("signing-key.json")));
        var token = new SignedJWT(
                new JWSHeader(JWSAlgorithm.ES256),
                new JWTClaimsSet.Builder()
                        .issuer("skein")
                        .subject("somebody")
                        .audience("skein")
                        .claim("scope", scope)
                        .expirationTime(Date.from(Instant.now().plusSeconds(600)))
                        .build());
        token.sign(new ECDSASigner(key));
        return token.serialize();
    }

    @Test
    @Order(1)
    void only_operators_see_the_cluster() throws Exception {
        for (String stranger : List.of(owner.token(), token("skein:operators other"), token(List.of("operator")))) {
            var refused = get(second, "/v1/cluster", stranger);
            assertEquals(403, refused.statusCode(), refused.body());
            assertFalse(refused.body().contains(address(first)));
            assertFalse(WireClient.parse(get(second, "/v1/identity", stranger).body())
                    .get("operator")
                    .asBoolean());
        }
        assertEquals(401, get(second, "/v1/cluster", "").statusCode());
        assertEquals(401, get(first, "/v1/cluster", "").statusCode(), "in development mode, too");
        for (String operator : List.of(token("other skein:operator"), token(List.of("skein:operator")))) {
            assertEquals(200, get(second, "/v1/cluster", operator).statusCode());
            assertTrue(WireClient.parse(get(second, "/v1/identity", operator).body())
                    .get("operator")
                    .asBoolean());
        }
    }

    @Test
    @Order(2)
    void numbers_move_with_what_happens_where_it_happens() {
        // Nodes hear of each other's watches a moment after they are up.
        Eventually.holds("both say something", () -> !report(cluster(), second).isNull());
        JsonNode before = cluster();
        assertEquals(address(first), before.get("self").asText());
        assertEquals(2, before.get("nodes").size());
        assertEquals("up", node(before, second).get("status").asText());
        assertEquals(VERSION, node(before, second).get("version").asText());
        assertTrue(node(before, second).get("reachable").asBoolean());
        assertEquals(0, report(before, second).get("sessions").asInt());

        String workspace = ownedByFirst();
        WireClient client = WireClient.connect(second.port(), workspace, owner);
        try {
            client.hello(null, "*");
            for (int i = 0; i < 50; i++) {
                client.done("add_card", "{\"id\":\"c%d\",\"title\":\"x\",\"column\":0}".formatted(i));
            }
            Eventually.holds("the figures are there", () -> {
                JsonNode now = cluster();
                JsonNode owning = report(now, first);
                JsonNode serving = report(now, second);
                return owning.at("/commitsPerSecond/last10s").asDouble() > 1
                        && owning.at("/callsPerSecond/last60s").asDouble() > 0.5
                        && owning.at("/journal/last10s/count").asInt() > 0
                        && owning.at("/journal/last10s/p99Millis").asDouble() > 0
                        && owning.get("workspaces").asInt() > 0
                        && owning.get("shards").asInt() > 0
                        && serving.get("sessions").asInt() == 1
                        && serving.get("relays").asInt() == 1
                        && serving.at("/fanOut/last60s/count").asInt() >= 50
                        && serving.at("/fanOut/last60s/p99Millis").asDouble()
                                >= serving.at("/fanOut/last60s/p50Millis").asDouble()
                        && now.at("/busiest/0/workspace").asText().equals(workspace)
                        && now.at("/busiest/0/node").asText().equals(address(first));
            });
            JsonNode now = cluster();
            assertEquals(0, report(now, first).get("sessions").asInt(), "the socket is at the other node");
            assertTrue(
                    report(now, second).at("/commitsPerSecond/last60s").asDouble()
                            < report(now, first).at("/commitsPerSecond/last60s").asDouble(),
                    "the second node commits the creations that fell to it, and none of the cards");
            assertEquals(0, report(now, first).get("journalLagMillis").asDouble());
            assertTrue(report(now, second).at("/heap/usedBytes").asLong() > 1 << 20);
            assertTrue(
                    Instant.parse(report(now, second).get("upSince").asText()).isBefore(Instant.now()));
        } finally {
            client.close();
        }
        Eventually.holds(
                "the session is gone",
                () -> report(cluster(), second).get("sessions").asInt() == 0);
    }

    private static String ownedByFirst() {
        for (int attempt = 0; attempt < 64; attempt++) {
            String id = TestNode.freshName();
            TestNode.create(first, id, owner, "board", Access.PRIVATE);
            if (TwoNodesTest.owns(first.node(), id)) {
                return id;
            }
        }
        throw new AssertionError("the first node owns none of 64 workspaces");
    }

    /** The last one: the second node has no watch any more after it. */
    @Test
    @Order(3)
    void a_node_that_does_not_answer_is_silent_and_delays_nobody_for_long() {
        var watches = ServiceKey.create(Watch.Command.class, "skein-watch");
        var asked = new AtomicInteger();
        ActorRef<Watch.Command> mute = second.node()
                .system()
                .systemActorOf(
                        Behaviors.receiveMessage(_ -> {
                            asked.incrementAndGet();
                            return Behaviors.same();
                        }),
                        "mute-watch",
                        Props.empty());
        second.node().system().receptionist().tell(Receptionist.register(watches, mute));
        Eventually.holds("the mute one is asked", () -> {
            cluster();
            return asked.get() > 0;
        });
        long began = System.nanoTime();
        JsonNode whole = cluster();
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertTrue(took.compareTo(Watch.PATIENCE.multipliedBy(3)) < 0, took.toString());
        assertFalse(report(whole, second).isNull(), "what others say is not lost");
        second.node().system().receptionist().tell(Receptionist.deregister(watches, mute));

        Adapter.toClassic(second.node().system())
                .actorSelection("/system/skein-watch")
                .tell(PoisonPill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
        Eventually.holds("it is silent", () -> report(cluster(), second).isNull());
        assertTrue(node(cluster(), second).get("reachable").asBoolean());
        assertFalse(report(cluster(), first).isNull());
    }
}
