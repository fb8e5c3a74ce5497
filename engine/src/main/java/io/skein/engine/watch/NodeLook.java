package io.skein.engine.watch;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Timing;
import io.skein.engine.meters.Window;
import io.skein.engine.relay.RelayCounters;
import io.skein.engine.workspace.WorkspaceCounters;
import io.skein.engine.workspace.WorkspaceCounters.Busy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** This node as its meters have it. Belongs to one thread. */
final class NodeLook {
    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final Duration LONG = Duration.ofSeconds(60);
    /** One a second, and one more at each end. */
    private static final int LOOKS = 62;

    private static final int BUSIEST = 20;
    /** It goes through all workspaces in memory: a hundred thousand take milliseconds. */
    private static final int LOOKS_A_BUSIEST = 2;

    private final String address;
    private final RelayCounters relays;
    private final WorkspaceCounters workspaces;
    private final Instant upSince = Instant.now();
    private final Window window;
    private List<Busy> busiest = List.of();
    private int shards = -1;
    private int looks;

    NodeLook(String address, RelayCounters relays, WorkspaceCounters workspaces) {
        this.address = address;
        this.relays = relays;
        this.workspaces = workspaces;
        this.window = new Window(
                List.of(workspaces.commits(), workspaces.calls()),
                List.of(relays.fanOut(), workspaces.journal()),
                LOOKS);
        look();
    }

    /** To be called once a second. */
    void look() {
        long now = System.nanoTime();
        window.look(now);
        if (looks++ % LOOKS_A_BUSIEST == 0) {
            busiest = workspaces.busiest(BUSIEST, now);
        }
    }

    /** So many shards are here. */
    void shards(int count) {
        shards = count;
    }

    NodeReport report() {
        Runtime runtime = Runtime.getRuntime();
        return new NodeReport(
                address,
                upSince,
                relays.sessions(),
                relays.relays(),
                workspaces.workspaces(),
                shards,
                pace(workspaces.commits()),
                pace(workspaces.calls()),
                spread(relays.fanOut()),
                spread(workspaces.journal()),
                workspaces.lagNanos(System.nanoTime()) / 1_000,
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(),
                busiest);
    }

    private NodeReport.Pace pace(Meter.Counter counter) {
        return new NodeReport.Pace(window.perSecond(counter, SHORT), window.perSecond(counter, LONG));
    }

    private NodeReport.Spread spread(Timing timing) {
        return new NodeReport.Spread(window.quantiles(timing, SHORT), window.quantiles(timing, LONG));
    }
}
