package io.skein.engine.relay;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.trace.TraceAttributes;
import io.skein.engine.trace.Tracing;

/**
 * The spans of one session's call on the node of its socket: {@code call}, all of it; in it {@code relay}, until its outcome is heard, and {@code acknowledge}, until that is
 * in a frame. {@link #NONE} is that of every call that is not traced. Goes with the call from the socket's event loop to the relay, and with the outcome back.
 */
public final class CallTrace {
    public static final CallTrace NONE = new CallTrace(Tracing.OFF, Span.getInvalid());

    private final Tracing tracing;
    private final Span call;
    private Span relay = Span.getInvalid();
    private Span acknowledge = Span.getInvalid();

    private CallTrace(Tracing tracing, Span call) {
        this.tracing = tracing;
        this.call = call;
    }

    /**
     * A call has come.
     *
     * @param parent the client's {@code traceparent}; empty: it gave none
     */
    public static CallTrace receive(Tracing tracing, String session, String reducer, String parent) {
        if (!tracing.isOn()) {
            return NONE;
        }
        Span call = tracing.receive("call", parent);
        if (!call.isRecording()) {
            return NONE;
        }
        call.setAttribute(TraceAttributes.SESSION, session).setAttribute(TraceAttributes.REDUCER, reducer);
        return new CallTrace(tracing, call);
    }

    boolean isTraced() {
        return this != NONE;
    }

    /** The relay has it. Gives back the context that it goes on with. */
    String taken(String workspace) {
        if (!isTraced()) {
            return "";
        }
        call.setAttribute(TraceAttributes.WORKSPACE, workspace);
        relay = tracing.begin("relay", SpanKind.CLIENT, Tracing.context(call))
                .setAttribute(TraceAttributes.WORKSPACE, workspace);
        return Tracing.context(relay);
    }

    /** Its outcome is here; it is said at its place. */
    void heard(Outcome outcome) {
        if (!isTraced()) {
            return;
        }
        switch (outcome) {
            case Outcome.Accepted(var _, var repeated, var _) ->
                call.setAttribute(TraceAttributes.OUTCOME, repeated ? "repeated" : "accepted");
            case Outcome.Refused(var why, var repeated) -> {
                call.setAttribute(TraceAttributes.OUTCOME, repeated ? "repeated" : "refused");
                Tracing.refused(call, why);
            }
            case Outcome.Answered _ -> call.setAttribute(TraceAttributes.OUTCOME, "answered");
        }
        relay.end();
        acknowledge = tracing.begin("acknowledge", SpanKind.INTERNAL, Tracing.context(call));
    }

    /** It is in a frame. */
    void said() {
        acknowledge.end();
        call.end();
    }

    /** It goes nowhere. */
    public void refused(Refusal why) {
        Tracing.refused(call, why);
        call.end();
    }

    /** Nobody is there any more to hear of it. */
    void unheard() {
        relay.end();
        acknowledge.setStatus(StatusCode.ERROR).end();
        call.setStatus(StatusCode.ERROR).end();
    }
}
