package io.skein.engine.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** Contexts of spans: what is taken from callers, and what is handed on. */
class TracingTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-01";

    /** Traces what the caller traces, and nothing else. */
    private static final Tracer TRACER = SdkTracerProvider.builder()
            .setSampler(Sampler.parentBased(Sampler.alwaysOff()))
            .build()
            .get("test");

    private static final Tracing TRACING = Tracing.of(TRACER, () -> true);

    @Test
    void a_call_goes_on_with_its_callers_trace() {
        Span span = TRACING.receive("call", SAMPLED);
        String context = Tracing.context(span);
        assertEquals("00-" + TRACE + "-" + span.getSpanContext().getSpanId() + "-01", context);
        Span child = TRACING.begin("relay", SpanKind.CLIENT, context);
        assertEquals(TRACE, child.getSpanContext().getTraceId());
        assertNotEquals(
                span.getSpanContext().getSpanId(), child.getSpanContext().getSpanId());
    }

    @Test
    void what_the_caller_does_not_trace_is_not_traced_and_hands_nothing_on() {
        Span span = TRACING.receive("call", "00-" + TRACE + "-b7ad6b7169203331-00");
        assertFalse(span.isRecording());
        assertEquals("", Tracing.context(span));
        assertFalse(TRACING.begin("relay", SpanKind.CLIENT, "").getSpanContext().isValid());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-" + TRACE + "-0000000000000000-01",
                "ff-" + TRACE + "-b7ad6b7169203331-01",
                "00-" + TRACE + "-b7ad6b7169203331-01-more",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01\u0000"
            })
    void V3_what_is_no_context_counts_as_none(String parent) {
        assertNotEquals(TRACE, TRACING.receive("call", parent).getSpanContext().getTraceId());
    }

    @Test
    void V3_a_context_longer_than_any_is_not_looked_at() {
        String later = "01-" + TRACE + "-b7ad6b7169203331-01-";
        assertEquals(
                TRACE, TRACING.receive("call", later + "x").getSpanContext().getTraceId(), "of a later version");
        String long_ = later + "x".repeat(1_000);
        assertNotEquals(TRACE, TRACING.receive("call", long_).getSpanContext().getTraceId());
    }

    @Test
    void a_context_is_said_to_other_nodes_only_while_all_of_them_read_it() {
        assertEquals(SAMPLED, TRACING.carried(SAMPLED));
        assertEquals("", Tracing.of(TRACER, () -> false).carried(SAMPLED));
    }

    @Test
    void nothing_is_made_where_nothing_is_traced() {
        assertFalse(Tracing.OFF.isOn());
        assertSame(Span.getInvalid(), Tracing.OFF.begin("relay", SpanKind.CLIENT, ""));
        assertEquals("", Tracing.context(Tracing.OFF.receive("call", "")));
    }

    @Test
    void lines_of_the_log_are_marked_with_the_trace_as_long_as_it_lasts() {
        try (var _ = Tracing.mark(SAMPLED)) {
            assertEquals(TRACE, MDC.get("trace_id"));
            assertEquals("b7ad6b7169203331", MDC.get("span_id"));
        }
        assertNull(MDC.get("trace_id"));
        assertNull(MDC.get("span_id"));
        try (var _ = Tracing.mark("")) {
            assertTrue(MDC.get("trace_id") == null);
        }
    }
}
