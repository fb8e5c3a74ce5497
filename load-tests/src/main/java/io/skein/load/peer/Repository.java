package io.skein.load.peer;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the things lie that are started from here. */
public final class Repository {
    private Repository() {}

    /** The root of the checkout, seen from the working directory. */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path at = start; at != null; at = at.getParent()) {
            if (Files.isRegularFile(at.resolve("load-tests/peers/ws-postgres/server.js"))) {
                return at;
            }
        }
        throw new IllegalStateException("run this within the checkout of Skein, not in " + start);
    }
}
