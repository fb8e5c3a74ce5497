package io.skein.edge.http;

import java.time.Duration;
import java.util.List;

/**
 * What the server listens on and how much it bears.
 *
 * @param host address to bind, such as {@code 0.0.0.0} or {@code 127.0.0.1}
 * @param port TCP port; 0 takes a free one
 * @param ioThreads event loops, each a thread that carries many connections. One for every two cores: the sessions of a workspace then
 *     share a loop, or few, and a publication wakes that many threads
 * @param maxConnections open connections, sockets included; one more is answered 503 {@code overloaded}
 * @param maxLineBytes the request line; longer is 414
 * @param maxHeaderBytes all headers together; more is 431
 * @param requestTimeout for the head to arrive, and again for a whole body; of a streamed body 1 KiB must arrive in it; late is 408
 * @param answerTimeout for a handler to answer once it has the whole request; late is 503 {@code unavailable}
 * @param idleTimeout how long a connection may wait between requests, and a reader of a response may take nothing
 * @param writeHighBytes unsent bytes of one connection above which it is not writable
 * @param corsOrigins origins whose pages may call: {@code https://app.example}, or {@code *} for any
 * @param socket limits of WebSockets
 */
public record HttpSettings(
        String host,
        int port,
        int ioThreads,
        int maxConnections,
        int maxLineBytes,
        int maxHeaderBytes,
        Duration requestTimeout,
        Duration answerTimeout,
        Duration idleTimeout,
        int writeHighBytes,
        List<String> corsOrigins,
        Socket socket) {
    /**
     * Limits of one WebSocket.
     *
     * @param maxMessageBytes a client's message, whether in one frame or in several; more closes with 1009
     * @param heartbeat how often the handler hears {@link SocketHandler#heartbeat}, and a silent client gets a ping
     * @param idleTimeout without a sign of life from the client, or with a message that is not complete; then the socket is closed
     * @param closeTimeout for the closing handshake, and for what is queued before it
     * @param maxQueuedBytes of frames waiting behind one that is being sent; more closes with 1013
     */
    public record Socket(
            int maxMessageBytes, Duration heartbeat, Duration idleTimeout, Duration closeTimeout, int maxQueuedBytes) {
        public static final Socket DEFAULT =
                new Socket(1 << 20, Duration.ofSeconds(15), Duration.ofSeconds(45), Duration.ofSeconds(2), 4 << 20);

        Socket withMaxMessageBytes(int bytes) {
            return new Socket(bytes, heartbeat, idleTimeout, closeTimeout, maxQueuedBytes);
        }
    }

    /** On {@code 127.0.0.1}, a free port, with the limits Skein ships with. */
    public static final HttpSettings DEFAULT = new HttpSettings(
            "127.0.0.1",
            0,
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
            20_000,
            8 << 10,
            16 << 10,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            64 << 10,
            List.of(),
            Socket.DEFAULT);
}
