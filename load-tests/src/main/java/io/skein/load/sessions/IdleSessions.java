package io.skein.load.sessions;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Window;
import io.skein.load.machine.Memory;
import io.skein.load.peer.Peer;
import io.skein.load.peer.Seat;
import io.skein.load.report.Progress;
import io.skein.load.report.Result.Bound;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a session costs that does nothing: memory of the server, and what those who work notice of it. */
@Command(
        name = "idle-sessions",
        mixinStandardHelpOptions = true,
        description = "What sessions cost that do nothing: memory, and the latency of those who work.")
public final class IdleSessions extends SessionScenario {
    private static final String RESIDENT = "server resident MiB";
    private static final String HEAP = "alive on the heap MiB";
    private static final double MEBIBYTE = 1024 * KIBIBYTE;
    /** Those who work have workspaces of their own: the first ones. */
    private static final int BUSY_WORKSPACES = 10;

    private static final int WANTED_KIBIBYTES = 32;

    @Option(names = "--sessions", defaultValue = "10000", description = "default ${DEFAULT-VALUE}")
    private int sessions;

    @Override
    Shape shape() {
        return new Shape(50, 100, 120);
    }

    @Override
    String describe() {
        return "%,d idle sessions in %d workspaces, and %d others in each of which one writes, %.0f updates/s together"
                .formatted(sessions, workspaces() - BUSY_WORKSPACES, BUSY_WORKSPACES, rate());
    }

    @Override
    int sittersInWorkspace() {
        return Math.ceilDiv(sessions, workspaces() - BUSY_WORKSPACES);
    }

    @Override
    boolean isWriter(Seat seat) {
        return seat.member() == 0 && seat.room() < BUSY_WORKSPACES;
    }

    @Override
    boolean isListener(Seat seat) {
        return seat.member() > 0 && seat.room() >= BUSY_WORKSPACES;
    }

    @Override
    List<String> headlines() {
        return List.of(RESIDENT, HEAP, ACK_P99);
    }

    @Override
    void run(Peer.Running skein, Fleet writers, List<Seat> listeners, Progress progress)
            throws IOException, InterruptedException {
        ProcessHandle process = skein.process().handle();
        try (var audience = new Audience()) {
            Window before = window(writers, "without them", seconds, progress);
            long heapBefore = Memory.liveHeap(process.pid());
            long residentBefore = Memory.residentAtRest(process);
            measured("without them", before, residentBefore, heapBefore);

            bring("with them", audience, listeners.subList(0, sessions), List.of(), CONNECTING_AT_ONCE);
            long heap = Memory.liveHeap(process.pid());
            long resident = Memory.residentAtRest(process);
            Window with = window(writers, "with them", seconds, progress);
            measured("with them", with, resident, heap);
            target(
                    "resident KiB for each session",
                    (resident - residentBefore) / KIBIBYTE / sessions,
                    Bound.AT_MOST,
                    WANTED_KIBIBYTES);
            target(
                    "alive on the heap, KiB for each session",
                    (heap - heapBefore) / KIBIBYTE / sessions,
                    Bound.AT_MOST,
                    WANTED_KIBIBYTES);
            target(
                    "ack p50, with them ÷ without",
                    with.latencyMillis(50) / before.latencyMillis(50),
                    Bound.AT_MOST,
                    1.5);
        }
    }

    private void measured(String phase, Window window, long resident, long heap) {
        Map<String, Double> figures = figures(window);
        figures.put(RESIDENT, resident / MEBIBYTE);
        figures.put(HEAP, heap / MEBIBYTE);
        row(phase, figures, window.perSecond());
    }
}
