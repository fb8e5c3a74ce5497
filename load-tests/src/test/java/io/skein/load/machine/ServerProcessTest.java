package io.skein.load.machine;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerProcessTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void showsTheLastWordsOfAProcessThatEnds() throws Exception {
        try (ServerProcess process = shell("echo no database; exit 3")) {
            Exception failure = assertThrows(
                    IllegalStateException.class, () -> process.awaitReady(Duration.ofSeconds(20), () -> false));
            assertTrue(failure.toString().contains("ended with 3"), failure::toString);
            assertTrue(failure.toString().contains("no database"), failure::toString);
        }
    }

    @Test
    void givesUpOnAProcessThatNeverServes() throws Exception {
        try (ServerProcess process = shell("exec sleep 60")) {
            Exception failure = assertThrows(
                    IllegalStateException.class, () -> process.awaitReady(Duration.ofMillis(300), () -> false));
            assertTrue(failure.toString().contains("does not serve"), failure::toString);
        }
    }

    @Test
    void stopsWithItsOwner() throws Exception {
        ServerProcess process = shell("exec sleep 60");
        assertTrue(process.handle().isAlive());
        process.close();
        assertFalse(process.handle().isAlive());
    }

    private ServerProcess shell(String script) throws Exception {
        return ServerProcess.start(
                "test", List.of("sh", "-c", script), Map.of(), directory, directory.resolve("server.log"));
    }
}
