package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.workspace.WorkspaceSettings;
import io.skein.modules.board.BoardModule;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What opening a workspace replays is bounded by stored snapshots. */
class StoredSnapshotsTest {
    private static final Identity OWNER = Identity.of("test", "owner");
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final int DUE_AFTER = 10;

    private final Endpoint endpoint = TestPostgres.freshDatabase();
    private int cards;

    /** Each stay in memory is too short for a snapshot of its own. */
    @Test
    void areDueByWhatAnOpeningReplaysAndNotByWhatWasWrittenSinceIt() throws Exception {
        try (TestNode node = TestNode.start(endpoint, settings())) {
            assertInstanceOf(Outcome.Accepted.class, node.create("w", OWNER, "board"));
            addCards(node, "w", DUE_AFTER / 2);
        }
        try (TestNode node = TestNode.start(endpoint, settings())) {
            addCards(node, "w", DUE_AFTER / 2);
            Eventually.holds(WAIT, "a snapshot of the ten transactions", () -> snapshotsOf("w") == 1);
        }
    }

    /** There is one place on the node, and each gives it back. */
    @Test
    void ofManyWorkspacesAreAllWrittenInTheEnd() throws Exception {
        try (TestNode node = TestNode.start(endpoint, settings())) {
            var workspaces = List.of("a", "b", "c", "d");
            workspaces.forEach(id -> assertInstanceOf(Outcome.Accepted.class, node.create(id, OWNER, "board")));
            Eventually.holds(WAIT, "a snapshot of each", () -> {
                workspaces.forEach(id -> addCards(node, id, 2));
                for (String id : workspaces) {
                    if (snapshotsOf(id) == 0) {
                        return false;
                    }
                }
                return true;
            });
        }
    }

    private void addCards(TestNode node, String id, int count) {
        for (int i = 0; i < count; i++) {
            var card = new BoardModule.AddCard("card-" + cards++, "a card", 0, 0);
            assertInstanceOf(Outcome.Accepted.class, node.call(id, OWNER, "add_card", card));
        }
    }

    private int snapshotsOf(String id) throws SQLException {
        try (Connection connection = TestPostgres.connect(endpoint);
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery(
                        "SELECT count(*) FROM snapshot WHERE persistence_id = 'workspace|" + id + "'")) {
            count.next();
            return count.getInt(1);
        }
    }

    private static WorkspaceSettings settings() {
        WorkspaceSettings usual = WorkspaceSettings.DEFAULT;
        return new WorkspaceSettings(
                usual.limits(),
                usual.maxGroupTransactions(),
                usual.maxGroupBytes(),
                usual.maxWritesInFlight(),
                1,
                usual.maxQueuedCalls(),
                usual.maxQueuedBytes(),
                usual.rememberedCalls(),
                usual.recentTransactions(),
                usual.recentBytes(),
                usual.linkWindowBytes(),
                usual.maxLinkQueuedBytes(),
                DUE_AFTER,
                usual.idleTimeout(),
                usual.overloadedRetryAfter(),
                usual.journalRetryMin(),
                usual.journalRetryMax(),
                usual.incarnation());
    }
}
