package io.skein.edge.http;

import java.time.Duration;
import java.util.List;

/** {@link HttpSettings} with what a test wants otherwise. */
public final class TestSettings {
    int maxConnections = 100;
    int maxLineBytes = 1024;
    int maxHeaderBytes = 2048;
    Duration requestTimeout = Duration.ofSeconds(10);
    Duration answerTimeout = Duration.ofSeconds(10);
    Duration idleTimeout = Duration.ofSeconds(10);
    List<String> corsOrigins = List.of();
    int maxMessageBytes = 1 << 20;
    Duration heartbeat = Duration.ofSeconds(10);
    Duration socketIdle = Duration.ofSeconds(30);
    Duration closeTimeout = Duration.ofSeconds(2);
    int maxQueuedBytes = 1 << 20;

    public HttpSettings build() {
        return new HttpSettings(
                "127.0.0.1",
                0,
                2,
                maxConnections,
                maxLineBytes,
                maxHeaderBytes,
                requestTimeout,
                answerTimeout,
                idleTimeout,
                64 << 10,
                corsOrigins,
                new HttpSettings.Socket(maxMessageBytes, heartbeat, socketIdle, closeTimeout, maxQueuedBytes));
    }
}
