package io.skein.load.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A process that was started for a scenario. Its output goes to a file; it does not outlive this JVM. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(50);
    private static final int TAIL_LINES = 20;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread hook;

    private ServerProcess(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.hook = Thread.ofPlatform().unstarted(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a command; {@code environment} is added to this process' own. */
    public static ServerProcess start(
            String name, List<String> command, Map<String, String> environment, Path workingDirectory, Path log)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(workingDirectory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ServerProcess(name, builder.start(), log);
    }

    /** The process; its descendants may do the work. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** What the process has printed so far. */
    public String output() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Fails if the process has ended.
     *
     * @throws IllegalStateException with the last lines of its log
     */
    public void requireAlive() {
        if (!process.isAlive()) {
            List<String> lines = output().lines().toList();
            List<String> tail = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
            throw new IllegalStateException(
                    name + " ended with " + process.exitValue() + ":\n" + String.join("\n", tail));
        }
    }

    /**
     * Asks again and again until the condition holds.
     *
     * @throws IllegalStateException if the process ends or the time is over
     */
    public void awaitReady(Duration atMost, Condition condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.holds()) {
            requireAlive();
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(name + " does not serve after " + atMost + ", see " + log);
            }
            // Returns early when the process dies.
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
    }

    /** Kills it and what it started, as {@code kill -9} does; returns when it is gone. */
    public void kill() throws InterruptedException {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
        process.waitFor();
    }

    /** Terminates it, and kills it if it takes longer than 50 s. */
    @Override
    public void close() {
        stop();
    }

    /** The same; false if it had to be killed. */
    public boolean stop() {
        boolean well = true;
        process.destroy();
        try {
            if (!process.waitFor(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                well = false;
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(hook);
        return well;
    }

    /** Something that becomes true once a process serves. */
    public interface Condition {
        /** Whether it is true now. */
        boolean holds() throws IOException, InterruptedException;
    }
}
