package io.skein.edge.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other origins may call. Credentials are never allowed along: who calls is said by the {@code Authorization}
 * header, which no browser adds by itself.
 */
final class CorsPolicy {
    private static final String ALLOW_HEADERS =
            "Authorization, Content-Type, Idempotency-Key, Skein-Expect, Accept, If-None-Match";
    private static final String EXPOSE_HEADERS = "Retry-After, ETag, Location";
    private static final String ALLOW_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String PREFLIGHT_SECONDS = "600";

    private final boolean any;
    private final Set<String> origins;

    CorsPolicy(List<String> origins) {
        this.any = origins.contains("*");
        this.origins = Set.copyOf(origins);
    }

    /** Whether this is a browser's question before the real request. */
    static boolean isPreflight(HttpRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.headers().contains(HttpHeaderNames.ORIGIN)
                && request.headers().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /**
     * Whether a page of {@code origin} may open a socket here: our own pages, and those that may call. Browsers ask no preflight for
     * sockets, and in development mode nobody needs a token, so any page on the web could otherwise talk to a developer's server.
     * What is no browser sends no origin.
     */
    boolean maySocket(@Nullable String origin, @Nullable String host) {
        if (origin == null || any || origins.contains(origin)) return true;
        int scheme = origin.indexOf("://");
        return scheme >= 0 && origin.substring(scheme + 3).equalsIgnoreCase(host);
    }

    /** Adds to a response what the browser needs to show it to a page of {@code origin}. */
    void addTo(HttpHeaders response, @Nullable String origin, boolean preflight) {
        if (origins.isEmpty()) return;
        if (!any) response.add(HttpHeaderNames.VARY, "Origin");
        if (origin == null || !(any || origins.contains(origin))) return;
        response.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, any ? "*" : origin);
        if (preflight) {
            response.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, ALLOW_METHODS);
            response.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, ALLOW_HEADERS);
            response.set(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS);
        } else {
            response.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSE_HEADERS);
        }
    }
}
