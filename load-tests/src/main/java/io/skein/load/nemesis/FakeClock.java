package io.skein.load.nemesis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A wall clock that can be set while a process runs by it, by libfaketime. Asking it what time it is costs a process dearly. */
final class FakeClock {
    private final Path library;
    private final Path file;

    private FakeClock(Path library, Path file) {
        this.library = library;
        this.file = file;
    }

    /** Right until it is set; null if this machine has no libfaketime. */
    static @Nullable FakeClock find(Path directory) throws IOException {
        String architecture = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
        Path library = Path.of("/usr/lib/" + architecture + "-linux-gnu/faketime/libfaketimeMT.so.1");
        if (!Files.exists(library)) {
            return null;
        }
        var clock = new FakeClock(library, directory.resolve("clock").toAbsolutePath());
        clock.set(0);
        return clock;
    }

    /** It is wrong by so many seconds from now on. */
    void set(int seconds) throws IOException {
        Files.writeString(file, "%+d%n".formatted(seconds));
    }

    /** With these a process that is started goes by this clock. */
    Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", file.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "DONT_FAKE_MONOTONIC", "1",
                "NO_FAKE_STAT", "1");
    }
}
