package io.skein.persistence;

import io.skein.engine.workspace.SnapshotPruner;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the two newest snapshots of each workspace: the newest, and one to fall back to should it be unreadable. */
public final class SnapshotTable implements SnapshotPruner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotTable.class);
    private static final int MAX_WAITING = 1_000;
    private static final String PRUNE = """
        DELETE FROM snapshot
         WHERE persistence_id = ?
           AND sequence_number < (SELECT max(sequence_number) FROM snapshot
                                   WHERE persistence_id = ? AND sequence_number < ?)\
        """;

    private final DataSource dataSource;
    /** One thread: pruning may take its time. What does not fit is done with the workspace's next snapshot. */
    private final ExecutorService thread = new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("skein-snapshot-pruner").factory());

    public SnapshotTable(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    @Override
    public void prune(String persistenceId, long sequenceNr) {
        try {
            thread.execute(() -> delete(persistenceId, sequenceNr));
        } catch (RejectedExecutionException e) {
            LOG.warn("old snapshots of {} stay until its next one", persistenceId);
        }
    }

    private void delete(String persistenceId, long sequenceNr) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(PRUNE)) {
            statement.setString(1, persistenceId);
            statement.setString(2, persistenceId);
            statement.setLong(3, sequenceNr);
            statement.executeUpdate();
        } catch (SQLException e) {
            LOG.warn("old snapshots of {} stay until its next one", persistenceId, e);
        }
    }

    @Override
    public void close() {
        thread.close();
    }
}
