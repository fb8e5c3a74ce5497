package io.skein.edge.wire;

import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** A lock on the journal that writes wait for, and reads do not. */
final class HeldJournal implements AutoCloseable {
    private final DataSource database;
    private final Connection holder;

    HeldJournal(Edge edge) throws SQLException {
        database = edge.node().database().dataSource();
        holder = database.getConnection();
    }

    void hold() throws SQLException {
        holder.setAutoCommit(false);
        try (Statement statement = holder.createStatement()) {
            statement.execute("LOCK TABLE event_journal IN EXCLUSIVE MODE");
        }
    }

    void release() throws SQLException {
        holder.rollback();
    }

    void awaitWaitingWrite() {
        Eventually.holds("a write waits for the lock", this::isWriteWaiting);
    }

    boolean isWriteWaiting() {
        try (Connection other = database.getConnection();
                Statement statement = other.createStatement();
                var found = statement.executeQuery("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                        + " AND query ILIKE 'insert into%event_journal%'")) {
            return found.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws SQLException {
        holder.rollback();
        holder.setAutoCommit(true);
        holder.close();
    }
}
