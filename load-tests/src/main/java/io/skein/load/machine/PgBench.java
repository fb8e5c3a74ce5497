package io.skein.load.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own benchmark program, where it is installed, inserting one row for each commit. */
public final class PgBench {
    private static final String DATABASE = "limits";
    /** About the size of an update of {@code many-workspaces}. */
    private static final String SCRIPT = """
        \\set room random(1, 100)
        INSERT INTO single_row (room, author, body) VALUES (:room, 'm1', '%s');
        """.formatted("x".repeat(120));

    private static final Pattern RATE = Pattern.compile("^tps = ([0-9.]+) \\(without", Pattern.MULTILINE);
    private static final Pattern LATENCY = Pattern.compile("^latency average = ([0-9.]+) ms", Pattern.MULTILINE);

    private final Path program;

    private PgBench(Path program) {
        this.program = program;
    }

    /**
     * One measurement.
     *
     * @param meanMillis of one insert
     */
    public record Step(int clients, double insertsPerSecond, double meanMillis) {}

    /** The newest there is, on the PATH or where Debian puts it. */
    public static Optional<PgBench> find() throws IOException {
        List<Path> candidates = new ArrayList<>();
        for (String directory : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            candidates.add(Path.of(directory, "pgbench"));
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.map(version -> version.resolve("bin/pgbench")).forEach(candidates::add);
            }
        }
        return candidates.stream().filter(Files::isExecutable).findFirst().map(PgBench::new);
    }

    /** As it calls itself. */
    public String version() throws IOException, InterruptedException {
        return run(new ProcessBuilder(program.toString(), "--version")).strip();
    }

    /** Inserts rows into an empty table for some seconds, each a durable commit. */
    public Step insertSingleRows(PostgresServer postgres, int clients, int seconds)
            throws IOException, InterruptedException, SQLException {
        Database database = postgres.create(DATABASE);
        Path script = Files.createTempFile("single-row", ".sql");
        try {
            Files.writeString(script, SCRIPT);
            try (Connection connection = PostgresServer.connect(database);
                    Statement statement = connection.createStatement()) {
                statement.execute(
                        "CREATE TABLE single_row (seq bigserial PRIMARY KEY, room int, author text, body text)");
            }
            postgres.checkpoint();
            String output = run(command(database, script, clients, seconds));
            return new Step(clients, number(RATE, output), number(LATENCY, output));
        } finally {
            Files.delete(script);
            postgres.drop(DATABASE);
        }
    }

    private ProcessBuilder command(Database database, Path script, int clients, int seconds) {
        int threads = Math.min(clients, Runtime.getRuntime().availableProcessors());
        List<String> command = new ArrayList<>(List.of(program.toString(), "--no-vacuum", "--protocol=prepared"));
        command.addAll(Arrays.asList(
                "--file=" + script,
                "--client=" + clients,
                "--jobs=" + threads,
                "--time=" + seconds,
                "--host=" + database.host(),
                "--port=" + database.port(),
                "--username=" + database.user(),
                database.name()));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("PGPASSWORD", database.password());
        return builder;
    }

    private static String run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("pgbench failed:\n" + output);
        }
        return output;
    }

    private static double number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException("pgbench said something unexpected:\n" + output);
        }
        return Double.parseDouble(matcher.group(1));
    }
}
