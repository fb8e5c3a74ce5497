package io.skein.engine.relay;

import io.skein.engine.reducer.Call;
import io.skein.engine.state.CallKey;
import io.skein.engine.trace.Tracing;
import io.skein.engine.workspace.Upstream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls on their way to the owner, in order, until their outcome is here. A call without the caller's key gets one of the relay's, so that it
 * can be sent again to a new owner and is still done once.
 */
final class Uplink {
    /** Beyond it a call goes in the next batch. What a message between nodes may take is the largest call and some more. */
    private static final long MAX_BATCH_BYTES = 512 << 10;

    /** What a call takes beside its arguments, at most: sender, names, a key, expectations. */
    private static final long ITEM_BYTES = 512;

    /** The owner answers each look; after so many without an answer it may be somewhere else. */
    private static final int MAX_LOOKS = 5;

    /** @param id of the client's request */
    record Pending(Member member, long id, Call call, CallTrace trace, long takenNanos) {}

    private final String keyPrefix = Long.toString(new SecureRandom().nextLong(), 36) + ":";
    private final Map<Long, Pending> unacknowledged = new LinkedHashMap<>();
    private final RelaySettings settings;
    private final Tracing tracing;
    private List<Upstream> batch = new ArrayList<>();
    private boolean up;
    private long batches;
    private long heard;
    private int looks;
    private long lastNumber;
    private long bytes;

    Uplink(RelaySettings settings, Tracing tracing) {
        this.settings = settings;
        this.tracing = tracing;
    }

    boolean isFull() {
        return unacknowledged.size() >= settings.maxUnacknowledged() || bytes >= settings.maxUnacknowledgedBytes();
    }

    void request(Member member, long id, Call call, CallTrace trace) {
        long number = ++lastNumber;
        bytes += call.bytes();
        Call keyed =
                call.key().isPresent() ? call : call.withKey(CallKey.internal(keyPrefix + Long.toString(number, 36)));
        unacknowledged.put(number, new Pending(member, id, keyed, trace, System.nanoTime()));
        add(new Upstream.Request(number, readable(keyed)));
    }

    /** As whoever is the owner can read it. */
    private Call readable(Call call) {
        return call.trace().isEmpty() ? call : call.withTrace(tracing.carried(call.trace()));
    }

    /** Puts an item into the next batch; without an owner there is none, and the next owner hears everything from the start. */
    void add(Upstream item) {
        if (up) {
            batch.add(item);
        }
    }

    /** There is no owner now. */
    void down() {
        up = false;
        batch = new ArrayList<>();
    }

    /**
     * What has gathered since the last time, in order: as few batches as fit what one message between nodes may hold.
     *
     * @param send takes each batch with its number, from 1
     */
    void takeBatches(BiConsumer<Long, List<Upstream>> send) {
        List<Upstream> taken = batch;
        batch = new ArrayList<>();
        if (batches == 0 && taken.isEmpty()) {
            send.accept(++batches, taken); // an owner waits for who is here, if only to hear that nobody is
            return;
        }
        int from = 0;
        long size = 0;
        for (int i = 0; i < taken.size(); i++) {
            // Who is here goes as one: until all have said so, an owner would take some for gone.
            long more = weight(taken.get(i));
            if (i > from && more > 0 && size + more > MAX_BATCH_BYTES) {
                send.accept(++batches, taken.subList(from, i));
                from = i;
                size = 0;
            }
            size += more;
        }
        if (from < taken.size()) {
            send.accept(++batches, from == 0 ? taken : taken.subList(from, taken.size()));
        }
    }

    /** About what an item takes, if it can be large. */
    private static long weight(Upstream item) {
        return switch (item) {
            case Upstream.Request(var _, var call) -> ITEM_BYTES + call.bytes();
            case Upstream.TakeSnapshot(var _, var view) ->
                ITEM_BYTES + view.subscriptions().toString().length();
            case Upstream.Watch(var audience) ->
                ITEM_BYTES + audience.toString().length();
            case Upstream.Unwatch(var audience) ->
                ITEM_BYTES + audience.toString().length();
            case Upstream.Enter _, Upstream.Exit _, Upstream.Emit _, Upstream.TakeHistory _ -> 0;
        };
    }

    /** Number of the last batch. */
    long batches() {
        return batches;
    }

    /** The owner has said that it has the batches up to this one. */
    void heard(long batch) {
        heard = Math.max(heard, batch);
        looks = 0;
    }

    /** Whether there are batches of which the owner has not said that it has them. */
    boolean hasUnheard() {
        return batches > heard;
    }

    /** Counts the looks at this link in which the owner should have said something, and did not. */
    boolean isUnheardTooLong() {
        looks = hasUnheard() ? looks + 1 : 0;
        return looks > MAX_LOOKS;
    }

    /**
     * Begins anew with an owner that has heard nothing, or may have lost it: first who is here, then every call without an outcome.
     *
     * @param present the sessions
     */
    void restart(List<Upstream> present) {
        up = true;
        batches = 0;
        heard = 0;
        looks = 0;
        batch = new ArrayList<>(present);
        unacknowledged.forEach((number, pending) -> batch.add(new Upstream.Request(number, readable(pending.call()))));
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
        long patienceNanos = settings.callTimeout().toNanos();
        unacknowledged.values().removeIf(pending -> {
            boolean late = nowNanos - pending.takenNanos() > patienceNanos;
            if (late) {
                bytes -= pending.call().bytes();
                expired.add(pending);
            }
            return late;
        });
        return expired;
    }
}
