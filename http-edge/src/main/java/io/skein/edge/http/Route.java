package io.skein.edge.http;

import io.netty.handler.codec.http.HttpMethod;

/** What a path leads to. */
sealed interface Route permits Route.Whole, Route.Lines, SocketRoute {
    HttpMethod method();

    String template();

    /** A handler that takes the body whole, up to {@code maxBodyBytes}. */
    record Whole(HttpMethod method, String template, int maxBodyBytes, Handler handler) implements Route {}

    /** A handler that takes the body line by line, each and all up to the limits. */
    record Lines(HttpMethod method, String template, int maxLineBytes, long maxTotalBytes, Handler.OfLines handler)
            implements Route {}
}
