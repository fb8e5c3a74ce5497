package io.skein.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A folder of tests for Node's own test runner. What the machine lacks for them skips them with a sentence, unless
 * {@code -Dtest.peers=required}, as the build server says.
 *
 * @param folder with {@code package.json}
 * @param output where logs go
 * @param untested what is said of a machine that lacks something, such as {@code the page is not tested here}
 */
public record NodeProgram(Path folder, Path output, String untested) {
    private static final int OLDEST_NODE = 20;
    private static final int MINUTES = 8;
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");

    private record Ran(int exit, String output) {}

    /** Runs tests, after {@link #requireNode}; flags of Node may stand before the files. */
    public void test(String name, List<String> arguments, Map<String, String> environment)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("node", "--test", "--test-reporter=spec"));
        command.addAll(arguments);
        succeed(name, command, environment);
    }

    /** Runs a command that must end with 0. */
    public void succeed(String name, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Ran ran = run(name, command, environment);
        assertEquals(0, ran.exit(), () -> name + " fails:\n" + ran.output());
    }

    /** Fetches what package-lock.json names, once. */
    public void installPackages() throws IOException, InterruptedException {
        if (onPath("npm").isEmpty()) {
            lacking("no npm on the PATH");
        }
        Path installed = folder.resolve("node_modules/.package-lock.json");
        Path wanted = folder.resolve("package-lock.json");
        // A test class of another JVM may want the same packages now.
        Path lock = Path.of("target", folder.getFileName() + "-packages.lock");
        try (var channel = FileChannel.open(lock, CREATE, WRITE);
                var _ = channel.lock()) {
            if (Files.exists(installed)
                    && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0) {
                return;
            }
            Ran ran = run("npm", List.of("npm", "ci", "--no-audit", "--no-fund"), Map.of());
            if (ran.exit() != 0) {
                lacking("npm cannot fetch the packages of " + folder + ":\n" + ran.output());
            }
        }
    }

    public void requireNode() throws IOException, InterruptedException {
        if (onPath("node").isEmpty()) {
            lacking("no node on the PATH");
        }
        String version = run("node", List.of("node", "--version"), Map.of()).output();
        int major = Integer.parseInt(version.substring(1, version.indexOf('.')));
        if (major < OLDEST_NODE) {
            lacking("node is older than " + OLDEST_NODE);
        }
    }

    /** The browser's program. */
    public Path requireChromium() {
        return BROWSERS.stream()
                .flatMap(name -> onPath(name).stream())
                .findFirst()
                .orElseGet(() -> lacking("no Chromium on the PATH, neither as " + String.join(", ", BROWSERS)));
    }

    private Ran run(String name, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = Files.createDirectories(output).resolve(name + ".log");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
            fail(command + " is not done after " + MINUTES + " minutes:\n" + Files.readString(log, UTF_8));
        }
        return new Ran(process.exitValue(), Files.readString(log, UTF_8));
    }

    /** The program of this name that a shell would start. */
    public static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Skips the test, or fails it where everything has to be there. */
    @SuppressWarnings("TypeParameterUnusedInFormals")
    public <T> T lacking(String what) {
        if (System.getProperty("test.peers", "").equals("required")) {
            return fail(what);
        }
        return abort(what + ": " + untested);
    }
}
