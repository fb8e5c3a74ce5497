package io.skein.engine.state;

import io.skein.engine.schema.Identity;
import io.skein.engine.state.RecentCalls.Answer;
import io.skein.engine.state.RecentCalls.Caller;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One generation of remembered calls at one state. Immutable: those who follow share the {@link CallLog}, of which each knows the beginning. Where two follow the
 * same one, the second gets a log of its own.
 */
final class Calls {
    private final CallLog log;
    private final int end;
    private final int size;

    private Calls(CallLog log, int size) {
        this.log = log;
        this.end = log.end();
        this.size = size;
    }

    static Calls empty() {
        return new Calls(new CallLog(), 0);
    }

    int size() {
        return size;
    }

    @Nullable
    Answer find(Identity sender, String key) {
        return log.find(sender, key, end);
    }

    /** With a call that is not here. */
    Calls with(Identity sender, String key, Answer answer) {
        CallLog next = log;
        if (log.end() != end) {
            next = new CallLog();
            forEach(copyTo(next));
        }
        next.append(sender, key, answer);
        return new Calls(next, size + 1);
    }

    /** With another answer to a call that is here. */
    Calls replace(Identity sender, String key, Answer answer) {
        var replaced = new Caller(sender, key);
        var next = new CallLog();
        BiConsumer<Caller, Answer> copy = copyTo(next);
        forEach((caller, old) -> copy.accept(caller, caller.equals(replaced) ? answer : old));
        return new Calls(next, size);
    }

    private static BiConsumer<Caller, Answer> copyTo(CallLog log) {
        return (caller, answer) -> log.append(caller.sender(), caller.key(), answer);
    }

    void forEach(BiConsumer<Caller, Answer> action) {
        log.forEach(end, action);
    }

    /** The same calls with the same answers, in whatever order. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Calls that) || size != that.size) {
            return false;
        }
        var same = new AtomicBoolean(true);
        forEach((caller, answer) -> {
            if (!answer.equals(that.find(caller.sender(), caller.key()))) {
                same.set(false);
            }
        });
        return same.get();
    }

    @Override
    public int hashCode() {
        return size;
    }
}
