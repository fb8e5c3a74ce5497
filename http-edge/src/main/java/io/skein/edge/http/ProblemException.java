package io.skein.edge.http;

import io.skein.engine.module.ErrorCode;

/** Carries a problem out of a handler; the connection answers with it. Not for bugs: those are answered with {@code internal}. */
public final class ProblemException extends RuntimeException {
    // The problem is not Serializable and no exception of ours is ever serialized.
    private final transient Problem problem;

    public ProblemException(Problem problem) {
        // No stack trace: an answer, not a fault.
        super(problem.refusal().code().wire() + ": " + problem.refusal().message(), null, false, false);
        this.problem = problem;
    }

    public ProblemException(ErrorCode code, String detail) {
        this(Problem.of(code, detail));
    }

    public Problem problem() {
        return problem;
    }
}
