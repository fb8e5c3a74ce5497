package io.skein.persistence;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * The tables, version by version, from {@code skein/migrations} on the class path. Any number of processes may run this at once:
 * each holds PostgreSQL's advisory lock while it works, and the others find the work done.
 *
 * <p>A database that is ahead of this program is left alone: during a rolling update the old nodes still run.
 */
public final class Migrations {
    static final String HISTORY_TABLE = "skein_schema_history";

    /** Who may make tables, and owns those that are there. */
    private static final String MAY_MIGRATE = """
        SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), FALSE)
           AND coalesce((SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables
                          WHERE schemaname = current_schema() AND tablename = ?), TRUE)\
        """;

    private Migrations() {}

    /**
     * Brings the tables to the version of this program.
     *
     * @return the versions applied now, in order; empty when there was nothing to do
     * @throws DatabaseException when one fails (nothing of it remains), or when an applied one differs from this program's
     */
    public static List<String> migrate(DataSource dataSource) {
        try {
            return flyway(dataSource).migrate().migrations.stream()
                    .map(migration -> migration.version)
                    .toList();
        } catch (FlywayException e) {
            throw new DatabaseException("The tables cannot be brought up to date: " + e.getMessage(), e);
        }
    }

    /**
     * For a node: brings the tables to the version of this program where its user may, and otherwise wants them to be there.
     *
     * @return the versions applied now
     * @throws DatabaseException as {@link #migrate}, and when the tables are older than this program and its user may not change them
     */
    public static List<String> migrateOrRequire(DataSource dataSource) {
        if (mayMigrate(dataSource)) {
            return migrate(dataSource);
        }
        List<String> pending = pending(dataSource);
        if (pending.isEmpty()) {
            return List.of();
        }
        String version = version(dataSource);
        throw new DatabaseException(
                "The tables are %s, and this program needs version %s. The user of the database here may not change tables: run `skein migrate` as their owner first, with --role for this user."
                        .formatted(version.isEmpty() ? "not there" : "at version " + version, pending.getLast()));
    }

    private static boolean mayMigrate(DataSource dataSource) {
        try (Connection connection = dataSource.getConnection();
                PreparedStatement statement = connection.prepareStatement(MAY_MIGRATE)) {
            statement.setString(1, HISTORY_TABLE);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        } catch (SQLException e) {
            throw new DatabaseException("What this user of the database may do cannot be asked: " + e.getMessage(), e);
        }
    }

    /**
     * What {@link #migrate} would apply.
     *
     * @throws DatabaseException when the database cannot be asked
     */
    public static List<String> pending(DataSource dataSource) {
        try {
            return Arrays.stream(flyway(dataSource).info().pending())
                    .map(MigrationInfo::getVersion)
                    .map(Object::toString)
                    .toList();
        } catch (FlywayException e) {
            throw new DatabaseException("The version of the tables cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * The version the tables have.
     *
     * @return such as {@code 1}; empty when nothing was ever applied
     * @throws DatabaseException when the database cannot be asked
     */
    public static String version(DataSource dataSource) {
        try {
            MigrationInfo current = flyway(dataSource).info().current();
            return current == null ? "" : String.valueOf(current.getVersion());
        } catch (FlywayException e) {
            throw new DatabaseException("The version of the tables cannot be read: " + e.getMessage(), e);
        }
    }

    private static Flyway flyway(DataSource dataSource) {
        return flyway(dataSource, Migrations.class.getClassLoader());
    }

    /** @param loader where the migrations are looked for; without any, nobody is told that the tables are up to date */
    static Flyway flyway(DataSource dataSource, ClassLoader loader) {
        return Flyway.configure(loader)
                .dataSource(dataSource)
                .locations("classpath:skein/migrations")
                .failOnMissingLocations(true)
                .table(HISTORY_TABLE)
                .validateMigrationNaming(true)
                .cleanDisabled(true)
                .load();
    }
}
