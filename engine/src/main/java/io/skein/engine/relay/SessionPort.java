package io.skein.engine.relay;

import java.util.concurrent.Executor;

/** A session as its relay sees it: a socket's end of the outbox. */
public interface SessionPort {
    /** The event loop to which the outbox belongs; one object for all sessions of a loop, because the relay groups by it. */
    Executor eventLoop();

    Outbox outbox();

    /** Called on the event loop when the outbox may have something to send. */
    void drain();
}
