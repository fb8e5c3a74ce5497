package io.skein.persistence;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Which PostgreSQL, and how to reach it.
 *
 * @param url JDBC URL; empty means an embedded server
 * @param user name to log in with, empty when the URL says it; not used for an embedded server
 * @param password empty when the URL says it or none is needed; not used for an embedded server
 * @param dataDir this node's folder; an embedded server lives in {@code postgresql} inside
 * @param embeddedPort loopback port of an embedded server, 0 for a free one
 * @param poolSize connections of {@link Database#dataSource()}
 * @param connectTimeout how long to wait for a connection, from the pool or from the server
 * @param socketTimeout a statement unanswered for this long ends its connection
 */
public record DatabaseOptions(
        Optional<String> url,
        String user,
        String password,
        Path dataDir,
        int embeddedPort,
        int poolSize,
        Duration connectTimeout,
        Duration socketTimeout) {

    /** An embedded server with the usual pool and timeouts. */
    public static DatabaseOptions embedded(Path dataDir) {
        return new DatabaseOptions(
                Optional.empty(), "", "", dataDir, 0, 4, Duration.ofSeconds(5), Duration.ofSeconds(60));
    }

    /** Without the password, wherever it stands. */
    @Override
    public String toString() {
        String where =
                url.map(given -> new Endpoint(given, user, password).toString()).orElse("embedded in " + dataDir);
        return "DatabaseOptions[url=" + where + ", user=" + user + "]";
    }
}
