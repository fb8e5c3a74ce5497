package io.skein.engine.state;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The first outcomes of calls that carried a key (rule I1), bounded. Two generations: when the younger is full, the older is
 * forgotten and the younger takes its place. So the last {@code generation} calls are always remembered, at most twice as many are, and
 * no order has to be kept. Answers and details are bounded beside the number of calls: a generation whose texts have {@link #MAX_CHARACTERS} is
 * full, too. Immutable.
 */
public final class RecentCalls {
    /** Of the answers and details of one generation: so a thousand of the longest are remembered at least. */
    static final int MAX_CHARACTERS = 16 << 20;

    /** Whose key. */
    public record Caller(Identity sender, String key) {}

    /**
     * What came of the call.
     *
     * @param digestHigh the first eight bytes of {@link CallKey#digest}, big-endian
     * @param digestLow the other eight
     * @param seq of its transaction, or 0 if it was refused
     * @param refused if it was refused
     * @param answered what its reducer told the caller, if it was done
     */
    public record Answer(
            long digestHigh,
            long digestLow,
            long seq,
            @Nullable Refusal refused,
            @Nullable Json answered,
            long timeMicros) {
        public static Answer of(
                CallKey key, long seq, @Nullable Refusal refused, @Nullable Json answered, long timeMicros) {
            Bytes digest = key.digest();
            return new Answer(digest.word(0), digest.word(Long.BYTES), seq, refused, answered, timeMicros);
        }

        /** What was said beside what came of it: an answer, or a refusal's details. */
        public Optional<Json> said() {
            return refused == null ? Optional.ofNullable(answered) : refused.details();
        }

        private int characters() {
            return said().map(json -> json.text().length()).orElse(0);
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
    private final Calls young;
    private final Calls old;
    private final long youngCharacters;
    private final long oldCharacters;

    private RecentCalls(int generation, Calls young, Calls old, long youngCharacters, long oldCharacters) {
        this.generation = generation;
        this.young = young;
        this.old = old;
        this.youngCharacters = youngCharacters;
        this.oldCharacters = oldCharacters;
    }

    /**
     * @param generation how many calls are remembered at least
     */
    public static RecentCalls empty(int generation) {
        return new RecentCalls(generation, Calls.empty(), Calls.empty(), 0, 0);
    }

    public @Nullable Answer find(Identity sender, String key) {
        Answer answer = young.find(sender, key);
        return answer == null ? old.find(sender, key) : answer;
    }

    public RecentCalls with(Identity sender, CallKey key, Answer answer) {
        int characters = answer.characters();
        if (young.size() >= generation || youngCharacters >= MAX_CHARACTERS) {
            var next = Calls.empty().with(sender, key.text(), answer);
            return new RecentCalls(generation, next, young, characters, youngCharacters);
        }
        Answer replaced = young.find(sender, key.text());
        if (replaced == null) {
            var next = young.with(sender, key.text(), answer);
            return new RecentCalls(generation, next, old, youngCharacters + characters, oldCharacters);
        }
        var next = young.replace(sender, key.text(), answer);
        long all = youngCharacters + characters - replaced.characters();
        return new RecentCalls(generation, next, old, all, oldCharacters);
    }

    public int size() {
        return young.size() + old.size();
    }

    /** Whether any of them was told more than what came of it. */
    public boolean hasAnswers() {
        return youngCharacters > 0 || oldCharacters > 0;
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
        Calls before = younger ? young : old;
        if (before.find(caller.sender(), caller.key()) != null) {
            throw new IllegalArgumentException("the same call twice");
        }
        Calls next = before.with(caller.sender(), caller.key(), answer);
        int more = answer.characters();
        return younger
                ? new RecentCalls(generation, next, old, youngCharacters + more, oldCharacters)
                : new RecentCalls(generation, young, next, youngCharacters, oldCharacters + more);
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
