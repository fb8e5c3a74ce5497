package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code kill -9} while members change: the audit log and the journal say the same. */
class AuditKillTest {
    private static final int ADMINS = 4;
    private static final int KILL_AFTER = 60;

    @Test
    void U1_after_kill_9_the_log_has_neither_more_nor_less_than_the_journal() throws Exception {
        Path folder = TestNode.dataDir("wire-audited");
        String workspace = TestNode.freshName();
        String owner;
        try (var postgres = OwnPostgres.start(folder)) {
            try (var server = ServerProcess.start(folder, postgres.environment())) {
                owner = TestNode.somebody(server.port()).token();
                new TokenClient(server.port(), owner)
                        .post(
                                "/v1/workspaces",
                                "{\"id\":\"%s\",\"name\":\"n\",\"module\":\"board\"}".formatted(workspace));
                var made = new AtomicInteger();
                List<Thread> admins = Stream.generate(
                                () -> Thread.ofVirtual().start(() -> invite(server.port(), owner, workspace, made)))
                        .limit(ADMINS)
                        .toList();
                Eventually.holds("invitations are made", () -> made.get() >= KILL_AFTER);
                server.kill();
                for (Thread admin : admins) {
                    admin.join();
                }
            }
            try (var server = ServerProcess.start(folder, postgres.environment())) {
                var client = new TokenClient(server.port(), owner);
                List<Long> journal =
                        seqs(client, "/v1/workspaces/" + workspace + "/history?limit=1000", "transactions");
                List<Long> log = seqs(
                        client, "/v1/workspaces/" + workspace + "/audit?limit=1000&kind=invite_created", "entries");
                journal.remove(1L); // that which made the workspace
                assertTrue(log.size() >= KILL_AFTER, "there is something to compare");
                assertEquals(journal.reversed(), log.reversed());
            }
        }
    }

    /** Until nobody answers any more. */
    private static void invite(int port, String owner, String workspace, AtomicInteger made) {
        var client = new TokenClient(port, owner);
        try {
            while (client.post("/v1/workspaces/" + workspace + "/invites", "{\"role\":\"viewer\"}")
                            .statusCode()
                    == 201) {
                made.incrementAndGet();
            }
        } catch (UncheckedIOException _) {
            // the server was killed
        }
    }

    private static List<Long> seqs(TokenClient client, String path, String array) {
        JsonNode page = WireClient.parse(client.get(path).body());
        var seqs = new ArrayList<Long>();
        page.get(array).forEach(entry -> seqs.add(entry.get("seq").asLong()));
        return seqs;
    }
}
