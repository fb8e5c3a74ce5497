package io.skein.edge.http;

import io.netty.handler.codec.http.HttpMethod;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.skein.engine.trace.TraceAttributes;
import io.skein.engine.trace.Tracing;
import org.jspecify.annotations.Nullable;

/**
 * The span of a request, from its head until its answer is made; named after the path's template, because what stands in the path may be a secret. Belongs to the event loop.
 */
final class RequestTrace {
    /** What is not traced: probes, files, and sockets, whose calls have spans of their own. */
    static final RequestTrace NONE = new RequestTrace(Span.getInvalid());

    private static final String API = "/v1/";
    private static final int FAILED = 500;

    private final Span span;

    private RequestTrace(Span span) {
        this.span = span;
    }

    /** @param parent the header {@code traceparent}, if the request has one */
    static RequestTrace begin(Tracing tracing, HttpMethod method, Route route, @Nullable String parent) {
        if (!tracing.isOn() || route instanceof SocketRoute || !route.template().startsWith(API)) {
            return NONE;
        }
        Span span = tracing.receive(method.name() + " " + route.template(), parent);
        span.setAttribute(TraceAttributes.METHOD, method.name()).setAttribute(TraceAttributes.ROUTE, route.template());
        return new RequestTrace(span);
    }

    /** What the request's calls are handed; empty where it is not traced. */
    String context() {
        return Tracing.context(span);
    }

    void answered(int status) {
        span.setAttribute(TraceAttributes.STATUS, (long) status);
        if (status >= FAILED) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

    /** The client has gone without an answer. */
    void abandoned() {
        span.setStatus(StatusCode.ERROR).end();
    }
}
