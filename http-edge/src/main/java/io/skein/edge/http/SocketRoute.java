package io.skein.edge.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletionStage;

/**
 * A path where WebSockets open.
 *
 * @param template the path, as in {@link Router}
 * @param subprotocols what is spoken here; of those a client offers, the first that is among them is chosen, and a client that
 *     offers none of them is refused; none: what clients offer is passed over
 * @param payload what messages are made of; a client that sends the other kind is closed with 1003
 * @param maxMessageBytes of one message from the client, if it is not what the settings say
 * @param acceptor decides, before the upgrade, who may come in
 */
public record SocketRoute(
        String template, List<String> subprotocols, Payload payload, OptionalInt maxMessageBytes, Acceptor acceptor)
        implements Route {
    /** The two kinds of messages. */
    public enum Payload {
        TEXT,
        BINARY
    }

    public SocketRoute(String template, List<String> subprotocols, Payload payload, Acceptor acceptor) {
        this(template, subprotocols, payload, OptionalInt.empty(), acceptor);
    }

    public SocketRoute {
        subprotocols = List.copyOf(subprotocols);
    }

    @Override
    public HttpMethod method() {
        return HttpMethod.GET;
    }

    /** Decides about one socket. Called on the event loop, must not block, may complete on any thread, fails as a {@link Handler} does. */
    @FunctionalInterface
    public interface Acceptor {
        CompletionStage<? extends Decision> accept(Request request, String subprotocol);
    }

    /** Whether a socket opens. */
    public sealed interface Decision {
        /** It does, with this handler, and with these headers in the 101 response. */
        record Open(SocketHandler handler, Map<String, String> headers) implements Decision {
            public Open(SocketHandler handler) {
                this(handler, Map.of());
            }
        }

        /** It does not; the problem is the HTTP response. */
        record Refuse(Problem problem) implements Decision {}
    }
}
