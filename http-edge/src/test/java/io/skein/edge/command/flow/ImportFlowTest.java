package io.skein.edge.command.flow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.Main;
import io.skein.edge.NodeFolder;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.command.imports.TokenFile;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The importer against a whole node. */
class ImportFlowTest {
    private static final List<String> FILE = List.of("""
        {"name":"Two","nodes":[{"id":"a","name":"A","type":"t","position":[1,2],"parameters":{"n":1.0}},\
        {"name":"B"},{"id":"a","name":"A","position":[1e999,0]},7],"connections":{"A":{"main":[null,[null,\
        {"node":"B","index":1},{"node":"B","index":1},{"node":"Z"}]]},"Y":{"main":[[{"node":"A"}]]}}}\
        """, "{\"name\":", "{\"nodes\":[],\"connections\":null}");

    @TempDir
    private static Path folder;

    private static Edge edge;
    private static Path file;

    @BeforeAll
    static void start() throws Exception {
        Map<String, Object> overrides =
                Map.of("skein.data-dir", NodeFolder.at(folder.resolve("node")).toString(), "skein.http.port", 0);
        edge = Edge.start(NodeConfig.of(ConfigFactory.parseMap(overrides)), Modules.installed());
        file = Files.write(folder.resolve("flows.ndjson"), FILE);
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private record Run(int code, String out, String err) {}

    private static Run run(Path data, String... more) throws Exception {
        Path config = Files.writeString(
                folder.resolve("import.conf"), "skein.data-dir = \"" + data + "\"\nskein.http.port = " + edge.port());
        var args = new java.util.ArrayList<>(List.of("import", "flow", file.toString(), "--config", config.toString()));
        args.addAll(List.of(more));
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }

    /** What the owner sees of every workspace of the file; its tag has the seq. */
    private static Map<Long, String> snapshots(Path data) throws Exception {
        var found = new TreeMap<Long, String>();
        String token = new TokenFile(data, URI.create("http://127.0.0.1:" + edge.port()))
                .read()
                .orElseThrow();
        try (HttpClient http = HttpClient.newHttpClient();
                var lines = new Lines(Files.newInputStream(file))) {
            for (Lines.Line line = lines.next(); line != null; line = lines.next()) {
                var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + "/v1/workspaces/"
                                + FlowImport.id(line) + "/snapshot"))
                        .header("authorization", "Bearer " + token)
                        .build();
                var answer = http.send(request, BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    found.put(line.number(), answer.body());
                }
            }
        }
        return found;
    }

    @Test
    void importIsCutShortThenCompletedThenRepeatedWithoutAChange() throws Exception {
        Path data = folder.resolve("owner");

        assertEquals(0, run(data, "--limit", "1").code());
        assertEquals(java.util.Set.of(1L), snapshots(data).keySet());

        Run second = run(data);
        assertEquals(1, second.code(), "a line is no workflow");
        assertTrue(second.out().contains("1 imported, 1 already there, 0 refused, 1 unreadable"), second.out());
        assertTrue(second.out().contains("3 nodes, 1 edges"), second.out());
        Map<Long, String> before = snapshots(data);
        assertEquals(java.util.Set.of(1L, 3L), before.keySet());
        assertTrue(
                java.util.Objects.requireNonNull(before.get(1L)).contains("\"seq\":2"),
                java.util.Objects.requireNonNull(before.get(1L)));

        assertTrue(run(data).out().contains("0 imported, 2 already there"));
        assertEquals(before, snapshots(data));

        Run stranger = run(folder.resolve("stranger"), "--limit", "1");
        assertEquals(1, stranger.code());
        assertTrue(stranger.err().contains("forbidden"), stranger.err());
    }

    @Test
    void wrongToken_isOneClearLine() throws Exception {
        Run run = run(folder.resolve("nobody"), "--token", "wrong");
        assertEquals(1, run.code());
        assertEquals(1, run.err().lines().count(), run.err());
        assertTrue(run.err().contains("does not accept the token of --token: unauthenticated"), run.err());
    }
}
