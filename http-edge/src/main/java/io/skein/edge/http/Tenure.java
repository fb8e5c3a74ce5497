package io.skein.edge.http;

import io.netty.channel.EventLoop;
import io.skein.engine.module.Refusal;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one exchange rests on, watched only where it takes its time: for most requests that would cost more than it is worth. Belongs to the event
 * loop, but for {@link #restsOn}.
 */
final class Tenure {
    private final EventLoop loop;
    private final Consumer<Refusal> cut;
    private @Nullable Lease lease;
    private Lease.@Nullable Held held;
    private boolean watching;
    private boolean over;

    Tenure(EventLoop loop, Consumer<Refusal> cut) {
        this.loop = loop;
        this.cut = cut;
    }

    /** From any thread. */
    void restsOn(Lease on) {
        if (loop.inEventLoop()) {
            lease = on;
            hold();
        } else {
            loop.execute(() -> restsOn(on));
        }
    }

    /** From now on, once there is something to rest on. */
    void watch() {
        watching = true;
        hold();
    }

    private void hold() {
        Lease on = lease;
        if (on != null && watching && held == null && !over) held = on.hold(loop, cut);
    }

    /** It is not needed any more. */
    void close() {
        over = true;
        if (held != null) held.close();
        held = null;
    }
}
