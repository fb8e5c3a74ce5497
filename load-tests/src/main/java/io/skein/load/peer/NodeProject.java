package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder of {@code load-tests/peers} that Node runs.
 *
 * @param name of the folder
 * @param script in it that serves
 */
public record NodeProject(String name, String script) {
    /** One with a {@code server.js}. */
    public NodeProject(String name) {
        this(name, "server.js");
    }

    /** Where it lies. */
    public Path home() {
        return Repository.root().resolve("load-tests/peers").resolve(name);
    }

    /** Fetches the packages that package-lock.json names, once. */
    public void install() throws IOException, InterruptedException {
        Path lock = home().resolve("package-lock.json");
        Path installed = home().resolve("node_modules/.package-lock.json");
        if (Files.exists(installed)
                && Files.getLastModifiedTime(installed).compareTo(Files.getLastModifiedTime(lock)) >= 0) {
            return;
        }
        Process npm = new ProcessBuilder("npm", "ci", "--omit=dev")
                .directory(home().toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(npm.getInputStream().readAllBytes(), UTF_8);
        if (npm.waitFor() != 0) {
            throw new IOException("npm ci failed:\n" + output);
        }
    }

    /** Whether this machine has what such projects run on. */
    public static boolean hasNode() {
        return onPath("node") && onPath("npm");
    }

    private static boolean onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator, -1)) {
            if (Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }
}
