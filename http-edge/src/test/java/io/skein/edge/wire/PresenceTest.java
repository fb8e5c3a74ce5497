package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.persistence.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.Kill;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is here, at two nodes of one cluster; the owner of half of the workspaces is the other node. */
class PresenceTest {
    private static final String NODE = "presence";
    private static final Map<String, Object> SETTINGS = Map.of(
            "skein.presence.grace",
            "3s",
            "skein.presence.settle",
            "500ms",
            "skein.presence.list-max",
            20,
            "skein.presence.active-shown",
            5);

    private static Edge first;
    private static Edge second;
    private static Who owner;

    @BeforeAll
    static void start() throws IOException {
        first = TestNode.start(NODE, SETTINGS);
        second = TestNode.startBeside(first, NODE, "presence-second", SETTINGS);
        Eventually.holds("both nodes are ready", () -> TwoNodesTest.ready(first) && TwoNodesTest.ready(second));
        owner = TestNode.somebody(first.port());
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
    }

    private static String workspace(Access access) {
        String id = TestNode.freshName();
        TestNode.create(first, id, owner, "board", access);
        return id;
    }

    private static PresentClient enter(Edge edge, String workspace, Who who, String presence) {
        return PresentClient.enter(edge.port(), workspace, who, presence);
    }

    private static Who somebody() {
        return TestNode.somebody(first.port());
    }

    private static JsonNode get(Edge edge, String workspace, Who who) {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + edge.port() + "/v1/workspaces/" + workspace + "/presence"))
                .header("Authorization", "Bearer " + who.token())
                .build();
        try {
            return WireClient.parse(TestNode.HTTP
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void sessionsOfBothNodesSeeOneAnother_andWhatTheySayOfThemselvesIsMergedByKey() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        Who ann = somebody();
        Who bob = somebody();
        try (var a = enter(first, workspace, ann, "{\"state\":{\"name\":\"ann\",\"at\":1}}");
                var b = enter(second, workspace, bob, "{\"state\":{\"name\":\"bob\"}}");
                var tab = enter(second, workspace, ann, "{\"state\":{\"name\":\"tab\"}}")) {
            a.sees(ann, "{\"name\":\"tab\"}");
            a.say("\"state\":{\"at\":2,\"x\":{\"deep\":[1,\"\\u00e4\\\"\"]}}");
            a.say("\"state\":{\"name\":null}");
            var expected = Map.of(
                    ann.identity().toString(), "2 true {\"at\":2,\"x\":{\"deep\":[1,\"ä\\\"\"]}}",
                    bob.identity().toString(), "1 true {\"name\":\"bob\"}");
            a.sees(expected);
            b.sees(expected);
            tab.sees(expected);
            for (Edge edge : List.of(first, second)) {
                JsonNode here = get(edge, workspace, owner);
                assertEquals("list", here.get("mode").asText());
                assertEquals(2, here.get("users").asInt());
                assertEquals(3, here.get("sessions").asInt());
                assertEquals(2, here.get("list").size());
            }
            a.say("\"leave\":true");
            b.sees(Map.of(
                    ann.identity().toString(), "1 true {\"name\":\"tab\"}",
                    bob.identity().toString(), "1 true {\"name\":\"bob\"}"));
            a.sees(b.people());
        }
    }

    @Test
    void P1_nothingOfPresenceIsJournaled() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        try (var a = enter(first, workspace, owner, "{\"state\":{\"x\":1}}");
                var b = enter(second, workspace, somebody(), "{}")) {
            b.sees(owner, "{\"x\":1}");
            a.say("\"state\":{\"x\":2}");
            b.sees(owner, "{\"x\":2}");
            WireClient after = TwoNodesTest.open(first, workspace, owner, "*");
            assertEquals(2, after.done("add_card", TwoNodesTest.card("c")), "the second transaction of the workspace");
            after.close();
        }
    }

    @Test
    void P2_howeverManyChangesATickHasOneFrame() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        Who ann = somebody();
        try (var a = enter(first, workspace, ann, "{}");
                var b = enter(second, workspace, somebody(), "{}")) {
            b.sees(ann, "{}");
            int before = b.told().size();
            long start = System.nanoTime();
            for (int i = 1; i <= 100; i++) {
                a.say("\"state\":{\"i\":" + i + "}");
            }
            b.sees(ann, "{\"i\":100}");
            long ticks = 2 + (System.nanoTime() - start) / 50_000_000;
            int frames = b.told().size() - before;
            assertTrue(frames <= ticks, frames + " frames in " + ticks + " ticks");
        }
    }

    @Test
    void P4_whoReconnectsWithinTheGraceHasNeverBeenAway_andP3_whoDoesNotIsGone() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        Who ann = somebody();
        Who bob = somebody();
        Who eve = somebody();
        try (var c = enter(second, workspace, eve, "{}")) {
            var a = enter(first, workspace, ann, "{\"state\":{\"x\":1}}");
            var b = enter(second, workspace, bob, "{\"state\":{\"x\":1}}");
            c.sees(ann, "{\"x\":1}");
            c.sees(bob, "{\"x\":1}");
            a.close();
            b.close();
            try (var again = enter(second, workspace, ann, "{\"state\":{\"x\":1}}")) {
                Eventually.holds("who stayed away is gone", () -> c.timesGone(bob) == 1);
                again.say("\"state\":{\"x\":2}");
                c.sees(ann, "{\"x\":2}");
                assertEquals(0, c.timesGone(ann));
                assertTrue(c.person(ann).startsWith("1 "), c.people()::toString);
                assertEquals(2, c.last().get("users").asInt());
            }
        }
    }

    @Test
    void P5_withManyTheMostActiveAreToldAndWithFewAgainAll() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        var there = new ArrayList<PresentClient>();
        try (var a = enter(first, workspace, somebody(), "{}");
                var counts = enter(second, workspace, somebody(), "{\"watch\":\"counts\"}")) {
            for (int i = 0; i < 20; i++) {
                there.add(enter(i % 2 == 0 ? first : second, workspace, somebody(), "{\"watch\":\"off\"}"));
            }
            Eventually.holds(
                    "the mode is active",
                    () -> a.told().stream()
                            .anyMatch(message -> message.path("mode").asText().equals("active")));
            Eventually.holds("everybody is counted", () -> a.last().get("users").asInt() == 22);
            Eventually.holds(
                    "and told to who wants no more",
                    () -> counts.last().get("users").asInt() == 22);
            there.forEach(one -> one.say("\"leave\":true"));
            Eventually.holds(
                    "the mode is list",
                    () -> a.last().get("users").asInt() == 2 && a.people().size() == 2);
            counts.told().forEach(message -> assertFalse(message.has("list") || message.has("put"), message::toString));
            there.forEach(one -> assertEquals(List.of(), one.told()));
        } finally {
            there.forEach(PresentClient::close);
        }
    }

    @Test
    void V3_badWordsAboutPresenceAreAnsweredAndChangeNothing() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        try (var a = enter(first, workspace, owner, "{\"state\":{\"x\":1}}")) {
            a.sees(owner, "{\"x\":1}");
            for (String bad : List.of(
                    "\"state\":[]",
                    "\"state\":7",
                    "\"watch\":\"all\"",
                    "\"leave\":1",
                    "\"active\":\"yes\"",
                    "\"y\":1")) {
                long id = a.say(bad);
                assertEquals("invalid_args", error(a, id), bad);
            }
            long large = a.say("\"state\":{\"y\":\"" + "z".repeat(4_096) + "\"}");
            assertEquals("too_large", error(a, large));
            a.say("\"state\":{\"x\":2}");
            a.sees(owner, "{\"x\":2}");
            for (int i = 0; i < 200; i++) {
                a.say("\"state\":{\"i\":" + i + "}");
            }
            a.wire.await(
                    "rate_limited",
                    message -> message.path("error").path("code").asText().equals("rate_limited"));
            a.wire.ping();
        }
    }

    private static String error(PresentClient client, long id) {
        return client.wire
                .await(
                        "error",
                        message -> WireClient.is(message, "error")
                                && message.get("id").asLong() == id)
                .get("error")
                .get("code")
                .asText();
    }

    @Test
    void M2_whoMayNotEnterIsNotToldWhoIsHere_andWhoIsSentAwayIsGoneAtOnce() {
        String workspace = workspace(Access.PRIVATE);
        try (var a = enter(first, workspace, owner, "{}")) {
            a.sees(owner, "{}");
            assertEquals(
                    "forbidden", get(second, workspace, somebody()).get("code").asText());
            assertEquals(1, get(second, workspace, owner).get("users").asInt());
        }
    }

    @Test
    void aSessionThatWantsTheListAnewGetsIt_andIsIdleWhenItSaysSo() {
        String workspace = workspace(Access.PUBLIC_WRITE);
        try (var a = enter(first, workspace, owner, "{}");
                var b = enter(second, workspace, somebody(), "{}")) {
            b.sees(owner, "{}");
            a.say("\"active\":false");
            Eventually.holds("idle", () -> b.person(owner).startsWith("1 false"));
            long lists =
                    b.told().stream().filter(message -> message.has("mode")).count();
            b.say("\"refresh\":true");
            Eventually.holds(
                    "another list",
                    () -> b.told().stream()
                                    .filter(message -> message.has("mode"))
                                    .count()
                            == lists + 1);
            b.sees(a.people());
        }
    }

    @Test
    void P3_aKilledBoardLeavesNoGhostAndNobodyOut() {
        P3_afterAFault("/system/sharding/workspace/*/*/presence-*");
    }

    @Test
    void P3_aKilledRelayLeavesNoGhostAndNobodyOut() {
        P3_afterAFault("/system/skein-relays/*");
    }

    private static void P3_afterAFault(String actors) {
        String workspace = workspace(Access.PUBLIC_WRITE);
        Who ann = somebody();
        Who bob = somebody();
        Who eve = somebody();
        var a = enter(first, workspace, ann, "{}");
        var b = enter(second, workspace, bob, "{}");
        try {
            a.sees(bob, "{}");
            b.sees(ann, "{}");
            for (Edge edge : List.of(first, second)) {
                Adapter.toClassic(edge.node().system())
                        .actorSelection(actors)
                        .tell(Kill.getInstance(), org.apache.pekko.actor.ActorRef.noSender());
            }
            boolean relays = actors.contains("relays");
            if (relays) {
                assertEquals(1013, a.wire.awaitClose());
                assertEquals(1013, b.wire.awaitClose());
            }
            try (var c = enter(first, workspace, eve, "{\"state\":{\"late\":true}}")) {
                var here = new TreeMap<String, String>();
                here.put(eve.identity().toString(), "1 true {\"late\":true}");
                if (!relays) {
                    here.put(ann.identity().toString(), "1 true {}");
                    here.put(bob.identity().toString(), "1 true {}");
                    a.sees(here);
                    b.sees(here);
                }
                c.sees(here);
            }
        } finally {
            a.close();
            b.close();
        }
    }

    @Test
    void P3_aKilledNodeTakesItsSessionsWithIt_allAtOnce() throws IOException {
        Endpoint database = first.node().database().endpoint();
        String seed = Cluster.get(first.node().system()).selfMember().address().toString();
        String workspace = workspace(Access.PUBLIC_WRITE);
        while (!TwoNodesTest.owns(first.node(), workspace)) {
            workspace = workspace(Access.PUBLIC_WRITE);
        }
        try (ServerProcess third = ServerProcess.start(
                        TestNode.dataDir("presence-third"),
                        Map.of(
                                "SKEIN_DB_URL", database.url(),
                                "SKEIN_DB_USER", database.user(),
                                "SKEIN_DB_PASSWORD", database.password(),
                                "SKEIN_CLUSTER_ENVIRONMENT", "local",
                                "SKEIN_CLUSTER_SEED_NODES", seed,
                                "SKEIN_TOKEN_KEY",
                                        Files.readString(TestNode.dataDir(NODE).resolve("signing-key.json"))));
                var a = enter(first, workspace, owner, "{}")) {
            for (int i = 0; i < 5; i++) {
                PresentClient.enter(third.port(), workspace, somebody(), "{\"watch\":\"off\"}");
            }
            Who returning = somebody();
            PresentClient.enter(third.port(), workspace, returning, "{\"watch\":\"off\"}");
            Eventually.holds("all of them are here", () -> a.last().get("users").asInt() == 7);
            int before = a.told().size();
            third.kill();
            try (var back = enter(second, workspace, returning, "{}")) {
                Eventually.holds("they are gone", () -> a.people().size() == 2);
                back.sees(a.people());
            }
            List<Integer> removals = a.told().stream()
                    .skip(before)
                    .map(message -> message.path("remove").size())
                    .filter(removed -> removed > 0)
                    .toList();
            assertEquals(List.of(5), removals);
        }
    }

    @Test
    void P4_aNodeThatLeavesWithTheWorkspaceHandsItsSessionsOver_andNobodyHearsOfIt() throws IOException {
        var came = new ArrayList<PresentClient>();
        try (Edge leaving = TestNode.startBeside(first, NODE, "presence-leaving", SETTINGS)) {
            Eventually.holds("it is ready", () -> TwoNodesTest.ready(leaving));
            String workspace = workspace(Access.PUBLIC_WRITE);
            while (!TwoNodesTest.owns(leaving.node(), workspace)) {
                workspace = workspace(Access.PUBLIC_WRITE);
            }
            try (var watcher = enter(first, workspace, owner, "{}")) {
                for (int i = 0; i < 5; i++) {
                    came.add(enter(leaving, workspace, somebody(), "{\"state\":{\"i\":" + i + "}}"));
                }
                Eventually.holds("all are here", () -> watcher.people().size() == 6);
                Map<String, String> everybody = watcher.people();
                int before = watcher.told().size();

                CompletableFuture<Void> gone = CompletableFuture.runAsync(leaving::close);
                var back = new ArrayList<PresentClient>();
                for (int i = 0; i < came.size(); i++) {
                    PresentClient one = came.get(i);
                    JsonNode bye = one.wire.await("bye", message -> WireClient.is(message, "bye"));
                    assertEquals("unavailable", bye.path("code").asText(), bye::toString);
                    back.add(enter(second, workspace, one.who, "{\"state\":{\"i\":" + i + "}}"));
                }
                gone.join();
                watcher.sees(everybody);
                back.forEach(one -> one.sees(everybody));
                // The grace of whoever did not come back is over once that of somebody who went later is.
                Who late = somebody();
                enter(second, workspace, late, "{}").close();
                Eventually.holds("the grace is over", () -> watcher.timesGone(late) == 1);
                came.forEach(one -> assertEquals(
                        0, watcher.timesGone(one.who), () -> watcher.told().toString()));
                watcher.told().stream()
                        .skip(before)
                        .forEach(message -> assertTrue(message.get("users").asInt() >= 6, message::toString));
                back.forEach(PresentClient::close);
            }
        }
    }

    /** Sessions come, go, get lost and change by the dice; when they rest, every list is who is really there. */
    @ParameterizedTest
    @ValueSource(longs = {11, 12})
    void P3_afterQuietEveryListIsTheTrueSet(long seed) {
        var dice = new Random(seed);
        String workspace = workspace(Access.PUBLIC_WRITE);
        List<Who> people = List.of(somebody(), somebody(), somebody(), somebody(), somebody(), somebody());
        var here = new ArrayList<PresentClient>();
        try {
            for (int i = 0; i < 120; i++) {
                int what = here.isEmpty() ? 0 : dice.nextInt(10);
                if (what < 4) {
                    Edge edge = dice.nextBoolean() ? first : second;
                    here.add(enter(edge, workspace, people.get(dice.nextInt(people.size())), "{}"));
                } else if (what < 7) {
                    PresentClient gone = here.remove(dice.nextInt(here.size()));
                    if (dice.nextBoolean()) {
                        gone.say("\"leave\":true");
                    }
                    gone.wire.awaitSent();
                    gone.close();
                } else {
                    here.get(dice.nextInt(here.size())).say("\"state\":{\"i\":" + i + "}");
                }
            }
            var sessions = new TreeMap<String, Integer>();
            here.forEach(one -> sessions.merge(one.who.identity().toString(), 1, Integer::sum));
            for (PresentClient one : here) {
                Eventually.holds("everybody who is here, and nobody else: " + sessions, () -> {
                    var seen = new TreeMap<String, Integer>();
                    one.people().forEach((who, text) -> seen.put(who, Integer.parseInt(text.split(" ", -1)[0])));
                    return seen.equals(sessions);
                });
            }
            here.forEach(one -> assertEquals(here.getFirst().people(), one.people()));
        } finally {
            here.forEach(PresentClient::close);
        }
    }
}
