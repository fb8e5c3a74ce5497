package io.skein.edge.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/** The headers of a response: the handler's, the message framing, and what every response has. */
final class ResponseHeaders {
    private ResponseHeaders() {}

    static HttpHeaders of(Response response, HttpRequest request, boolean keepAlive, ServerContext server) {
        HttpHeaders headers = plain(response, keepAlive);
        boolean http11 = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (response instanceof Response.Stream && http11 && !request.method().equals(HttpMethod.HEAD)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (keepAlive && !http11) headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        if (server.gate().tls().isPresent()) headers.set("strict-transport-security", Tls.STRICT_TRANSPORT);
        server.cors().addTo(headers, request.headers().get(HttpHeaderNames.ORIGIN), CorsPolicy.isPreflight(request));
        return headers;
    }

    /** For a response to what is not known to be a request. */
    static HttpHeaders plain(Response response, boolean keepAlive) {
        HttpHeaders headers = new DefaultHttpHeaders();
        response.headers().forEach(headers::set);
        headers.set(HttpHeaderNames.DATE, HttpDate.now());
        headers.set("x-content-type-options", "nosniff");
        int status = response.status();
        if (response instanceof Response.Full full && status != 204 && status != 304) {
            headers.setInt(HttpHeaderNames.CONTENT_LENGTH, full.body().length);
        }
        if (!keepAlive) headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return headers;
    }
}
