package io.skein.persistence.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.engine.workspace.WorkspaceSettings;
import io.skein.persistence.ChildProcess;
import io.skein.persistence.Endpoint;
import io.skein.persistence.Eventually;
import io.skein.persistence.RoomsModule;
import io.skein.persistence.TestNode;
import io.skein.persistence.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.cluster.sharding.ShardRegion.CurrentShardRegionState;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingQuery;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Scheduled commands run although nobody opens their workspaces. */
class WakerTest {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Identity OWNER = Identity.of("test", "owner");
    private static final String NOTHING = "nothing";
    /** Looks often, and wakes again soon whoever does not say in time that it is done. */
    private static final CatalogSettings EAGER = catalog(Duration.ofMillis(250), Duration.ofSeconds(2));

    private Endpoint endpoint = new Endpoint("", "", "");

    @BeforeEach
    void database() {
        endpoint = TestPostgres.freshDatabase();
    }

    @Test
    void D2_scheduledCommand_runsAfterItsNodeWasKilled() throws Exception {
        try (ChildProcess process =
                ChildProcess.start(TestNode.Main.class, endpoint.url(), endpoint.user(), "alarm", "3000")) {
            process.awaitLine("ready");
            process.say("s");
            String outcome = process.awaitLine("scheduled");
            assertTrue(outcome.startsWith("Accepted[seq=2, repeated=false"), outcome);
            process.kill();
        }
        assertEquals(2, rows("alarm"));
        try (TestNode _ = TestNode.start(endpoint, WorkspaceSettings.DEFAULT, EAGER)) {
            Eventually.holds(WAIT, "the scheduled command has run", () -> rows("alarm") == 3);
            Eventually.holds(
                    WAIT,
                    "the catalog knows that nothing is due",
                    () -> nextDue("alarm").equals(NOTHING));
        }
    }

    @Test
    void L1_workspaceWithALaterCommand_leavesMemoryAndIsWoken() throws Exception {
        try (TestNode node = TestNode.start(endpoint, leavingSoon(), EAGER)) {
            node.create("later", OWNER, "rooms");
            later(node, "first", 5_000);
            // Later than what is known already: the catalog need not hear of it.
            later(node, "second", 5_500);
            Eventually.holds(WAIT, "the catalog knows", () -> !nextDue("later").equals(NOTHING));
            Eventually.holds(WAIT, "the workspace leaves memory", () -> !isInMemory(node, "later"));
            assertEquals(3, rows("later"));

            // On a busy machine both may be in one group.
            Eventually.holds(
                    WAIT,
                    "both commands have run",
                    () -> rows("later") >= 4 && nextDue("later").equals(NOTHING));
            assertEquals(2, Integer.parseInt(ask("SELECT count(*) FROM event_tag")));
        }
    }

    private static CatalogSettings catalog(Duration wakeInterval, Duration wakeRetry) {
        CatalogSettings usual = CatalogSettings.DEFAULT;
        return new CatalogSettings(
                usual.readers(), usual.pageSize(), wakeInterval, usual.wakeBatch(), wakeRetry, usual.retryAfter());
    }

    private static WorkspaceSettings leavingSoon() {
        WorkspaceSettings usual = WorkspaceSettings.DEFAULT;
        return new WorkspaceSettings(
                usual.limits(),
                usual.maxGroupTransactions(),
                usual.maxGroupBytes(),
                usual.maxWritesInFlight(),
                usual.maxSnapshotsInFlight(),
                usual.maxQueuedCalls(),
                usual.maxQueuedBytes(),
                usual.rememberedCalls(),
                usual.recentTransactions(),
                usual.recentBytes(),
                usual.linkWindowBytes(),
                usual.maxLinkQueuedBytes(),
                usual.snapshotMinTransactions(),
                Duration.ofMillis(300),
                usual.overloadedRetryAfter(),
                usual.journalRetryMin(),
                usual.journalRetryMax(),
                usual.incarnation());
    }

    private static void later(TestNode node, String note, long delayMillis) {
        assertInstanceOf(
                Outcome.Accepted.class, node.call("later", OWNER, "later", new RoomsModule.Later(note, delayMillis)));
    }

    /** A reply that comes late must not undo what was scheduled meanwhile. */
    @Test
    void answerOfAWokenWorkspace_countsOnlyWhileNothingWasScheduledSince() throws Exception {
        TestNode.start(endpoint).close(); // For the tables.
        try (Connection connection = TestPostgres.connect(endpoint);
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO catalog_workspace VALUES ('w', 'W', 'rooms', 'private', now(), now(), 7)");
            var now = Instant.now().plusSeconds(1);
            var first = CatalogTables.lease(connection, now, now.plusSeconds(15), 10)
                    .getFirst();
            assertEquals(7, first.scheduleSeq());
            assertEquals(List.of(), CatalogTables.lease(connection, now, now.plusSeconds(15), 10));

            CatalogTables.bringForward(connection, "w", now.plusSeconds(60), 8);
            CatalogTables.settle(connection, first, Optional.empty());
            assertNotEquals(NOTHING, nextDue("w"));

            var again = CatalogTables.lease(connection, now.plusSeconds(15), now.plusSeconds(30), 10)
                    .getFirst();
            CatalogTables.settle(connection, again, Optional.empty());
            assertEquals(NOTHING, nextDue("w"));
        }
    }

    private static boolean isInMemory(TestNode node, String id) {
        CurrentShardRegionState state = TestNode.await(AskPattern.<ClusterShardingQuery, CurrentShardRegionState>ask(
                        ClusterSharding.get(node.system()).shardState(),
                        replyTo -> new GetShardRegionState(Engine.WORKSPACES, replyTo),
                        WAIT,
                        node.system().scheduler())
                .toCompletableFuture());
        return state.getShards().stream().anyMatch(shard -> shard.getEntityIds().contains(id));
    }

    private int rows(String id) throws SQLException {
        return Integer.parseInt(
                ask("SELECT count(*) FROM event_journal WHERE persistence_id = 'workspace|" + id + "'"));
    }

    private String nextDue(String id) throws SQLException {
        return ask("SELECT coalesce(max(next_due)::text, '" + NOTHING + "') FROM catalog_workspace WHERE id = '" + id
                + "'");
    }

    private String ask(String sql) throws SQLException {
        try (Connection connection = TestPostgres.connect(endpoint);
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
