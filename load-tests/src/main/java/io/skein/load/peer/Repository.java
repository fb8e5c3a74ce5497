package io.skein.load.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

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

    /** Where a run writes what came of it: the folder that was asked for, or a new one named after the moment. Made if it is not there. */
    public static Path results(@Nullable Path asked, String scenario) throws IOException {
        if (asked != null) {
            return Files.createDirectories(asked);
        }
        String moment = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
                .withZone(ZoneOffset.UTC)
                .format(Clock.systemUTC().instant());
        return Files.createDirectories(
                root().resolve("load-tests/target").resolve(scenario).resolve(moment));
    }
}
