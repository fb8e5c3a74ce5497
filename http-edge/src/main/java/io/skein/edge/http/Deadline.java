package io.skein.edge.http;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thing a connection is waiting for, and until when. Moved at every request, so moving it is only a store: the timer behind
 * it looks, when it goes off, whether its time has really come. Belongs to the event loop.
 */
final class Deadline {
    private final EventLoop loop;
    private long dueNanos;
    private @Nullable Runnable late;
    private @Nullable Future<?> timer;
    private long timerNanos;

    Deadline(EventLoop loop) {
        this.loop = loop;
    }

    /** From now on {@code late} runs once after {@code delay}, unless this is called again or cleared before. */
    void in(Duration delay, Runnable whenLate) {
        dueNanos = System.nanoTime() + delay.toNanos();
        late = whenLate;
        if (timer != null && timerNanos - dueNanos > 0) {
            timer.cancel(false);
            timer = null;
        }
        if (timer == null) schedule();
    }

    void clear() {
        late = null;
    }

    /** For the end of the connection: leaves nothing behind in the loop. */
    void cancel() {
        late = null;
        if (timer != null) timer.cancel(false);
        timer = null;
    }

    private void schedule() {
        timerNanos = dueNanos;
        timer = loop.schedule(this::check, dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    private void check() {
        timer = null;
        Runnable action = late;
        if (action == null) return;
        if (dueNanos - System.nanoTime() > 0) {
            schedule();
        } else {
            late = null;
            action.run();
        }
    }
}
