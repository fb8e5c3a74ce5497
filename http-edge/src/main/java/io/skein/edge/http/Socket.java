package io.skein.edge.http;

import java.util.concurrent.Executor;

/**
 * One open WebSocket, as its handler writes to it. Only to be used on its event loop, which {@link #loop} leads to from elsewhere.
 */
public interface Socket {
    /** Runs tasks on this socket's event loop, in order. */
    Executor loop();

    /** Whether the next frame would leave at once. A handler that waits for this holds nothing for a client that does not read. */
    boolean isWritable();

    /**
     * Queues a message for {@link #flush}. Written while not writable it waits behind the others, up to the settings' limit; beyond
     * that the socket is closed with 1013. Ignored when the socket is closing.
     */
    void write(Frame frame);

    /** Sends what was written. */
    void flush();

    /** Whether to read from the client. While off, TCP holds the client back, and its silence is no reason to close. */
    void setReading(boolean reading);

    /** Closes after what was written: a close frame with this code and reason (at most 123 bytes of UTF-8), then the connection. */
    void close(int code, String reason);
}
