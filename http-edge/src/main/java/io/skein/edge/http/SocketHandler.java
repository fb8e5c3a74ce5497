package io.skein.edge.http;

import java.util.Map;

/**
 * What goes on in one WebSocket. Every method is called on the socket's event loop and must not block it. An exception closes the
 * socket with 1011.
 */
public interface SocketHandler {
    /** The socket is open: first call. */
    void opened(Socket socket);

    /** One whole message of the route's payload; text was checked to be UTF-8. The array belongs to the handler. */
    void message(byte[] bytes);

    /** All that had arrived was handed over: the moment to send what came of it in one go. */
    default void readComplete() {}

    /** {@link Socket#isWritable} is true again. Never called from within another call, so it may write right away. */
    default void writable() {}

    /** At the interval of the settings, while the socket is open. */
    default void heartbeat() {}

    /**
     * The client's message is larger than the settings allow. Say what there is to say; the socket is closed with 1009 after this call
     * in any case.
     */
    default void tooLarge(Socket socket, String limit) {}

    /** The server is about to stop. Say what there is to say, then close; by default with 1001. */
    default void leave(Socket socket) {
        socket.close(1001, "going away");
    }

    /** What lines of the log about this socket are marked with, such as the id of a workspace. */
    default Map<String, String> marks() {
        return Map.of();
    }

    /**
     * The socket is closed: last call, exactly once if {@link #opened} was called.
     *
     * @param code the close code: the client's, or ours if we closed first, or 1006 if the connection broke
     */
    void closed(int code);
}
