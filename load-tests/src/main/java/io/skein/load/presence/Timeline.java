package io.skein.load.presence;

import io.skein.load.machine.Memory;
import io.skein.load.machine.ProcessorTime;
import io.skein.load.machine.ServerProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Looks at a room once a second while a scenario goes on. For the thread that runs it. */
final class Timeline {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double NANOS_PER_SECOND = 1e9;

    private final Crowd crowd;
    private final ServerProcess server;
    private final List<Sample> samples = new ArrayList<>();
    private final long startNanos = System.nanoTime();
    private long nextNanos = startNanos + SECOND_NANOS;
    private long lastNanos = startNanos;
    private ProcessorTime before;

    Timeline(Crowd crowd, ServerProcess server) {
        this.crowd = crowd;
        this.server = server;
        this.before = ProcessorTime.now(server.handle(), OptionalLong.empty());
    }

    /**
     * One look.
     *
     * @param seconds since the beginning
     * @param phase what the scenario was doing
     * @param residentBytes of the server
     * @param sessions that are in
     * @param framesPerSecond of all sessions together, in the second before
     * @param mostFrames of one session in that second
     * @param serverCpu processors in use by the server in that second
     */
    record Sample(
            double seconds,
            String phase,
            long residentBytes,
            int sessions,
            double framesPerSecond,
            double mostFrames,
            double serverCpu) {}

    List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** Lets the scenario go on for a while. */
    void run(String phase, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (nextNanos <= end) {
            lookAt(phase);
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
        while (!crowd.loop().call(condition::getAsBoolean)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            if (System.nanoTime() >= nextNanos) {
                lookAt(phase);
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

    private void lookAt(String phase) throws InterruptedException {
        crowd.loop().waitUntil(nextNanos);
        server.requireAlive();
        long atNanos = System.nanoTime();
        double length = (atNanos - lastNanos) / NANOS_PER_SECOND;
        FrameCount.Second second = crowd.loop().call(() -> crowd.second(length));
        ProcessorTime now = ProcessorTime.now(server.handle(), OptionalLong.empty());
        samples.add(new Sample(
                (atNanos - startNanos) / NANOS_PER_SECOND,
                phase,
                Memory.resident(server.handle()),
                second.sessions(),
                second.framesPerSecond(),
                second.most(),
                now.since(before).server() / length));
        before = now;
        lastNanos = atNanos;
        // Looks that were missed are not made up for.
        nextNanos = nextNanos + SECOND_NANOS > atNanos ? nextNanos + SECOND_NANOS : atNanos + SECOND_NANOS;
    }
}
