package io.skein.persistence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running main process of a PostgreSQL server, found by the file that it keeps in its data folder. */
final class Postmaster {
    private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);
    private static final String PID_FILE = "postmaster.pid";
    /** A loaded server writes its checkpoint out before it ends. */
    private static final Duration FAST_STOP = Duration.ofSeconds(60);

    private static final Duration IMMEDIATE_STOP = Duration.ofSeconds(10);
    /** How long a killed server and its children may take to be gone. */
    private static final Duration LAST_BREATH = Duration.ofSeconds(5);

    private final ProcessHandle process;

    private Postmaster(ProcessHandle process) {
        this.process = process;
    }

    /**
     * The server of this data folder, if one runs. A stale file is none, also when its number belongs to another program now: then
     * the file goes, because PostgreSQL itself would take the stranger for its predecessor and refuse to start.
     */
    static Optional<Postmaster> running(Path dataFolder) throws IOException, InterruptedException {
        Path pidFile = dataFolder.resolve(PID_FILE);
        Optional<ProcessHandle> named = named(pidFile);
        if (named.isEmpty()) {
            return Optional.empty();
        }
        ProcessHandle process = named.get();
        // A process without a command is dying, or dead and not yet collected. While it dies the file must stay: by it
        // the next
        // server sees that children of the last one still write.
        if (process.info().command().isEmpty() && exitsWithin(process, LAST_BREATH)) {
            return Optional.empty();
        }
        if (!serves(process, dataFolder)) {
            LOG.warn("{} names process {}, which is not this server; removing the file", pidFile, process.pid());
            Files.deleteIfExists(pidFile);
            return Optional.empty();
        }
        return Optional.of(new Postmaster(process));
    }

    private static Optional<ProcessHandle> named(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,10}")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.getFirst().strip())).filter(ProcessHandle::isAlive);
    }

    private static boolean serves(ProcessHandle process, Path dataFolder) {
        ProcessHandle.Info info = process.info();
        boolean isPostgres = info.command()
                .map(command -> Path.of(command).endsWith("postgres"))
                .orElse(false);
        // Not every operating system tells the arguments.
        return isPostgres
                && info.arguments()
                        .map(arguments -> Arrays.asList(arguments).contains(dataFolder.toString()))
                        .orElse(true);
    }

    long pid() {
        return process.pid();
    }

    /**
     * Ends the server: clients are cut off and everything is written out; if that takes too long, at once, which the next start
     * repairs from the log.
     *
     * @throws DatabaseException when it is still there after both
     */
    void stop() throws IOException, InterruptedException {
        if (!signal("-INT", FAST_STOP) && !signal("-QUIT", IMMEDIATE_STOP)) {
            throw new DatabaseException("PostgreSQL (pid " + pid() + ") does not stop.");
        }
    }

    private boolean signal(String signal, Duration patience) throws IOException, InterruptedException {
        // Java itself can only send TERM and KILL: the one waits for clients for ever, the other takes no care at all.
        new ProcessBuilder("kill", signal, Long.toString(pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        boolean stopped = exitsWithin(process, patience);
        if (!stopped) {
            LOG.warn("PostgreSQL (pid {}) did not stop within {}", pid(), patience);
        }
        return stopped;
    }

    private static boolean exitsWithin(ProcessHandle process, Duration patience) throws InterruptedException {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException _) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("Waiting for process " + process.pid() + " failed", e);
        }
    }
}
