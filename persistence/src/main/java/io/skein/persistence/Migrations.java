package io.skein.persistence;

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
    private static final String HISTORY_TABLE = "skein_schema_history";

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
