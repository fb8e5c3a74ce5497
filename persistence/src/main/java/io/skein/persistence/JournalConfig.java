package io.skein.persistence;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The journal's part of a node's configuration: {@code skein-journal.conf} with this database's values. */
public final class JournalConfig {
    private static final String RESOURCE = "skein-journal.conf";

    private JournalConfig() {}

    /**
     * Settings of the plugins {@code jdbc-journal}, {@code jdbc-snapshot-store} and {@code jdbc-read-journal}, to be laid over a
     * resolved configuration. It holds the password.
     *
     * @param connectTimeout how long a write waits for a connection
     */
    public static Config of(Endpoint endpoint, JournalOptions options, Duration connectTimeout) {
        Map<String, Object> values = new HashMap<>();
        values.put("options.url", endpoint.url());
        values.put("options.pool-size", options.poolSize());
        values.put("options.parallelism", options.parallelism());
        values.put("options.queue", options.queue());
        values.put("options.connect-timeout-ms", connectTimeout.toMillis());
        // An empty name would be sent as one, and win over the name in the URL.
        if (!endpoint.user().isEmpty()) {
            values.put("options.user", endpoint.user());
        }
        if (!endpoint.password().isEmpty()) {
            values.put("options.password", endpoint.password());
        }
        return ConfigFactory.parseResources(JournalConfig.class.getClassLoader(), RESOURCE)
                .resolveWith(ConfigFactory.parseMap(values));
    }
}
