package io.skein.engine.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The sessions of a relay that share an event loop. A publication wakes the loop once, not every session, and not at all while an
 * earlier wake-up has not run yet.
 */
final class LoopGroup {
    private final Executor loop;
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** Touched on the loop only. */
    private final List<SessionPort> ports = new ArrayList<>();

    /** Touched on the loop only. */
    private long allowedSeq;

    LoopGroup(Executor loop) {
        this.loop = loop;
    }

    void join(SessionPort port) {
        work.add(() -> {
            ports.add(port);
            port.outbox().allow(allowedSeq);
        });
    }

    /**
     * Lets the outboxes go on up to this {@code seq}, after every change that was made before. The logs are read while they grow; without
     * this a session might send a transaction before it has heard what belongs in front of it.
     */
    void allow(long seq) {
        work.add(() -> {
            allowedSeq = seq;
            for (SessionPort port : ports) {
                port.outbox().allow(seq);
            }
        });
    }

    /** The port may say what it has up to now, its last word above all: nothing wakes it for that any more. */
    void leave(SessionPort port) {
        work.add(() -> {
            ports.remove(port);
            port.drain();
        });
        wake();
    }

    /** Changes a session's outbox, on its loop, with the next {@link #wake}. */
    void change(SessionPort port, Consumer<Outbox> change) {
        work.add(() -> change.accept(port.outbox()));
    }

    /** As {@link #wake}, if there is anything to do. */
    void wakeIfChanged() {
        if (!work.isEmpty()) {
            wake();
        }
    }

    /** Has every session of the group look for something to send. */
    void wake() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::run);
            } catch (RejectedExecutionException _) {
                work.clear(); // the edge has stopped before its engine: nobody is left to be told
            }
        }
    }

    private void run() {
        scheduled.set(false);
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
        for (int i = ports.size() - 1; i >= 0; i--) {
            ports.get(i).drain();
        }
    }
}
