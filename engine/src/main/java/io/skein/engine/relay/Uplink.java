package io.skein.engine.relay;

import io.skein.engine.reducer.Call;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.CallKey;
import io.skein.engine.workspace.Upstream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Calls on their way to the owner, in order, until their outcome is here. A call without the caller's key gets one of the relay's, so that it
 * can be sent again to a new owner and is still done once.
 */
final class Uplink {
    private static final Bytes NO_DIGEST = Bytes.of(new byte[CallKey.DIGEST_BYTES]);

    /** @param id of the client's request */
    record Pending(Member member, long id, Call call, long deadlineNanos) {}

    private final String keyPrefix = CallKey.INTERNAL_PREFIX + Long.toString(new SecureRandom().nextLong(), 36) + ":";
    private final Map<Long, Pending> unacknowledged = new LinkedHashMap<>();
    private final RelaySettings settings;
    private List<Upstream> batch = new ArrayList<>();
    private long lastNumber;
    private long bytes;

    Uplink(RelaySettings settings) {
        this.settings = settings;
    }

    boolean isFull() {
        return unacknowledged.size() >= settings.maxUnacknowledged() || bytes >= settings.maxUnacknowledgedBytes();
    }

    void request(Member member, long id, Call call) {
        long number = ++lastNumber;
        bytes += call.bytes();
        Call keyed = call.key().isPresent()
                ? call
                : call.withKey(new CallKey(keyPrefix + Long.toString(number, 36), NO_DIGEST));
        unacknowledged.put(
                number,
                new Pending(
                        member,
                        id,
                        keyed,
                        System.nanoTime() + settings.callTimeout().toNanos()));
        batch.add(new Upstream.Request(number, keyed));
    }

    void add(Upstream item) {
        batch.add(item);
    }

    /** What has gathered since the last time, in order; empty if nothing has. */
    List<Upstream> takeBatch() {
        List<Upstream> taken = batch;
        batch = new ArrayList<>();
        return taken;
    }

    /**
     * Begins anew with an owner that has heard nothing, or may have lost it: first who is here, then every call without an outcome.
     *
     * @param present the sessions
     */
    void restart(List<Upstream> present) {
        batch = new ArrayList<>(present);
        unacknowledged.forEach((number, pending) -> batch.add(new Upstream.Request(number, pending.call())));
    }

    /** The call that an outcome belongs to; null if it was given up. */
    @Nullable
    Pending settle(long number) {
        Pending settled = unacknowledged.remove(number);
        if (settled != null) {
            bytes -= settled.call().bytes();
        }
        return settled;
    }

    /** Takes out the calls that have waited too long. */
    List<Pending> takeExpired(long nowNanos) {
        var expired = new ArrayList<Pending>();
        unacknowledged.values().removeIf(pending -> {
            boolean late = pending.deadlineNanos() - nowNanos < 0;
            if (late) {
                bytes -= pending.call().bytes();
                expired.add(pending);
            }
            return late;
        });
        return expired;
    }
}
