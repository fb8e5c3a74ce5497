package io.skein.edge.command.studio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.Main;
import io.skein.edge.NodeFolder;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.command.imports.TokenFile;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The importer against a whole node. */
class ImportStudioTest {
    private static final String DRAWN = """
        {"id":"w-%s","name":"Drawn","createdAt":"2024-02-29T12:00:00.000Z","ui":{"zoom":1.50},"nodes":[
          {"id":"a","type":"start","position":{"x":1,"y":2.5},"data":{"label":"A","n":1.10},"width":9},{"id":"b"}],
         "edges":[{"id":"e","source":"a","target":"b","sourceHandle":"out"}]}\
        """;
    private static final String CONNECTED = """
        {"name":"Connected","nodes":[{"id":"1","name":"A","type":"t","position":[1,2],"parameters":{"n":1.0}},\
        {"name":"B","type":"t"}],"connections":{"A":{"main":[[{"node":"B","index":1}]]}}}\
        """;

    @TempDir
    private static Path folder;

    private static Edge edge;

    @BeforeAll
    static void start() throws Exception {
        Map<String, Object> overrides =
                Map.of("skein.data-dir", NodeFolder.at(folder.resolve("node")).toString(), "skein.http.port", 0);
        edge = Edge.start(NodeConfig.of(ConfigFactory.parseMap(overrides)), Modules.installed());
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private record Run(int code, String out, String err) {}

    private static Run run(Path source, String database, String... more) throws Exception {
        Path data = folder.resolve("owner");
        Path config = Files.writeString(
                folder.resolve("import.conf"), "skein.data-dir = \"" + data + "\"\nskein.http.port = " + edge.port());
        var args = new java.util.ArrayList<>(
                List.of("import", "studio", source.toString(), "--config", config.toString(), "--database", database));
        args.addAll(List.of(more));
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args.toArray(String[]::new));
        return new Run(code, out.toString(), err.toString());
    }

    /** What the importer's identity sees of a database, and at which {@code seq}. */
    private static JsonNode snapshot(String database) throws Exception {
        URI server = URI.create("http://127.0.0.1:" + edge.port());
        String token = new TokenFile(folder.resolve("owner"), server).read().orElseThrow();
        try (var api = new Api(server, token, new Figures())) {
            return Api.checked(api.get("/v1/workspaces/" + database + "/snapshot"))
                    .body();
        }
    }

    private static JsonNode rows(JsonNode snapshot, String table) {
        return snapshot.path("tables").path(table).path("rows");
    }

    private static Set<String> values(JsonNode snapshot, String table, String column) {
        var values = new TreeSet<String>();
        rows(snapshot, table).forEach(row -> values.add(row.path(column).asText()));
        return values;
    }

    @Test
    void directory_isImportedOnceHoweverOften() throws Exception {
        Path directory = Files.createDirectories(folder.resolve("My flows"));
        Files.writeString(directory.resolve("drawn.json"), DRAWN.formatted("one"));
        Files.writeString(Files.createDirectories(directory.resolve("deep/er")).resolve("one two.json"), CONNECTED);
        Files.writeString(directory.resolve("again.json"), DRAWN.formatted("one"));
        Files.writeString(directory.resolve("broken.json"), "{\"nodes\":");
        Files.writeString(directory.resolve("package.json"), "{\"name\":\"not a workflow\"}");
        Files.writeString(directory.resolve("twice.json"), "{\"nodes\":[{\"id\":\"a\"},{\"id\":\"a\"}],\"edges\":[]}");
        Files.writeString(directory.resolve("deep.json"), """
            {"nodes":[{"id":"a","data":%s1%s}]}\
            """.formatted("[".repeat(70), "]".repeat(70)));
        Files.writeString(directory.resolve("readme.txt"), "no JSON");

        Run first = run(directory, "flows");
        assertEquals(1, first.code(), "some were skipped");
        assertTrue(first.out().contains("1 workspaces, 2 workflows, 0 documents"), first.out());
        assertTrue(
                first.out()
                        .contains("5 skipped (3 hold no workflow, 1 have the id of an earlier one, 1 were refused by"
                                + " the server)"),
                first.out());
        for (String line : List.of(
                "skipped broken.json: ",
                "skipped drawn.json: an earlier workflow has the id w-one",
                "skipped package.json: it has no nodes",
                "skipped twice.json: two elements have the nodeId a",
                "skipped deep.json: rejected (invalid_json)")) {
            assertTrue(first.err().contains(line), line + " is not in " + first.err());
        }
        JsonNode before = snapshot("flows");
        assertEquals(Set.of("w-one", "deep-er-one-two"), values(before, "workflow", "id"));
        assertEquals(Set.of("My-flows"), values(before, "workspace", "id"));
        assertEquals(4, rows(before, "workflow_node").size());
        assertEquals(2, rows(before, "workflow_edge").size());
        assertTrue(values(before, "workflow_node", "data_json").contains("{\"label\":\"A\",\"n\":1.10}"));
        assertTrue(
                values(before, "workflow_node", "data_json").contains("{\"label\":\"A\",\"parameters\":{\"n\":1.0}}"));
        assertTrue(values(before, "workflow_node", "position_json").contains("{\"x\":1,\"y\":2}"));
        assertTrue(values(before, "workflow_edge", "handles_json")
                .contains("{\"sourceHandle\":\"out\",\"targetHandle\":null}"));
        assertEquals(Set.of("{\"zoom\":1.50}"), values(before, "workflow_ui_state", "ui_state_json"));
        assertTrue(values(before, "workflow", "created_at").contains("2024-02-29T12:00:00.000Z"));

        Run second = run(directory, "flows");
        assertTrue(second.out().contains("0 workspaces, 0 workflows, 0 documents"), second.out());
        assertTrue(second.out().contains("2 already there"), second.out());
        assertEquals(before, snapshot("flows"), "not a row and not a transaction more");

        Files.writeString(directory.resolve("new.json"), DRAWN.formatted("two"));
        assertTrue(run(directory, "flows").out().contains("0 workspaces, 1 workflows, 0 documents"));
    }

    @Test
    void theStudiosOwnDirectory_keepsItsWorkspacesAndDocuments() throws Exception {
        Path directory = Files.createDirectories(folder.resolve("own"));
        Path workflows = Files.createDirectories(directory.resolve("workspaces/s1/workflows"));
        Files.createDirectories(directory.resolve("workspaces/empty"));
        Files.writeString(workflows.resolve("w1.json"), DRAWN.formatted("other"));
        Files.writeString(directory.resolve("workspaces/s1/manifest.json"), """
            {"workspace":{"id":"s1","name":"Atelier","createdAt":"2024-01-01T00:00:00.000Z"},"workflows":[
             {"id":"w1","name":"Told","createdAt":"2024-01-02T00:00:00.000Z","updatedAt":"2024-01-03T00:00:00.000Z",
              "lastModifiedBy":"Zed"},{"id":"../../secret"}]}\
            """);
        Files.writeString(directory.resolve("manifest.json"), """
            {"documents":[{"id":"d1","workspaceId":"s1","title":"Doc","createdAt":"2024-01-04T00:00:00.000Z","tags":["x"]},
             {"id":"d2","workspaceId":"s1","deletedAt":"2024-01-05T00:00:00.000Z"},{"id":"d3"}]}\
            """);
        Files.writeString(directory.resolve("secret.json"), DRAWN.formatted("secret"));

        Run first = run(directory, "own", "--display-name", "Keeper");
        assertEquals(1, first.code());
        assertTrue(first.out().contains("1 workspaces, 1 workflows, 1 documents"), first.out());
        assertTrue(first.err().contains("skipped workspaces/empty: it has no manifest.json"), first.err());
        assertTrue(first.err().contains("there is no file for workflow \"../../secret\""), first.err());
        assertTrue(first.err().contains("skipped manifest.json, document 2: it is deleted"), first.err());
        assertTrue(first.err().contains("skipped manifest.json, document 3: it has no workspaceId"), first.err());
        JsonNode before = snapshot("own");
        assertEquals(new ObjectMapper().readTree("""
            [{"id":"w1","workspace_id":"s1","name":"Told","created_at":"2024-01-02T00:00:00.000Z",
              "updated_at":"2024-01-03T00:00:00.000Z","last_modified_by":"Zed"}]\
            """), rows(before, "workflow"));
        assertEquals(Set.of("Keeper"), values(before, "workspace_member", "display_name"));
        assertEquals(
                Set.of("{\"createdAt\":\"2024-01-04T00:00:00.000Z\",\"tags\":[\"x\"]}"),
                values(before, "brain_doc", "content_json"));

        run(directory, "own", "--display-name", "Keeper");
        assertEquals(before, snapshot("own"));
    }

    @Test
    void lines_areImportedOnceWithManyCallsInFlight() throws Exception {
        Path file = folder.resolve("lines.ndjson.gz");
        try (var out =
                new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8)) {
            for (int i = 0; i < 60; i++) {
                out.write(CONNECTED.replace("Connected", "Flow " + i / 2) + "\n");
            }
            out.write("nothing\n\n");
        }
        Run first = run(file, "lines", "--parallel", "16");
        assertEquals(1, first.code());
        assertTrue(first.out().contains("1 workspaces, 60 workflows"), first.out());
        assertTrue(first.err().contains("skipped line 61: "), first.err());
        JsonNode before = snapshot("lines");
        assertEquals(60, rows(before, "workflow").size(), "equal lines are two workflows");
        assertEquals(120, rows(before, "workflow_node").size());
        assertTrue(run(file, "lines").out().contains("60 already there"));
        assertEquals(before, snapshot("lines"));
    }

    @Test
    void aDatabaseOfAnotherModule_isLeftAlone() throws Exception {
        Path file = Files.writeString(folder.resolve("one.ndjson"), CONNECTED);
        URI server = URI.create("http://127.0.0.1:" + edge.port());
        run(file, "for-the-token");
        String token = new TokenFile(folder.resolve("owner"), server).read().orElseThrow();
        try (var api = new Api(server, token, new Figures())) {
            byte[] body = "{\"id\":\"a-board\",\"module\":\"board\",\"name\":\"B\"}".getBytes(StandardCharsets.UTF_8);
            Api.checked(api.post("/v1/workspaces", body, "k", Map.of()));
            JsonNode studio =
                    Api.checked(api.get("/v1/workspaces/for-the-token")).body();
            assertEquals("public-write", studio.path("access").asText(), "what the module says");
            JsonNode board = Api.checked(api.get("/v1/workspaces/a-board")).body();
            assertEquals("private", board.path("access").asText());
            byte[] closed = "{\"id\":\"closed\",\"module\":\"studio\",\"name\":\"S\",\"access\":\"private\"}"
                    .getBytes(StandardCharsets.UTF_8);
            Api.checked(api.post("/v1/workspaces", closed, "k2", Map.of()));
            assertEquals(
                    "private",
                    Api.checked(api.get("/v1/workspaces/closed"))
                            .body()
                            .path("access")
                            .asText(),
                    "what its maker says wins");
        }
        Run run = run(file, "a-board");
        assertEquals(1, run.code());
        assertTrue(run.err().contains("workspace a-board is of module board"), run.err());
        assertEquals(2, run(file, "not an id").code());
    }
}
