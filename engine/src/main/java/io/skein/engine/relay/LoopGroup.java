package io.skein.engine.relay;

import io.opentelemetry.api.trace.Span;
import io.skein.engine.trace.TraceAttributes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The sessions of a relay that share an event loop. A publication wakes the loop once, not every session, and not at all while an
 * earlier wake-up has not run yet. What concerns some sessions alone has only these look for something to send.
 */
final class LoopGroup {
    private final Executor loop;
    private final RelayCounters counters;
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    /** Touched on the loop only. */
    private final List<SessionPort> ports = new ArrayList<>();

    /** Those with something new since the last time. Touched on the loop only. */
    private final Set<SessionPort> changed = new LinkedHashSet<>();

    /** Whether there is something new for all. Touched on the loop only. */
    private boolean allChanged;

    /** Touched on the loop only. */
    private long allowedSeq;

    /** When the relay heard of the oldest transactions that are not in the sockets yet; 0: of none. Touched on the loop only. */
    private long heardNanos;

    /** Of transactions that are traced and not in the sockets yet. Touched on the loop only. */
    private final List<Span> deliveries = new ArrayList<>();

    /** Whether something was allowed since the last {@link #measure}, or sessions were behind then. */
    private volatile boolean stirred;

    private volatile long lag;
    private volatile int behind;

    LoopGroup(Executor loop, RelayCounters counters) {
        this.loop = loop;
        this.counters = counters;
    }

    void join(SessionPort port) {
        counters.sessionCame();
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
            if (seq == allowedSeq) {
                return;
            }
            allowedSeq = seq;
            stirred = true;
            allChanged = true;
            for (SessionPort port : ports) {
                port.outbox().allow(seq);
            }
        });
    }

    /** The same for transactions that the relay heard of at this time. */
    void allow(long seq, long atNanos) {
        work.add(() -> heardNanos = heardNanos == 0 ? atNanos : heardNanos);
        allow(seq);
    }

    /** These end when everything that was allowed before the next {@link #wake} is in the sockets. */
    void trace(List<Span> spans) {
        work.add(() -> deliveries.addAll(spans));
    }

    /** The port may say what it has up to now, its last word above all: nothing wakes it for that any more. */
    void leave(SessionPort port) {
        counters.sessionWent();
        work.add(() -> {
            ports.remove(port);
            port.drain();
        });
        wake();
    }

    /** Changes a session's outbox, on its loop, with the next {@link #wake}. */
    void change(SessionPort port, Consumer<Outbox> change) {
        work.add(() -> {
            change.accept(port.outbox());
            changed.add(port);
        });
    }

    /** Has every session of the group look for something to send. */
    void wakeAll() {
        work.add(() -> allChanged = true);
        wake();
    }

    /** As {@link #wake}, if there is anything to do. */
    void wakeIfChanged() {
        if (!work.isEmpty()) {
            wake();
        }
    }

    /** Has the work done, and the sessions that it concerns look for something to send. */
    void wake() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::run);
            } catch (RejectedExecutionException _) {
                work.clear(); // the edge has stopped before its engine: nobody is left to be told
            }
        }
    }

    /** Looks how far sessions are behind, if any can be; once in a while, so that no commit pays for it. */
    void measure() {
        if (stirred) {
            try {
                loop.execute(this::look);
            } catch (RejectedExecutionException _) {
                // the edge has stopped: nobody looks any more
            }
        }
    }

    private void look() {
        long most = 0;
        int count = 0;
        for (SessionPort port : ports) {
            long seq = port.outbox().seq();
            if (seq != 0 && seq < allowedSeq) {
                count++;
                most = Math.max(most, allowedSeq - seq);
            }
        }
        lag = most;
        behind = count;
        stirred = count != 0;
    }

    /** How far the session is behind that is furthest, in transactions, at the last look. */
    long lag() {
        return lag;
    }

    /** How many were behind then. */
    int behind() {
        return behind;
    }

    private void run() {
        scheduled.set(false);
        for (Runnable next = work.poll(); next != null; next = work.poll()) {
            next.run();
        }
        if (allChanged) {
            for (int i = ports.size() - 1; i >= 0; i--) {
                ports.get(i).drain();
            }
        } else {
            changed.forEach(SessionPort::drain);
        }
        if (heardNanos != 0 && !ports.isEmpty()) {
            counters.fannedOut(System.nanoTime() - heardNanos);
        }
        if (!deliveries.isEmpty()) {
            deliveries.forEach(span -> span.setAttribute(TraceAttributes.SESSIONS, (long) ports.size())
                    .end());
            deliveries.clear();
        }
        heardNanos = 0;
        allChanged = false;
        changed.clear();
    }
}
