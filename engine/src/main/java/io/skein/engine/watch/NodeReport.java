package io.skein.engine.watch;

import io.skein.engine.meters.Window;
import io.skein.engine.workspace.WorkspaceCounters.Busy;
import java.time.Instant;
import java.util.List;

/**
 * What one node does.
 *
 * @param address of the node in its cluster
 * @param upSince when it started
 * @param sessions sockets that are in a workspace here
 * @param relays workspaces that they are in
 * @param workspaces in memory here
 * @param shards that are here; -1 until that is known
 * @param commits of workspaces that this node owns
 * @param calls of workspaces that this node owns
 * @param fanOut from hearing of a commit to having written it to sockets
 * @param journal from handing a group to the journal until it is durable
 * @param lagMicros how long the oldest waits of what is decided and not durable
 * @param busiest the workspaces that commit most, the busiest first
 */
public record NodeReport(
        String address,
        Instant upSince,
        long sessions,
        long relays,
        long workspaces,
        int shards,
        Pace commits,
        Pace calls,
        Spread fanOut,
        Spread journal,
        long lagMicros,
        long heapUsedBytes,
        long heapMaxBytes,
        List<Busy> busiest) {
    /** How often in each second, over the last 10 and the last 60 seconds. */
    public record Pace(double last10s, double last60s) {}

    /** How long, over the last 10 and the last 60 seconds. */
    public record Spread(Window.Quantiles last10s, Window.Quantiles last60s) {}
}
