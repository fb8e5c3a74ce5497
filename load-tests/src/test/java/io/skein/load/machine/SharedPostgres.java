package io.skein.load.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;

/** One real PostgreSQL for all tests of this JVM, durable as in a benchmark. */
public final class SharedPostgres {
    private static final PostgresServer SERVER = start();

    private SharedPostgres() {}

    /** The server; a test makes databases of its own in it. */
    public static PostgresServer server() {
        return SERVER;
    }

    private static PostgresServer start() {
        try {
            PostgresServer server = PostgresServer.embedded(Files.createTempDirectory(Path.of("target"), "postgres"));
            Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> stop(server)));
            return server;
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void stop(PostgresServer server) {
        try {
            server.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
