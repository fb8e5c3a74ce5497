package io.skein.load.sessions;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Window;
import io.skein.load.machine.Memory;
import io.skein.load.peer.NodeMetrics;
import io.skein.load.peer.Peer;
import io.skein.load.peer.Seat;
import io.skein.load.report.Progress;
import io.skein.load.report.Result.Bound;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Some of those who listen stop reading: nobody else may notice, the server's memory stays bounded, and they get what they missed when they read again. */
@Command(
        name = "slow-consumers",
        mixinStandardHelpOptions = true,
        description = "Some of those who listen stop reading, and read again later.")
public final class SlowConsumers extends SessionScenario {
    private static final String RESIDENT = "server resident MiB";
    private static final String HEAP = "alive on the heap MiB";
    private static final String BEHIND = "sessions behind";
    private static final String ENDED = "connections ended by the server";
    private static final double MEBIBYTE = 1024 * KIBIBYTE;
    private static final int CATCH_UP_SECONDS = 60;
    /** What the server may keep of one that does not read: its queue of frames is bounded. */
    private static final int WANTED_KIBIBYTES = 1024;

    @Option(names = "--sessions", defaultValue = "40", description = "default ${DEFAULT-VALUE}")
    private int sessions;

    @Option(names = "--slow", defaultValue = "20", description = "of them, who stop reading, default ${DEFAULT-VALUE}")
    private int slow;

    @Override
    Shape shape() {
        return new Shape(1, 1_000, 480);
    }

    @Override
    String describe() {
        return "%,d sessions in %d workspaces, in each of which one writes, %.0f updates/s together; %,d of them stop reading"
                .formatted(sessions, workspaces(), rate(), slow);
    }

    @Override
    int sittersInWorkspace() {
        return Math.ceilDiv(sessions, workspaces());
    }

    @Override
    List<String> headlines() {
        return List.of(ACK_P99, RESIDENT, HEAP);
    }

    @Override
    void run(Peer.Running skein, Fleet writers, List<Seat> listeners, Progress progress)
            throws IOException, InterruptedException {
        try (var audience = new Audience()) {
            if (bring("all read", audience, listeners.subList(0, sessions), List.of(), CONNECTING_AT_ONCE) < 0) {
                return;
            }
            // A forced collection makes the heap small, and the next window pays for it: all windows alike.
            var _ = Memory.liveHeap(skein.process().handle().pid());
            Phase all = phase("all read", audience, skein, writers, progress);
            audience.stopReading(slow);
            Phase some = phase("some do not", audience, skein, writers, progress);
            target(
                    "ack p99, some do not read ÷ all read",
                    some.window().latencyMillis(99) / all.window().latencyMillis(99),
                    Bound.AT_MOST,
                    1.5);
            target(
                    "alive on the heap, KiB for each that does not read",
                    (some.liveHeapBytes() - all.liveHeapBytes()) / KIBIBYTE / slow,
                    Bound.AT_MOST,
                    WANTED_KIBIBYTES);
            audience.readAgain(slow);
            var _ = phase("they read again", audience, skein, writers, progress);
            writers.rest(CATCH_UP_SECONDS);
            if (!audience.await(audience::haveHeardAll, CATCH_UP_SECONDS)) {
                finding("some have not heard everything %d s after they read again".formatted(CATCH_UP_SECONDS));
            }
        }
    }

    private record Phase(Window window, long liveHeapBytes) {}

    private Phase phase(String name, Audience audience, Peer.Running skein, Fleet writers, Progress progress)
            throws IOException, InterruptedException {
        ProcessHandle process = skein.process().handle();
        Window window = window(writers, name, seconds, progress);
        long heap = Memory.liveHeap(process.pid());
        Map<String, Double> figures = figures(window);
        figures.put(RESIDENT, Memory.resident(process) / MEBIBYTE);
        figures.put(HEAP, heap / MEBIBYTE);
        figures.put(BEHIND, NodeMetrics.now(skein.metrics()).sum("skein_sessions_behind"));
        figures.put(ENDED, (double) audience.ended());
        row(name, figures, window.perSecond());
        return new Phase(window, heap);
    }
}
