package io.skein.persistence;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How much of the database's disk its tables take, for who has to see that it does not run full. Asked now and then, not when somebody reads. */
public final class TableSizes implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TableSizes.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final int PATIENCE_SECONDS = 10;
    private static final List<String> TABLES = List.of(
            "event_journal",
            "event_tag",
            "snapshot",
            "audit_log",
            "catalog_workspace",
            "catalog_member",
            "bridge_delivery",
            "auth_revocation");
    private static final String ASK = """
        SELECT relname, pg_total_relation_size(oid) FROM pg_class
         WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (?)\
        """;

    private final DataSource dataSource;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("skein-table-sizes").factory());
    private volatile Map<String, Long> bytes = Map.of();

    private TableSizes(DataSource dataSource) {
        this.dataSource = dataSource;
    }

    /** Makes the gauges, and keeps them true within a minute. */
    public static TableSizes start(DataSource dataSource, Meters meters) {
        var sizes = new TableSizes(dataSource);
        for (String table : TABLES) {
            meters.gauge(
                    "skein_database_bytes",
                    "What a table takes on the database's disk, with its indexes.",
                    () -> sizes.bytes.getOrDefault(table, 0L),
                    new Meter.Label("table", table));
        }
        var _ = sizes.thread.scheduleWithFixedDelay(sizes::ask, 0, EVERY.toSeconds(), TimeUnit.SECONDS);
        return sizes;
    }

    private void ask() {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(ASK)) {
            statement.setQueryTimeout(PATIENCE_SECONDS);
            statement.setArray(1, connection.createArrayOf("text", TABLES.toArray()));
            var found = new HashMap<String, Long>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.put(row.getString(1), row.getLong(2));
                }
            }
            bytes = Map.copyOf(found);
        } catch (SQLException | RuntimeException e) {
            LOG.debug("the sizes of tables stay as they were", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
