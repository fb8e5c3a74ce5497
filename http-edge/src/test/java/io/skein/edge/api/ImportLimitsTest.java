package io.skein.edge.api;

import static io.skein.edge.api.ExportImportTest.BOARD_HEAD;
import static io.skein.edge.api.ExportImportTest.card;
import static io.skein.edge.api.ExportImportTest.cards;
import static io.skein.edge.api.ExportImportTest.freshPath;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.SubmissionPublisher;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What imports a node bears: {@link RunningEdge} takes three at once, of 1 MiB each. */
class ImportLimitsTest {
    private final Api ada = Api.somebody();

    @Test
    void V3_a_body_beyond_the_limit_is_too_large() {
        String path = freshPath();
        ada.post(path + "/import", cards(20_000)).problem(413, "too_large");
    }

    /** A body that comes a line at a time. */
    private final class Trickle {
        private final String path = freshPath();
        private final SubmissionPublisher<ByteBuffer> lines = new SubmissionPublisher<>();
        private final CompletableFuture<Api.Answer> answer = CompletableFuture.supplyAsync(
                () -> ada.send(ada.request(path + "/import").POST(BodyPublishers.fromPublisher(lines))),
                Executors.newVirtualThreadPerTaskExecutor());

        void send(String line) {
            Eventually.holds("the request is on its way", lines::hasSubscribers);
            lines.submit(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void L2_one_import_too_many_is_overloaded_and_the_others_go_on() {
        var running = Stream.generate(Trickle::new).limit(3).toList();
        for (Trickle each : running) {
            each.send(BOARD_HEAD);
            Eventually.holds("it has begun", () -> ada.get(each.path).status() == 200);
        }
        JsonNode refused = ada.post(freshPath() + "/import", cards(1))
                .problem(503, "overloaded")
                .json();
        assertTrue(refused.get("retryAfter").asLong() > 0);
        for (Trickle each : running) {
            each.send(card(1));
            each.lines.close();
            assertEquals(1, each.answer.join().expect(201).json().get("rows").asLong());
        }
        ada.post(freshPath() + "/import", cards(1)).expect(201);
    }

    @Test
    void a_client_that_leaves_in_the_middle_gives_its_place_back() {
        for (int i = 0; i < 5; i++) {
            var leaving = new Trickle();
            leaving.send(BOARD_HEAD);
            Eventually.holds("it has begun", () -> ada.get(leaving.path).status() == 200);
            leaving.lines.closeExceptionally(new IOException("unplugged"));
            assertThrows(CompletionException.class, leaving.answer::join);
        }
        Eventually.holds("all places are free", () -> {
            var all = Stream.generate(Trickle::new).limit(3).toList();
            all.forEach(each -> {
                each.send(cards(1));
                each.lines.close();
            });
            return all.stream().allMatch(each -> each.answer.join().status() == 201);
        });
    }
}
