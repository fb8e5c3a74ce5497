package io.skein.edge.http;

import java.util.concurrent.CompletionStage;

/**
 * Answers one request. Called on the event loop and must not block it; what blocks goes to a virtual thread. May complete on any
 * thread. A {@link ProblemException}, thrown or as the stage's failure, is answered as its problem, anything else as
 * {@code internal}.
 */
@FunctionalInterface
public interface Handler {
    CompletionStage<? extends Response> handle(Request request);

    /** Answers a request whose body it takes line by line. It may answer before the body has arrived; then the connection ends. */
    @FunctionalInterface
    interface OfLines {
        CompletionStage<? extends Response> handle(Request request, BodyLines body);
    }
}
