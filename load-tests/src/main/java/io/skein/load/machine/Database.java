package io.skein.load.machine;

/**
 * A database of its own on a PostgreSQL server, reached over TCP.
 *
 * @param port of the server
 */
public record Database(String host, int port, String name, String user, String password) {
    /** Without the credentials, as JDBC wants it. */
    public String jdbcUrl() {
        return "jdbc:postgresql://" + host + ":" + port + "/" + name;
    }

    /** The same for clients that are not Java: user and password within. */
    public String url() {
        String credentials = password.isEmpty() ? user : user + ":" + password;
        return "postgres://" + credentials + "@" + host + ":" + port + "/" + name;
    }

    /** Another database on the same server. */
    public Database named(String other) {
        return new Database(host, port, other, user, password);
    }
}
