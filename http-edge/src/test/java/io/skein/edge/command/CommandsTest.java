package io.skein.edge.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.edge.Main;
import io.skein.edge.NodeFolder;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.node.Edge;
import io.skein.engine.Modules;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every command of the command line: help, mistakes, and what the smaller ones do. */
class CommandsTest {
    private static final Path DATA = NodeFolder.of("test-commands");

    @TempDir
    private static Path home;

    private static Edge edge;

    private record Said(int code, String out, String err) {}

    @BeforeAll
    static void start() throws IOException {
        edge = Edge.start(
                NodeConfig.of(ConfigFactory.parseMap(Map.of("skein.data-dir", DATA.toString(), "skein.http.port", 0))),
                Modules.installed());
        var database = edge.node().database().endpoint();
        Files.writeString(home.resolve("skein.conf"), """
            skein.data-dir = "%s"
            skein.database { url = "%s", user = "%s" }
            """.formatted(home, database.url(), database.user()));
    }

    @AfterAll
    static void stop() {
        edge.close();
    }

    private static Said say(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        return new Said(code, out.toString(), err.toString());
    }

    /** With the settings of this test. */
    private static Said configured(String... arguments) {
        return say(Stream.concat(
                        Stream.of(arguments),
                        Stream.of("--config", home.resolve("skein.conf").toString()))
                .toArray(String[]::new));
    }

    private static String url() {
        return "http://127.0.0.1:" + edge.port();
    }

    static Stream<String> commands() {
        return names("", Main.commandLine());
    }

    private static Stream<String> names(String before, CommandLine line) {
        return line.getSubcommands().entrySet().stream()
                .flatMap(each -> Stream.concat(
                        Stream.of(before + each.getKey()), names(before + each.getKey() + " ", each.getValue())));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommand_hasHelpAndRefusesAnUnknownOption(String name) {
        Said help = say((name + " --help").split(" "));
        assertEquals(0, help.code(), help::err);
        assertTrue(help.out().contains("Usage: skein " + name), help::out);

        Said unknown = say((name + required(name) + " --no-such-option").split(" "));
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("--no-such-option"), unknown::err);
        assertFalse(unknown.err().contains("\tat "), unknown::err);
    }

    /** Something for everything that the command cannot do without: that would be said first. */
    private static String required(String name) {
        CommandLine line = Main.commandLine();
        for (String part : name.split(" ", -1)) {
            line = Objects.requireNonNull(line.getSubcommands().get(part), name);
        }
        var words = new StringBuilder();
        for (ArgSpec argument : line.getCommandSpec().requiredArgs()) {
            words.append(argument instanceof OptionSpec option ? " " + option.longestName() + " x" : " x");
        }
        return words.toString();
    }

    @Test
    void theCommandsThatOperatorsNeed_areThere() {
        assertTrue(commands()
                .toList()
                .containsAll(
                        List.of("dev", "serve", "migrate", "import", "export", "verify", "load", "doctor", "audit")));
    }

    /** One line that says what is wrong, and 1. */
    private static void assertFails(String what, Said said) {
        assertEquals(1, said.code(), said::err);
        assertTrue(said.err().startsWith("skein: ") && said.err().contains(what), said::err);
        assertEquals(1, said.err().lines().count(), said::err);
    }

    @Test
    void aMissingFile_isNamed() {
        assertFails("no-such.conf", say("serve", "--config", "no-such.conf"));
        assertFails("no-such.conf", say("migrate", "--config", "no-such.conf"));
        assertFails("no-such.conf", say("verify", "--config", "no-such.conf"));
        assertFails("no-such.ndjson", say("import", "flow", "no-such.ndjson"));
        assertFails("no-such.ndjson", say("import", "workspace", "no-such.ndjson", "--as", "x"));
    }

    @Test
    void whereNobodyListens_itSaysWhere() {
        for (String command : List.of("export x", "load", "doctor")) {
            assertFails(
                    "no Skein at http://127.0.0.1:1",
                    say((command + " --url http://127.0.0.1:1 --token x").split(" ")));
        }
    }

    @Test
    void aTokenThatIsRefused_isSaidToBe() {
        for (String command : List.of("export x", "load", "doctor")) {
            assertFails("unauthenticated", say((command + " --url " + url() + " --token x").split(" ")));
        }
    }

    @Test
    void numbersOutOfBounds_areRefused() {
        for (String command : List.of("load --sessions 0", "load --seconds 0", "audit --limit 0", "audit --kind x")) {
            assertEquals(2, say(command.split(" ")).code(), command);
        }
    }

    @Test
    void anExportIsImported_andExportedAgainIsTheSame(@TempDir Path folder) throws Exception {
        Said made = configured("load", "--url", url(), "--seconds", "1", "--sessions", "1");
        assertEquals(0, made.code(), made::err); // and now there is a token
        String token = Files.readString(firstToken()).strip();
        Identity owner;
        try (var api = new Api(URI.create(url()), token, new Figures())) {
            owner = Identity.parse(
                    api.get("/v1/identity").body().path("identity").asText());
        }
        // The data directory outlives a run, and so do its workspaces.
        String id = "exported-" + System.currentTimeMillis();
        accepted(edge.node().engine().create(id, owner, "A board", "board", Access.PRIVATE, "", Optional.empty()));
        for (int i = 0; i < 50; i++) {
            accepted(edge.node()
                    .engine()
                    .call(id, Call.of(owner, "add_card", new BoardModule.AddCard("c" + i, "t" + i, i % 3, i))));
        }
        Said exported = configured("export", id, "--url", url(), "--to", folder.toString());
        assertEquals(0, exported.code(), exported::err);
        Path file = folder.resolve(id + ".ndjson");
        Said imported = configured("import", "workspace", file.toString(), "--as", id + "-copy", "--url", url());
        assertEquals(0, imported.code(), imported::err);
        assertEquals(
                0,
                configured("export", id + "-copy", "--url", url(), "--to", folder.toString())
                        .code());
        assertEquals(rows(file), rows(folder.resolve(id + "-copy.ndjson")));
        assertFails("nothing: ", configured("export", "nothing", "--url", url(), "--to", folder.toString()));
        assertFalse(Files.exists(folder.resolve("nothing.ndjson")));
    }

    private static Path firstToken() throws IOException {
        try (Stream<Path> files = Files.list(home)) {
            return files.filter(file -> file.toString().endsWith(".jwt"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void accepted(CompletionStage<Outcome> outcome) {
        Outcome is = outcome.toCompletableFuture().join();
        assertInstanceOf(Outcome.Accepted.class, is, is::toString);
    }

    /** Without the first line, which names the workspace, and its owner, who joined each at its time. */
    private static List<String> rows(Path file) throws IOException {
        List<String> rows = Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("{\"table\":\"card\""))
                .toList();
        assertEquals(50, rows.size());
        return rows;
    }

    @Test
    void load_saysHowManyCallsWereDurableAndHowFast() {
        Said said = configured("load", "--url", url(), "--seconds", "1", "--sessions", "3");
        assertEquals(0, said.code(), said::err);
        assertTrue(said.out().contains("calls durable in 1 s by 3 sessions"), said::out);
        assertTrue(said.out().contains("p99"), said::out);
    }

    @Test
    void migrate_printsWhatARoleNeeds_andAuditShowsWhatHappened() {
        Said printed = say("migrate", "--role", "app", "--print");
        assertEquals(0, printed.code(), printed::err);
        assertTrue(printed.out().contains("GRANT SELECT, INSERT ON TABLE"), printed::out);
        assertEquals(2, say("migrate", "--print").code());
        assertEquals(2, say("migrate", "--print", "--role", "a;b").code());

        Said migrated = configured("migrate");
        assertEquals(0, migrated.code(), migrated::err);
        assertTrue(migrated.out().contains("nothing to do"), migrated::out);

        configured("load", "--url", url(), "--seconds", "1", "--sessions", "1");
        Said audit = configured("audit", "--kind", "workspace_deleted", "--limit", "1");
        assertEquals(0, audit.code(), audit::err);
        assertEquals(1, audit.out().lines().count(), audit::out);
        assertTrue(audit.out().contains("\tworkspace_deleted\tload-"), audit::out);
    }
}
