package io.skein.edge.http;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Unquoted;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a caller is told of a handler's failure: its problem if it is one; otherwise an incident to find in the log. */
final class Failures {
    private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

    private Failures() {}

    static Problem toProblem(Throwable failure, String what) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ProblemException problem) return problem.problem();
        UUID incident = UUID.randomUUID();
        LOG.error("{} failed, incident {}", what, incident, Unquoted.ifMistake(cause));
        return Problem.of(ErrorCode.INTERNAL, "the server's log knows it as incident " + incident);
    }
}
