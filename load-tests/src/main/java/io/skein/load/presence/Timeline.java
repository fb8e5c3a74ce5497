package io.skein.load.presence;

import io.skein.load.machine.Memory;
import io.skein.load.machine.ProcessorTime;
import io.skein.load.machine.ServerProcess;
import io.skein.load.report.Course.Look;
import io.skein.load.report.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Looks at a room once a second while a scenario goes on. For the thread that runs it. */
final class Timeline {
    static final String RESIDENT = "server resident MiB";
    static final String SESSIONS = "sessions that are in";
    static final String FRAMES = "frames/s of all sessions together";
    static final String MEAN_FRAMES = "mean of all";
    static final String MOST_FRAMES = "the session that heard most";
    static final String PROCESSORS = "processors in use by the server";
    /** Of who comes and who goes; where it is not known when all are told there are none. */
    static final String PAIRS = "pairs done";

    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double MEBIBYTE = 1024 * 1024;

    private final Crowd crowd;
    private final ServerProcess server;
    private final String title;
    private final Progress progress;
    private final List<Look> looks = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private long nextNanos = startNanos + SECOND_NANOS;
    private long lastNanos = startNanos;
    private ProcessorTime before;

    /**
     * @param title what the scenario is doing, for who waits
     * @param progress hears of every second: of the pairs that were done in it, or of the frames where there are no pairs
     */
    Timeline(Crowd crowd, ServerProcess server, String title, Progress progress) {
        this.crowd = crowd;
        this.server = server;
        this.title = title;
        this.progress = progress;
        this.before = ProcessorTime.now(server.handle(), OptionalLong.empty());
    }

    List<Look> looks() {
        return List.copyOf(looks);
    }

    /** Pairs that were done in each second of a phase. */
    List<Long> pairs(String phase) {
        return looks.stream()
                .filter(look -> look.part().equals(phase))
                .map(look -> look.figures().getOrDefault(PAIRS, 0.0).longValue())
                .toList();
    }

    /** Lets the scenario go on for a while. */
    void run(String phase, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int second = 1; nextNanos <= end; second++) {
            Look look = lookAt(phase);
            progress.second(title + ", " + phase, second, seconds, done(look));
        }
        crowd.loop().waitUntil(end);
    }

    /**
     * Lets it go on until a condition, asked on the loop, holds.
     *
     * @return whether it does; false if the time is over
     */
    boolean runUntil(String phase, BooleanSupplier condition, int atMostSeconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(atMostSeconds);
        int second = 0;
        while (!crowd.loop().call(condition::getAsBoolean)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            if (System.nanoTime() >= nextNanos) {
                Look look = lookAt(phase);
                progress.second(title + ", " + phase, ++second, done(look));
            }
            crowd.loop().waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20));
        }
        return true;
    }

    /** Forgets what happened since the last look: the scenario did something else meanwhile. */
    void resume() throws InterruptedException {
        crowd.loop().call(() -> crowd.second(1));
        before = ProcessorTime.now(server.handle(), OptionalLong.empty());
        lastNanos = System.nanoTime();
        nextNanos = lastNanos + SECOND_NANOS;
        crowd.loop().call(crowd.frameCount()::cut);
    }

    private static long done(Look look) {
        String what = look.figures().containsKey(PAIRS) ? PAIRS : FRAMES;
        return look.figures().getOrDefault(what, 0.0).longValue();
    }

    private Look lookAt(String phase) throws InterruptedException {
        crowd.loop().waitUntil(nextNanos);
        server.requireAlive();
        long atNanos = System.nanoTime();
        double length = (atNanos - lastNanos) / NANOS_PER_SECOND;
        FrameCount.Second second = crowd.loop().call(() -> crowd.second(length));
        ProcessorTime now = ProcessorTime.now(server.handle(), OptionalLong.empty());
        var look = new Look(
                (atNanos - startNanos) / NANOS_PER_SECOND,
                phase,
                figures(second, now.since(before).server() / length));
        looks.add(look);
        before = now;
        lastNanos = atNanos;
        // Looks that were missed are not made up for.
        nextNanos = nextNanos + SECOND_NANOS > atNanos ? nextNanos + SECOND_NANOS : atNanos + SECOND_NANOS;
        return look;
    }

    private Map<String, Double> figures(FrameCount.Second second, double processors) throws InterruptedException {
        var figures = new LinkedHashMap<String, Double>();
        figures.put(RESIDENT, Memory.resident(server.handle()) / MEBIBYTE);
        figures.put(SESSIONS, (double) second.sessions());
        figures.put(FRAMES, second.framesPerSecond());
        figures.put(MEAN_FRAMES, second.framesPerSecond() / Math.max(1, second.sessions()));
        figures.put(MOST_FRAMES, second.most());
        figures.put(PROCESSORS, processors);
        OptionalLong pairs = crowd.loop().call(crowd.tidings()::takeSecond);
        pairs.ifPresent(done -> figures.put(PAIRS, (double) done));
        return figures;
    }
}
