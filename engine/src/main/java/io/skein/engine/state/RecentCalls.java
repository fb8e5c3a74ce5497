package io.skein.engine.state;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
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
     * What came of the call.
     *
     * @param digest see {@link CallKey#digest}
     * @param seq of its transaction, or 0 if it was refused
     * @param refusal if it was refused
     */
    public record Answer(Bytes digest, long seq, Optional<Refusal> refusal, long timeMicros) {}

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
