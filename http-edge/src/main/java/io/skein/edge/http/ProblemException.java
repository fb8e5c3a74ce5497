package io.skein.edge.http;

/** Carries a problem out of a handler; the connection answers with it. Not for bugs: those are answered with {@code internal}. */
public final class ProblemException extends RuntimeException {
    // The problem is not Serializable and no exception of ours is ever serialized.
    private final transient Problem problem;

    public ProblemException(Problem problem) {
        // No stack trace: an answer, not a fault.
        super(problem.code().wireName() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
    }

    public ProblemException(ErrorCode code, String detail) {
        this(Problem.of(code, detail));
    }

    public Problem problem() {
        return problem;
    }
}
