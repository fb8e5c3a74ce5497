package io.skein.load.nemesis;

import io.skein.load.machine.ServerProcess;
import io.skein.load.peer.SkeinApi;
import io.skein.load.upgrade.UpgradedNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One node of Skein as a process of its own, from the class path of this one. */
final class SkeinNode implements AutoCloseable {
    private static final String MAIN = "io.skein.edge.Main";
    private static final String NEXT_MAIN = UpgradedNode.class.getName();
    private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

    private final String name;
    private final List<String> prefix;
    private final Map<String, String> environment;
    private final Map<String, String> rejoining;
    private final List<String> options;
    private final URI http;
    private final SkeinApi api;
    private final Path directory;
    private @Nullable ServerProcess process;
    private Map<String, String> worn = Map.of();
    private boolean upgraded;
    private int starts;
    private long startedNanos;

    /**
     * A node that is not started yet.
     *
     * @param prefix what goes in front of its command
     * @param environment its settings
     * @param rejoining what is different when it comes back to a cluster that is there
     * @param options for its JVM
     * @param http where clients reach it
     */
    SkeinNode(
            String name,
            List<String> prefix,
            Map<String, String> environment,
            Map<String, String> rejoining,
            List<String> options,
            URI http,
            HttpClient client,
            Path directory) {
        this.name = name;
        this.prefix = List.copyOf(prefix);
        this.environment = Map.copyOf(environment);
        this.rejoining = Map.copyOf(rejoining);
        this.options = List.copyOf(options);
        this.http = http;
        this.api = new SkeinApi(client, http);
        this.directory = directory;
    }

    String name() {
        return name;
    }

    URI http() {
        return http;
    }

    SkeinApi api() {
        return api;
    }

    /** More settings from its next start on, in place of those worn before. */
    void wear(Map<String, String> more) {
        worn = Map.copyOf(more);
    }

    /** From its next start on it is of the next version. */
    void upgrade() {
        upgraded = true;
    }

    boolean isUpgraded() {
        return upgraded;
    }

    /** Starts it with the cluster; see {@link #awaitReady}. */
    void start() throws IOException {
        start(environment);
    }

    /** Starts it again, into a cluster of others that is there. */
    void rejoin() throws IOException {
        var all = new HashMap<>(environment);
        all.putAll(rejoining);
        start(all);
    }

    private void start(Map<String, String> settings) throws IOException {
        var command = new ArrayList<>(prefix);
        command.add(System.getProperty("java.home") + File.separator + "bin" + File.separator + "java");
        command.addAll(List.of(
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(upgraded ? List.of(NEXT_MAIN) : List.of(MAIN, "serve"));
        var all = new HashMap<>(settings);
        all.putAll(worn);
        startedNanos = System.nanoTime();
        all.put("SKEIN_APP_VERSION", upgraded ? "2.0.0" : "1.0.0");
        process = ServerProcess.start(name, command, all, directory, directory.resolve(name + "-" + ++starts + ".log"));
    }

    /** Waits until it says that it is ready. */
    void awaitReady() throws IOException, InterruptedException {
        required().awaitReady(START_TIMEOUT, api::isReady);
    }

    boolean isAlive() {
        return process != null && process.handle().isAlive();
    }

    /** How long it has been running. */
    long ageNanos() {
        return process == null ? 0 : System.nanoTime() - startedNanos;
    }

    long pid() {
        return required().handle().pid();
    }

    /** kill -9. */
    void kill() {
        if (process != null) {
            process.handle().destroyForcibly();
            process.close();
            process = null;
        }
    }

    /** SIGTERM, and waits for its end; false if it did not end by itself. */
    boolean stop() {
        boolean well = process == null || process.stop();
        process = null;
        return well;
    }

    private ServerProcess required() {
        if (process == null) {
            throw new IllegalStateException(name + " is not running");
        }
        return process;
    }

    @Override
    public void close() {
        stop();
    }
}
