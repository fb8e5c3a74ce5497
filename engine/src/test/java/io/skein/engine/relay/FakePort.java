package io.skein.engine.relay;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;

/** A session whose socket takes everything at once and keeps it. */
final class FakePort implements SessionPort {
    final List<String> said = new CopyOnWriteArrayList<>();
    private final Outbox outbox;

    FakePort() {
        this(StreamRig.outbox());
    }

    FakePort(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public Executor eventLoop() {
        return Runnable::run;
    }

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public void drain() {
        said.addAll(StreamRig.drain(outbox));
    }
}
