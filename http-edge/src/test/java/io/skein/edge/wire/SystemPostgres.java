package io.skein.edge.wire;

import io.skein.edge.NodeProgram;
import io.skein.edge.http.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The machine's own PostgreSQL, with pg_dump and pg_restore of the same version: the one that runs embedded brings neither. */
record SystemPostgres(Path programs, Path folder, int port, Process server) implements AutoCloseable {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");
    private static final int SECONDS = 60;

    /** Starts one with nothing in it; on a machine without, the test is skipped with a sentence. */
    static SystemPostgres start(Path folder) throws IOException, InterruptedException {
        Path programs = installed();
        Path data = folder.resolve("system-postgresql");
        run(folder, "rm", List.of("rm", "-rf", data.toString()));
        run(
                folder,
                "initdb",
                asNobody(List.of(
                        programs.resolve("initdb").toString(),
                        "-D",
                        data.toString(),
                        "-U",
                        "postgres",
                        "-A",
                        "trust")));
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Process server = new ProcessBuilder(asNobody(List.of(
                        programs.resolve("postgres").toString(),
                        "-D",
                        data.toString(),
                        "-h",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "unix_socket_directories=")))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("system-postgresql.log").toFile())
                .start();
        var started = new SystemPostgres(programs, folder, port, server);
        Eventually.holds("PostgreSQL is open", started::isOpen);
        return started;
    }

    private static Path installed() throws IOException {
        if (Files.isDirectory(INSTALLED)) {
            try (Stream<Path> versions = Files.list(INSTALLED)) {
                var found = versions.map(version -> version.resolve("bin"))
                        .filter(bin -> Stream.of("initdb", "postgres", "pg_dump", "pg_restore")
                                .allMatch(program -> Files.isExecutable(bin.resolve(program))))
                        .max(Comparator.naturalOrder());
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        return new NodeProgram(Path.of("."), Path.of("target"), "backup and restore are not tested here")
                .lacking("no PostgreSQL with pg_dump in " + INSTALLED);
    }

    /** PostgreSQL refuses to be started by root. */
    private static List<String> asNobody(List<String> command) {
        var words = new ArrayList<String>();
        if (System.getProperty("user.name").equals("root")) {
            words.addAll(List.of("unshare", "-U"));
        }
        words.addAll(command);
        return words;
    }

    private static void run(Path folder, String name, List<String> command) throws IOException, InterruptedException {
        Path log = folder.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(name + " fails:\n" + Files.readString(log));
        }
    }

    private boolean isOpen() {
        try {
            execute("SELECT 1");
            return true;
        } catch (SQLException _) {
            return false;
        }
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Dumps a database into a file, while it is written to. */
    void dump(String database, Path file) throws IOException, InterruptedException {
        run(folder, "pg_dump", command("pg_dump", "-d", database, "-Fc", "-f", file.toString()));
    }

    /** Fills an empty database with what is in a dump. */
    void restore(Path file, String database) throws IOException, InterruptedException {
        run(folder, "pg_restore", command("pg_restore", "-d", database, "--exit-on-error", file.toString()));
    }

    private List<String> command(String program, String... arguments) {
        var words = new ArrayList<>(List.of(
                programs.resolve(program).toString(),
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(port),
                "-U",
                "postgres"));
        words.addAll(List.of(arguments));
        return words;
    }

    @Override
    public void close() {
        server.descendants().forEach(ProcessHandle::destroy);
        server.destroy();
        server.onExit().orTimeout(SECONDS, TimeUnit.SECONDS).join();
    }
}
