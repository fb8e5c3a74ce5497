package io.skein.edge.page;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs the tests under {@code src/test/web} with Node's own test runner: the browser client against a scripted server, and real browsers
 * against the real one. What the machine lacks for them skips them with a sentence, unless
 * {@code -Dtest.peers=required}, as the build server says.
 */
class PageTest {
    private static final Path WEB = Path.of("src/test/web").toAbsolutePath();
    private static final Path OUTPUT = Path.of("target/page-test").toAbsolutePath();
    private static final List<String> BROWSERS = List.of("chromium", "chromium-browser", "google-chrome");
    private static final int OLDEST_NODE = 20;
    private static final int MINUTES = 8;

    @Test
    void clientHoldsToTheWireWhateverTheServerDoes() throws Exception {
        requireNode();
        test("skein.test.js", Map.of());
    }

    @Test
    void personsInBrowsersWorkTogether() throws Exception {
        requireNode();
        Path browser = BROWSERS.stream()
                .flatMap(name -> onPath(name).stream())
                .findFirst()
                .orElseGet(() -> lacking("no Chromium on the PATH, neither as " + String.join(", ", BROWSERS)));
        installPackages();
        test(
                "page.test.js",
                Map.of(
                        "SKEIN_TEST_CHROMIUM", browser.toString(),
                        "SKEIN_TEST_JAVA",
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                        "SKEIN_TEST_DIRECTORY", OUTPUT.toString(),
                        "CLASSPATH", System.getProperty("java.class.path")));
    }

    private static void test(String file, Map<String, String> environment) throws IOException, InterruptedException {
        Ran ran = run(file, List.of("node", "--test", "--test-reporter=spec", file), environment);
        assertEquals(0, ran.exit(), () -> file + " fails:\n" + ran.output());
    }

    /** Fetches what package-lock.json names, once. */
    private static void installPackages() throws IOException, InterruptedException {
        if (onPath("npm").isEmpty()) {
            lacking("no npm on the PATH");
        }
        Path installed = WEB.resolve("node_modules/.package-lock.json");
        Path wanted = WEB.resolve("package-lock.json");
        if (Files.exists(installed)
                && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(wanted)) >= 0) {
            return;
        }
        Ran ran = run("npm", List.of("npm", "ci", "--no-audit", "--no-fund"), Map.of());
        if (ran.exit() != 0) {
            lacking("npm cannot fetch playwright-core:\n" + ran.output());
        }
    }

    private static void requireNode() throws IOException, InterruptedException {
        if (onPath("node").isEmpty()) {
            lacking("no node on the PATH");
        }
        String version = run("node", List.of("node", "--version"), Map.of()).output();
        int major = Integer.parseInt(version.substring(1, version.indexOf('.')));
        if (major < OLDEST_NODE) {
            lacking("node is older than " + OLDEST_NODE);
        }
    }

    private record Ran(int exit, String output) {}

    private static Ran run(String name, List<String> command, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = Files.createDirectories(OUTPUT).resolve(name + ".log");
        var builder = new ProcessBuilder(command)
                .directory(WEB.toFile())
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

    private static Optional<Path> onPath(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals")
    private static <T> T lacking(String what) {
        if (System.getProperty("test.peers", "").equals("required")) {
            return fail(what);
        }
        return abort(what + ": the page is not tested here");
    }
}
