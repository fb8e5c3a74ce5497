package io.skein.persistence;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;

/** Rule D1 at its root: a server whose acknowledgement means nothing is not used. */
final class Durability {
    /** Oldest major version that PostgreSQL's own project still mends. */
    private static final int MIN_MAJOR_VERSION = 14;

    private Durability() {}

    /**
     * Asks the server how it would treat this user's commits.
     *
     * @throws DatabaseException when a commit could be acknowledged before it is on disk, or cannot be made at all
     */
    static void require(DataSource dataSource) throws SQLException {
        try (Connection connection = dataSource.getConnection()) {
            int version = Integer.parseInt(show(connection, "server_version_num"));
            if (version < MIN_MAJOR_VERSION * 10_000) {
                throw new DatabaseException("PostgreSQL " + show(connection, "server_version")
                        + " is too old; Skein needs " + MIN_MAJOR_VERSION + " or newer.");
            }
            if (query(connection, "SELECT pg_is_in_recovery()").equals("t")) {
                throw new DatabaseException(
                        "This PostgreSQL is a standby, which takes no writes; connect to the primary.");
            }
            requireNotOff(connection, "fsync");
            requireNotOff(connection, "synchronous_commit");
        }
    }

    private static void requireNotOff(Connection connection, String parameter) throws SQLException {
        if (show(connection, parameter).equals("off")) {
            throw new DatabaseException("PostgreSQL runs with " + parameter
                    + " = off: it would acknowledge commits that a crash loses. Turn it on for this server,"
                    + " database and user.");
        }
    }

    /** The value of a server parameter as this connection sees it. */
    static String show(Connection connection, String parameter) throws SQLException {
        return query(connection, "SHOW " + parameter);
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            if (!row.next()) {
                throw new SQLException(sql + " answered nothing");
            }
            return row.getString(1);
        }
    }
}
