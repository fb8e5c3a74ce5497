package io.skein.edge.wire;

import io.skein.edge.Main;
import io.skein.edge.ServerJvm;
import io.skein.edge.http.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A Skein server as users start it, in a process of its own that can be killed. */
final class ServerProcess implements AutoCloseable {
    private static final String READY = "Skein listens on http://127.0.0.1:";
    private static final long STOP_SECONDS = 60;

    private final Process process;
    private final int port;

    private ServerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** What it says goes to {@code server.log} in its data directory. */
    static ServerProcess start(Path dataDir, Map<String, String> environment) throws IOException {
        Path log = dataDir.resolve("server.log");
        var command = new ArrayList<>(List.of(
                ServerJvm.JAVA.toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile")));
        command.addAll(ServerJvm.flags());
        command.addAll(List.of("-cp", ServerJvm.classPath(), Main.class.getName(), "serve"));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("SKEIN_DATA_DIR", dataDir.toString());
        builder.environment().put("SKEIN_HTTP_PORT", "0");
        builder.environment().put("SKEIN_MANAGEMENT_PORT", "0");
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            Eventually.holds("the server is up", () -> !process.isAlive() || portIn(log) > 0);
            if (portIn(log) > 0) {
                return new ServerProcess(process, portIn(log));
            }
            throw new AssertionError("the server ended with " + process.exitValue() + ":\n" + Files.readString(log));
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private static int portIn(Path log) {
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.startsWith(READY))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring(READY.length()).strip()))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Stops it as an operator would, with its PostgreSQL. */
    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                kill();
                throw new AssertionError("the server does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        }
    }
}
