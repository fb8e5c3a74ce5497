package io.skein.edge.rooms;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.NodeProgram;
import io.skein.modules.rooms.yjs.MalformedException;
import io.skein.modules.rooms.yjs.StateVector;
import io.skein.modules.rooms.yjs.Update;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What Skein makes of updates, checked by Yjs itself with random documents: {@code src/test/yjs/documents.js}. */
class DocumentsTest {
    static final Path OUTPUT = Path.of("target/yjs-test").toAbsolutePath();
    static final NodeProgram YJS = new NodeProgram(
            Path.of("src/test/yjs").toAbsolutePath(), OUTPUT, "rooms are not tested with the clients of others here");

    private static final ObjectMapper JSON = new ObjectMapper();

    /** Where the stories begin, and how many there are; any other ones can be had by {@code -Dtest.yjs.seed} and {@code …count}. */
    private static final int SEED = Integer.getInteger("test.yjs.seed", 1);

    private static final int COUNT = Integer.getInteger("test.yjs.count", 300);

    @Test
    void Y2_whatIsMerged_saysWhatItWasMadeOf() throws Exception {
        YJS.requireNode();
        YJS.installPackages();
        Path log = Files.createDirectories(OUTPUT).resolve("documents.log");
        Process node = new ProcessBuilder("node", "documents.js", Integer.toString(SEED), Integer.toString(COUNT))
                .directory(YJS.folder().toFile())
                .redirectError(log.toFile())
                .start();
        try (var in = new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8));
                var out = node.outputWriter(UTF_8)) {
            String line = in.readLine();
            while (line != null && !line.equals("done")) {
                out.write(answer(JSON.readTree(line)));
                out.write('\n');
                out.flush();
                line = in.readLine();
            }
            assertEquals("done", line, () -> "Yjs does not agree:\n" + text(log));
        } finally {
            node.destroy();
            node.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static String answer(JsonNode question) throws MalformedException, IOException {
        var updates = new ArrayList<Update>();
        for (JsonNode update : question.get("updates")) {
            updates.add(Update.read(update.binaryValue()));
        }
        Update merged = Update.merge(updates);
        StateVector vector = StateVector.read(question.get("vector").binaryValue());
        return JSON.writeValueAsString(Map.of(
                "merged", text(merged.toBytes()),
                "missing", text(merged.since(vector).toBytes()),
                "vector", text(merged.vector().toBytes()),
                "within", isWithin(updates, merged)));
    }

    /** Also as it was written and read again. */
    private static boolean isWithin(List<Update> updates, Update merged) throws MalformedException {
        Update again = Update.read(merged.toBytes());
        for (Update update : updates) {
            boolean whole = update.isWithin(merged);
            if (whole != update.isWithin(again)) {
                throw new AssertionError("an update is not the same when it is read again");
            }
            if (!whole) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static String text(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
