package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.edge.wire.TestNode.Who;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Processes that are killed in the middle of load, and what is there afterwards. */
class DurabilityTest {
    private static final int WRITERS = 4;
    private static final int KILL_AFTER = 600;

    private final String workspace = TestNode.freshName();

    @Test
    void D2_kill_9_of_the_server_loses_and_repeats_nothing() throws Exception {
        Path dataDir = TestNode.dataDir("wire-killed-server");
        Crowd crowd;
        try (var server = ServerProcess.start(dataDir, Map.of())) {
            crowd = new Crowd(server.port());
            crowd.awaitAnswers(KILL_AFTER);
            server.kill();
            crowd.awaitClosed();
        }
        assertTrue(crowd.writers.stream().anyMatch(Writer::isWaiting), "the kill came when everything was answered");
        try (var server = ServerProcess.start(dataDir, Map.of())) {
            crowd.requireEverything(server.port());
        }
    }

    @Test
    void D2_kill_9_of_PostgreSQL_loses_and_repeats_nothing_and_the_server_serves_again() throws Exception {
        Path folder = TestNode.dataDir("wire-killed-postgres");
        try (var postgres = OwnPostgres.start(folder);
                var server = ServerProcess.start(folder, postgres.environment())) {
            var crowd = new Crowd(server.port());
            crowd.awaitAnswers(KILL_AFTER);
            postgres.kill();
            long before = crowd.answers();
            assertTrue(before < WRITERS * Writer.CALLS, "the kill came when everything was answered");
            postgres.startAgain();
            // Nobody has to come back: the same sockets get the answers that they wait for.
            crowd.awaitAnswers(WRITERS * Writer.CALLS);
            for (Writer writer : crowd.writers) {
                assertEquals(Writer.CALLS, writer.accepted(writer.client).size());
            }
            crowd.requireEverything(server.port());
        }
    }

    /** Several writers and one who watches. */
    private final class Crowd {
        final List<Writer> writers = new ArrayList<>();
        private final Who owner;
        private final WireClient watcher;

        Crowd(int port) throws IOException, InterruptedException {
            owner = TestNode.somebody(port);
            var created = TestNode.HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/workspaces"))
                            .header("Authorization", "Bearer " + owner.token())
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"id\":\"%s\",\"name\":\"n\",\"module\":\"board\",\"access\":\"public-write\"}"
                                            .formatted(workspace)))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertEquals(201, created.statusCode(), created::body);
            watcher = WireClient.connect(port, workspace, owner);
            watcher.hello(null, "*");
            watcher.await("snapshot", message -> WireClient.is(message, "snapshot"));
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new Writer(port, workspace, TestNode.somebody(port), "w" + i));
            }
            writers.forEach(Writer::start);
        }

        long answers() {
            return writers.stream().mapToLong(Writer::answers).sum();
        }

        void awaitAnswers(long number) {
            Eventually.holds(number + " answers", () -> answers() >= number);
        }

        void awaitClosed() throws InterruptedException {
            watcher.awaitClose();
            for (Writer writer : writers) {
                writer.client.awaitClose();
                writer.thread.join();
            }
        }

        /** Compares what was acknowledged and what was seen with what is there; then sends everything again. */
        void requireEverything(int port) {
            try (var fresh = WireClient.connect(port, workspace, owner)) {
                fresh.hello(null, "*");
                long head = fresh.await("welcome", message -> WireClient.is(message, "welcome"))
                        .get("seq")
                        .asLong();
                fresh.awaitSeq(head); // the snapshot may be one that was ready, and older
                Map<String, Long> seqs = seqs(fresh);
                assertEquals(
                        LongStream.rangeClosed(2, head).boxed().toList(),
                        seqs.values().stream().sorted().toList(),
                        "every transaction after the first added one card");
                watcher.messages("tx")
                        .forEach(tx -> assertEquals(
                                tx.get("seq").asLong(),
                                seqs.get(tx.at("/subs/1/card/insert/0/id").asText()),
                                () -> "seen, but not there: " + tx));
                writers.forEach(writer -> writer.accepted(writer.client)
                        .forEach((call, seq) -> assertEquals(seq, seqs.get(writer.card(call)), "lost: " + call)));
                long added = 0;
                for (Writer writer : writers) {
                    added += writer.sendAgain(port, workspace, seqs, head);
                }
                fresh.awaitSeq(head + added);
                requireSameRows(port, fresh, head + added);
            }
        }

        /** Who returns with what it had before goes on to what the others have. */
        private void requireSameRows(int port, WireClient fresh, long head) {
            try (var back = WireClient.connect(port, workspace, owner)) {
                var messages = new ArrayList<>(watcher.messages());
                back.hello(
                        WireClient.resume(
                                messages.getFirst().get("epoch").asText(),
                                Replica.of(messages).seq(),
                                watcher.messages("snapshot")
                                        .getFirst()
                                        .get("view")
                                        .asText()),
                        "*");
                back.await(
                        "an answer",
                        message -> WireClient.is(message, "resumed") || WireClient.is(message, "snapshot"));
                back.ping();
                if (Replica.of(messages).seq() < head) {
                    back.awaitSeq(head);
                }
                messages.addAll(back.messages());
                assertEquals(
                        Replica.of(fresh.messages()).rows(),
                        Replica.of(messages).rows());
            }
        }

        /** Where each card was added, by what this client was told. */
        private static Map<String, Long> seqs(WireClient fresh) {
            var seqs = new HashMap<String, Long>();
            JsonNode cards = fresh.messages("snapshot").getFirst().at("/subs/1/card");
            for (int i = 0; i < cards.get("rows").size(); i++) {
                seqs.put(
                        cards.get("rows").get(i).get("id").asText(),
                        cards.get("versions").get(i).asLong());
            }
            fresh.messages("tx")
                    .forEach(tx -> seqs.put(
                            tx.at("/subs/1/card/insert/0/id").asText(),
                            tx.get("seq").asLong()));
            return seqs;
        }
    }
}
