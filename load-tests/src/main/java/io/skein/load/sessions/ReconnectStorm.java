package io.skein.load.sessions;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Window;
import io.skein.load.peer.NodeMetrics;
import io.skein.load.peer.Peer;
import io.skein.load.peer.Seat;
import io.skein.load.report.Progress;
import io.skein.load.report.Result.Bound;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** All sessions lose their connection at once and come back: with their cursors, as clients do, and without, as pages do that are opened anew. */
@Command(
        name = "reconnect-storm",
        mixinStandardHelpOptions = true,
        description = "All sessions are cut at once and come back, with their cursors and without, while others write.")
public final class ReconnectStorm extends SessionScenario {
    private static final String CURRENT = "s until all are current";
    private static final String RESUMED = "resumed";
    private static final String SNAPSHOTS = "snapshots told";
    private static final String ENCODED = "snapshots asked of owners";
    private static final int WANTED_SECONDS = 10;

    @Option(names = "--sessions", defaultValue = "5000", description = "default ${DEFAULT-VALUE}")
    private int sessions;

    @Override
    Shape shape() {
        return new Shape(50, 100, 120);
    }

    @Override
    String describe() {
        return "%,d sessions in %d workspaces, in each of which one writes, %.0f updates/s together; all are cut at once"
                .formatted(sessions, workspaces(), rate());
    }

    @Override
    int sittersInWorkspace() {
        return Math.ceilDiv(sessions, workspaces());
    }

    @Override
    List<String> headlines() {
        return List.of(CURRENT, ACK_P99);
    }

    @Override
    void run(Peer.Running skein, Fleet writers, List<Seat> listeners, Progress progress)
            throws IOException, InterruptedException {
        List<Seat> seats = listeners.subList(0, sessions);
        try (var audience = new Audience()) {
            storm("coming", CONNECTING_AT_ONCE, audience, seats, List.of(), skein, writers, progress);
            List<Sitter.@Nullable Cursor> cursors = audience.cutAll();
            storm("with cursors", sessions, audience, seats, cursors, skein, writers, progress);
            audience.cutAll();
            storm("without", sessions, audience, seats, List.of(), skein, writers, progress);
        }
    }

    private void storm(
            String phase,
            int connectingAtOnce,
            Audience audience,
            List<Seat> seats,
            List<Sitter.@Nullable Cursor> cursors,
            Peer.Running skein,
            Fleet writers,
            Progress progress)
            throws InterruptedException {
        NodeMetrics before = NodeMetrics.now(skein.metrics());
        double took = bring(phase, audience, seats, cursors, connectingAtOnce);
        Window window = window(writers, phase, seconds, progress);
        NodeMetrics after = NodeMetrics.now(skein.metrics());
        Map<String, Double> figures = figures(window);
        figures.put(CURRENT, took);
        figures.put(RESUMED, (double) audience.beginnings().getOrDefault("resumed", 0));
        figures.put(SNAPSHOTS, (double) audience.beginnings().getOrDefault("snapshot", 0));
        double encoded = after.sum("skein_snapshots_asked_total") - before.sum("skein_snapshots_asked_total");
        figures.put(ENCODED, encoded);
        row(phase, figures, window.perSecond());
        target(CURRENT + ", " + phase, took, Bound.AT_MOST, WANTED_SECONDS);
        // All sessions of a workspace have one view here, and there is one node.
        target(ENCODED + " for each workspace, " + phase, encoded / workspaces(), Bound.AT_MOST, 1);
    }
}
