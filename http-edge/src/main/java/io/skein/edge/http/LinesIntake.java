package io.skein.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.skein.engine.module.ErrorCode;

/**
 * Keeps the time of a body that is taken line by line: a client that was asked for more has to send something worth while, and a
 * handler that has got lines has to ask for more or to answer.
 */
final class LinesIntake {
    /** What must arrive within one request timeout for the client to count as sending. */
    private static final int WORTH_WHILE_BYTES = 1024;

    private final BodyLines body;
    private final Runnable want;
    private final Deadline deadline;
    private final HttpSettings settings;
    private final Runnable bodyLate;
    private final Runnable answerLate;
    private boolean expecting;
    private long bytesInWindow;

    LinesIntake(
            Route.Lines route,
            EventExecutor loop,
            Runnable want,
            Deadline deadline,
            HttpSettings settings,
            Runnable bodyLate,
            Runnable answerLate) {
        this.body = new BodyLines(loop, route.maxLineBytes(), route.maxTotalBytes(), this::demand);
        this.want = want;
        this.deadline = deadline;
        this.settings = settings;
        this.bodyLate = bodyLate;
        this.answerLate = answerLate;
        waitForHandler();
    }

    BodyLines body() {
        return body;
    }

    /** A piece of the body; {@code last} ends it. */
    void content(ByteBuf piece, boolean last) {
        bytesInWindow += piece.readableBytes();
        expecting = false;
        body.data(piece, last);
        // Unless the lines were not enough, or the handler has already asked again.
        if (!expecting) waitForHandler();
    }

    /** Nothing more will be handed over. */
    void stop(String why) {
        body.fail(new ProblemException(ErrorCode.UNAVAILABLE, why));
    }

    private void demand() {
        expecting = true;
        waitForClient();
        want.run();
    }

    private void waitForHandler() {
        deadline.in(settings.answerTimeout(), answerLate);
    }

    private void waitForClient() {
        bytesInWindow = 0;
        deadline.in(settings.requestTimeout(), this::windowOver);
    }

    private void windowOver() {
        if (bytesInWindow < WORTH_WHILE_BYTES) {
            bodyLate.run();
        } else {
            waitForClient();
        }
    }
}
