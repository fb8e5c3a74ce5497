package io.skein.persistence;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.SQLException;
import javax.sql.DataSource;

/** An open PostgreSQL that keeps its promises: what it acknowledges is on disk. */
public sealed interface Database extends AutoCloseable {

    /**
     * Opens the external server when there is a URL, else starts the embedded one.
     *
     * @throws DatabaseException when the server cannot be reached or started, is a standby, is too old, or would acknowledge
     *     what is not on disk
     */
    static Database open(DatabaseOptions options) {
        return options.url().isPresent() ? External.open(options.url().get(), options) : Embedded.open(options);
    }

    /** For whoever needs connections of its own, such as the journal. */
    Endpoint endpoint();

    /** A pool for everything but the journal. Closed with this. */
    DataSource dataSource();

    /** Closes the pool, and stops the server when it is ours. */
    @Override
    void close();

    /** A server that somebody else runs. */
    record External(Endpoint endpoint, HikariDataSource dataSource) implements Database {
        private static External open(String url, DatabaseOptions options) {
            Endpoint endpoint = Endpoint.of(
                    url, options.user(), options.password(), options.connectTimeout(), options.socketTimeout());
            return new External(endpoint, openPool(endpoint, options));
        }

        @Override
        public void close() {
            dataSource.close();
        }
    }

    /** A server that this process runs and stops. */
    record Embedded(EmbeddedPostgres server, Endpoint endpoint, HikariDataSource dataSource) implements Database {
        private static Embedded open(DatabaseOptions options) {
            EmbeddedPostgres server =
                    EmbeddedPostgres.start(options.dataDir().resolve("postgresql"), options.embeddedPort());
            try {
                Endpoint endpoint = Endpoint.of(
                        server.url(), EmbeddedPostgres.USER, "", options.connectTimeout(), options.socketTimeout());
                return new Embedded(server, endpoint, openPool(endpoint, options));
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
        }

        @Override
        public void close() {
            dataSource.close();
            server.close();
        }
    }

    private static HikariDataSource openPool(Endpoint endpoint, DatabaseOptions options) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("skein");
        config.setJdbcUrl(endpoint.url());
        if (!endpoint.user().isEmpty()) {
            config.setUsername(endpoint.user());
        }
        if (!endpoint.password().isEmpty()) {
            config.setPassword(endpoint.password());
        }
        config.setMaximumPoolSize(options.poolSize());
        config.setConnectionTimeout(Math.max(250, options.connectTimeout().toMillis()));
        try {
            return requireDurable(new HikariDataSource(config));
        } catch (PoolInitializationException | SQLException e) {
            throw new DatabaseException("PostgreSQL at " + endpoint + " cannot be opened: " + e.getMessage(), e);
        }
    }

    private static HikariDataSource requireDurable(HikariDataSource pool) throws SQLException {
        try {
            Durability.require(pool);
            return pool;
        } catch (SQLException | RuntimeException e) {
            pool.close();
            throw e;
        }
    }
}
