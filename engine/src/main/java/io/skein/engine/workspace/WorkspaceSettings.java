package io.skein.engine.workspace;

import io.skein.engine.reducer.DecideLimits;
import java.time.Duration;

/**
 * Bounds of a workspace on its owner node.
 *
 * @param limits of a transaction and of the rows
 * @param maxGroupTransactions transactions in one journal row
 * @param maxGroupBytes canonical bytes in one journal row
 * @param maxWritesInFlight groups of all workspaces of a node at the journal at once, see {@link WriteGate}
 * @param maxSnapshotsInFlight snapshots of all workspaces of a node being written at once
 * @param maxQueuedCalls calls decided and not yet durable; more are answered {@code overloaded}
 * @param maxQueuedBytes canonical bytes of these
 * @param rememberedCalls see {@link io.skein.engine.state.RecentCalls#empty}
 * @param recentTransactions how many transactions are kept for relays that are new or come back
 * @param recentBytes what they may take
 * @param linkWindowBytes on their way to a relay or reader on another node, and not yet seen there
 * @param maxLinkQueuedBytes waiting for room in that window; one that is so far behind begins anew
 * @param snapshotMinTransactions transactions between two stored snapshots, at least
 * @param idleTimeout without relays and calls for so long, the workspace leaves memory
 * @param overloadedRetryAfter what {@code overloaded} advises
 * @param journalRetryMin first pause after the journal failed; doubles up to {@code journalRetryMax}
 * @param incarnation makes the epochs of workspaces other ones once the database was restored; empty: they are as they were made
 */
public record WorkspaceSettings(
        DecideLimits limits,
        int maxGroupTransactions,
        int maxGroupBytes,
        int maxWritesInFlight,
        int maxSnapshotsInFlight,
        int maxQueuedCalls,
        long maxQueuedBytes,
        int rememberedCalls,
        int recentTransactions,
        long recentBytes,
        long linkWindowBytes,
        long maxLinkQueuedBytes,
        int snapshotMinTransactions,
        Duration idleTimeout,
        Duration overloadedRetryAfter,
        Duration journalRetryMin,
        Duration journalRetryMax,
        String incarnation) {
    public static final WorkspaceSettings DEFAULT = new WorkspaceSettings(
            DecideLimits.DEFAULT,
            1_024,
            1 << 20,
            32,
            2,
            8_192,
            16 << 20,
            10_000,
            1_024,
            4 << 20,
            4 << 20,
            32 << 20,
            5_000,
            Duration.ofMinutes(2),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(15),
            "");
}
