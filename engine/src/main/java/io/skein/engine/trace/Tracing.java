package io.skein.engine.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.skein.engine.module.Refusal;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Makes the spans of calls. Where a call is traced, whatever it goes through is handed the context of the span before as W3C's {@code traceparent}, one short
 * text; where it is not, that text is empty and nothing is made. So what is not traced costs a look at an empty text. Any thread.
 */
public final class Tracing {
    /** Nothing is traced. */
    public static final Tracing OFF = new Tracing(TracerProvider.noop().get("skein"), false, () -> false);

    /** Longer than any that this version of W3C's format has; one that is longer is not looked at. */
    private static final int MAX_CHARACTERS = 256;

    private static final String HEADER = "traceparent";
    private static final TextMapGetter<String> GETTER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(HEADER) ? carrier : null;
        }
    };

    private final Tracer tracer;
    private final boolean on;
    private final BooleanSupplier understood;

    private Tracing(Tracer tracer, boolean on, BooleanSupplier understood) {
        this.tracer = tracer;
        this.on = on;
        this.understood = understood;
    }

    /** @param understood whether every node of the cluster reads contexts in messages from others */
    public static Tracing of(Tracer tracer, BooleanSupplier understood) {
        return new Tracing(tracer, true, understood);
    }

    public boolean isOn() {
        return on;
    }

    /**
     * Begins what somebody outside asked for. Whether it is recorded is the sampler's to say.
     *
     * @param parent the caller's {@code traceparent}, if it has one; what is none counts as none, as W3C wants it
     */
    public Span receive(String name, @Nullable String parent) {
        return span(name, SpanKind.SERVER, parent == null ? "" : parent);
    }

    /** Begins what is done for a call that is traced; where the context is empty nothing is. */
    public Span begin(String name, SpanKind kind, String parent) {
        return parent.isEmpty() ? Span.getInvalid() : span(name, kind, parent);
    }

    private Span span(String name, SpanKind kind, String parent) {
        Context context = parent.isEmpty() || parent.length() > MAX_CHARACTERS
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), parent, GETTER);
        return tracer.spanBuilder(name).setParent(context).setSpanKind(kind).startSpan();
    }

    /** A context as it may be said to another node: nothing as long as there is one that cannot read it. */
    public String carried(String context) {
        return context.isEmpty() || understood.getAsBoolean() ? context : "";
    }

    /** What the next one is handed; empty if the span is not recorded. */
    public static String context(Span span) {
        var context = span.getSpanContext();
        return context.isSampled()
                ? "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex()
                : "";
    }

    /** Says on a span why something was not done; it has failed only where that is no fault of the caller's. */
    public static void refused(Span span, Refusal why) {
        span.setAttribute(TraceAttributes.ERROR, why.code().wire());
        switch (why.code()) {
            case INTERNAL, UNAVAILABLE, OVERLOADED -> span.setStatus(StatusCode.ERROR);
            case UNAUTHENTICATED,
                    FORBIDDEN,
                    NOT_FOUND,
                    INVALID_ARGS,
                    REJECTED,
                    CONFLICT,
                    KEY_CONFLICT,
                    STALE_CURSOR,
                    TOO_LARGE,
                    RATE_LIMITED -> {}
        }
    }

    /** Marks lines of the log with the trace, until it is closed. */
    public static Mark mark(String context) {
        if (context.isEmpty()) {
            return Mark.NONE;
        }
        String[] parts = context.split("-", 4);
        MDC.put(Mark.TRACE, parts[1]);
        MDC.put(Mark.SPAN, parts[2]);
        return Mark.SET;
    }

    /** What {@link #mark} has put beside the lines of this thread. */
    public enum Mark implements AutoCloseable {
        NONE,
        SET;

        private static final String TRACE = "trace_id";
        private static final String SPAN = "span_id";

        @Override
        public void close() {
            if (this == SET) {
                MDC.remove(TRACE);
                MDC.remove(SPAN);
            }
        }
    }
}
