package io.skein.engine.workspace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.trace.TraceAttributes;
import io.skein.engine.trace.Tracing;
import io.skein.engine.workspace.CommitQueue.Decided;
import java.util.ArrayList;
import java.util.List;

/**
 * The spans of a workspace's calls on its owner: {@code decide}; {@code commit}, from there until it is durable; and {@code journal}, the write of a group. A group belongs to many
 * calls. Its span is below the first traced one's {@code commit}, and linked with those of all others in both directions, so that from each call one comes to the write
 * that it waited for. Belongs to the actor.
 */
final class OwnerTrace {
    private static final String POSTGRESQL = "postgresql";

    private final Tracing tracing;
    private final String workspace;
    private Span journal = Span.getInvalid();

    OwnerTrace(Tracing tracing, String workspace) {
        this.tracing = tracing;
        this.workspace = workspace;
    }

    /** A call is about to be decided; nothing for one that is not traced. */
    Span deciding(Call call) {
        if (call.trace().isEmpty()) {
            return Span.getInvalid();
        }
        return tracing.begin("decide", SpanKind.INTERNAL, call.trace())
                .setAttribute(TraceAttributes.WORKSPACE, workspace)
                .setAttribute(TraceAttributes.REDUCER, call.reducer());
    }

    /** It is decided. Gives back the span until it is durable, if it has to become so. */
    Span decided(Span decide, Call call, boolean needsJournal, Outcome outcome) {
        if (!decide.isRecording()) {
            return Span.getInvalid();
        }
        say(decide, outcome);
        decide.end();
        return needsJournal
                ? tracing.begin("commit", SpanKind.INTERNAL, call.trace())
                        .setAttribute(TraceAttributes.WORKSPACE, workspace)
                : Span.getInvalid();
    }

    private static void say(Span span, Outcome outcome) {
        switch (outcome) {
            case Outcome.Accepted(var seq, var repeated, var _) ->
                span.setAttribute(TraceAttributes.OUTCOME, repeated ? "repeated" : "accepted")
                        .setAttribute(TraceAttributes.SEQ, seq);
            case Outcome.Refused(var why, var repeated) -> {
                span.setAttribute(TraceAttributes.OUTCOME, repeated ? "repeated" : "refused");
                Tracing.refused(span, why);
            }
            case Outcome.Answered _ -> span.setAttribute(TraceAttributes.OUTCOME, "answered");
        }
    }

    /** A group goes to the journal. */
    void writing(List<Decided> group, long firstSeq, int transactions) {
        if (!tracing.isOn()) {
            return;
        }
        for (Decided decided : group) {
            Span commit = decided.commit();
            if (!commit.isRecording()) {
                continue;
            }
            if (journal.isRecording()) {
                journal.addLink(commit.getSpanContext());
                commit.addLink(journal.getSpanContext());
            } else {
                journal = tracing.begin("journal", SpanKind.CLIENT, Tracing.context(commit))
                        .setAttribute(TraceAttributes.WORKSPACE, workspace)
                        .setAttribute(TraceAttributes.DATABASE, POSTGRESQL)
                        .setAttribute(TraceAttributes.SEQ, firstSeq)
                        .setAttribute(TraceAttributes.TRANSACTIONS, (long) transactions);
            }
        }
    }

    /** It is durable. Gives back what other nodes are told of its transactions. */
    List<Downstream.Traced> written(List<Decided> group) {
        if (!journal.isRecording()) {
            return List.of();
        }
        journal.end();
        journal = Span.getInvalid();
        var traced = new ArrayList<Downstream.Traced>();
        for (Decided decided : group) {
            Span commit = decided.commit();
            String context = tracing.carried(Tracing.context(commit));
            if (decided.committed() != null && !context.isEmpty()) {
                traced.add(new Downstream.Traced(decided.committed().seq(), context));
            }
            commit.end();
        }
        return traced;
    }

    /** Whether it is durable is not known. */
    void lost(List<Decided> undurable) {
        journal.setStatus(StatusCode.ERROR).end();
        journal = Span.getInvalid();
        undurable.forEach(
                decided -> decided.commit().setStatus(StatusCode.ERROR).end());
    }
}
