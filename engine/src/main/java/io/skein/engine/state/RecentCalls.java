package io.skein.engine.state;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The first outcomes of calls that carried a key (rule I1), bounded. Two generations: when the younger is full, the older is
 * forgotten and the younger takes its place. So the last {@code generation} calls are always remembered, at most twice as many are, and
 * no order has to be kept. Immutable.
 */
public final class RecentCalls {
    /** Whose key. */
    public record Caller(Identity sender, String key) {}

    /**
     * What came of the call. Thousands are kept for each workspace, so it is one object: the digest as two words, a missing refusal as null.
     *
     * @param digestHigh the first eight bytes of {@link CallKey#digest}, big-endian
     * @param digestLow the other eight
     * @param seq of its transaction, or 0 if it was refused
     * @param refused if it was refused
     */
    public record Answer(
            long digestHigh,
            long digestLow,
            long seq,
            @Nullable Refusal refused,
            long timeMicros) {
        public static Answer of(CallKey key, long seq, @Nullable Refusal refused, long timeMicros) {
            Bytes digest = key.digest();
            return new Answer(digest.word(0), digest.word(Long.BYTES), seq, refused, timeMicros);
        }

        /** Whether it is the answer to this call: the key's text is another matter. */
        public boolean fits(CallKey key) {
            Bytes digest = key.digest();
            return digestHigh == digest.word(0) && digestLow == digest.word(Long.BYTES);
        }

        /** See {@link CallKey#digest}. */
        public Bytes digest() {
            return Bytes.of(ByteBuffer.allocate(CallKey.DIGEST_BYTES)
                    .putLong(digestHigh)
                    .putLong(digestLow)
                    .array());
        }

        public Optional<Refusal> refusal() {
            return Optional.ofNullable(refused);
        }
    }

    private final int generation;
    private final PMap<Caller, Answer> young;
    private final PMap<Caller, Answer> old;

    private RecentCalls(int generation, PMap<Caller, Answer> young, PMap<Caller, Answer> old) {
        this.generation = generation;
        this.young = young;
        this.old = old;
    }

    /**
     * @param generation how many calls are remembered at least
     */
    public static RecentCalls empty(int generation) {
        return new RecentCalls(generation, PMap.empty(), PMap.empty());
    }

    public @Nullable Answer find(Identity sender, String key) {
        var caller = new Caller(sender, key);
        Answer answer = young.get(caller);
        return answer == null ? old.get(caller) : answer;
    }

    public RecentCalls with(Identity sender, CallKey key, Answer answer) {
        var caller = new Caller(sender, key.text());
        return young.size() >= generation
                ? new RecentCalls(generation, PMap.<Caller, Answer>empty().put(caller, answer), young)
                : new RecentCalls(generation, young.put(caller, answer), old);
    }

    public int size() {
        return young.size() + old.size();
    }

    /** Visits the older generation or the younger one. */
    public void forEach(boolean younger, BiConsumer<Caller, Answer> action) {
        (younger ? young : old).forEach(action);
    }

    public int size(boolean younger) {
        return (younger ? young : old).size();
    }

    /** Puts an answer back into the generation that a snapshot had it in. */
    public RecentCalls restored(boolean younger, Caller caller, Answer answer) {
        if ((younger ? young : old).get(caller) != null) {
            throw new IllegalArgumentException("the same call twice");
        }
        return younger
                ? new RecentCalls(generation, young.put(caller, answer), old)
                : new RecentCalls(generation, young, old.put(caller, answer));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RecentCalls that && young.equals(that.young) && old.equals(that.old);
    }

    @Override
    public int hashCode() {
        return young.hashCode() * 31 + old.hashCode();
    }
}
