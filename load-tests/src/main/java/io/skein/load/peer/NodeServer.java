package io.skein.load.peer;

import io.skein.load.machine.ServerProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A reference that runs: the script of a project, on a free port of loopback.
 *
 * @param port that it listens on
 */
public record NodeServer(ServerProcess process, int port) {
    private static final Pattern LISTENING = Pattern.compile("^listening on (\\d+)$", Pattern.MULTILINE);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(30);

    /** Fetches its packages if need be, starts it, and returns once it says where it listens. */
    public static NodeServer start(String name, NodeProject project, Map<String, String> environment, Path log)
            throws IOException, InterruptedException {
        project.install();
        Map<String, String> settings = new HashMap<>(environment);
        settings.put("PORT", "0");
        settings.put("NODE_ENV", "production");
        ServerProcess process =
                ServerProcess.start(name, List.of("node", project.script()), settings, project.home(), log);
        try {
            process.awaitReady(
                    START_TIMEOUT, () -> LISTENING.matcher(process.output()).find());
            return new NodeServer(process, port(process));
        } catch (RuntimeException | IOException | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    private static int port(ServerProcess process) {
        Matcher listening = LISTENING.matcher(process.output());
        if (!listening.find()) {
            throw new IllegalStateException("no port in the log");
        }
        return Integer.parseInt(listening.group(1));
    }
}
