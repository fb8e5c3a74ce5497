package io.skein.edge.rooms;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.EncodedRows;
import io.skein.modules.rooms.yjs.MalformedException;
import io.skein.modules.rooms.yjs.StateVector;
import io.skein.modules.rooms.yjs.Update;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sync protocol of one session: each side says what it has, and gets what it lacks. An update of the client's is appended, and acknowledged when it is
 * durable. One that cannot be taken now is not asked for again by itself; instead the client is asked for all that the server lacks, as at
 * the start, and then the updates that were turned away are acknowledged, too.
 */
final class Catchup {
    /** Where it leads. */
    interface Ways {
        void say(byte[] message);

        /** Appends an update; {@link #settled} hears of it. */
        void append(long id, byte[] update);
    }

    private static final int DOCUMENT = 0;
    private static final int VECTOR = 1;
    private static final long LEAST_WAIT_MILLIS = 50;

    private final Dialect dialect;
    private final Executor loop;
    private final Ways ways;
    /** How many acknowledgements what is on its way is owed, by the number of its call. */
    private final Map<Long, Integer> underWay = new HashMap<>();
    /** How many each answer is owed that the client was asked for. */
    private final Deque<Integer> asked = new ArrayDeque<>();

    /** What the client has, as long as it waits for the document. */
    private @Nullable Step1 waiting;
    /** The document as the session began, until the client has said what it has of its own. */
    private @Nullable EncodedRows document;
    /** What others have appended since: the document may be one that was kept for those who come. */
    private final List<byte[]> since = new ArrayList<>();
    /** What the server has, at least. */
    private byte @Nullable [] vector;

    private long calls;
    /** Acknowledgements of updates that were turned away. */
    private int owed;

    private boolean asksAgain;
    private boolean over;

    private record Step1(StateVector has, boolean ask) {}

    Catchup(Dialect dialect, Executor loop, Ways ways) {
        this.dialect = dialect;
        this.loop = loop;
        this.ways = ways;
    }

    int inFlight() {
        return underWay.size();
    }

    void end() {
        over = true;
    }

    // ---- what the client lacks

    /** The document is here. */
    List<byte[]> document(EncodedRows rows) {
        Step1 first = waiting;
        boolean again = vector != null;
        vector = rows.parts().get(VECTOR);
        if (again) {
            // The session has fallen behind: what it missed is in here.
            return List.of(Dialect.sync(Dialect.STEP_2, rows.parts().get(DOCUMENT)));
        }
        document = rows;
        if (first == null) {
            return List.of();
        }
        waiting = null;
        if (first.ask) {
            loop.execute(() -> beginAsking(first.has));
        }
        return List.of(Dialect.sync(Dialect.STEP_2, lackedBy(first.has)));
    }

    /** @param ask whether the server says what it has, too, as is usual */
    private void step1(StateVector has, boolean ask) {
        if (vector == null) {
            waiting = new Step1(has, ask);
            return;
        }
        ways.say(Dialect.sync(Dialect.STEP_2, lackedBy(has)));
        if (ask) {
            beginAsking(has);
        }
    }

    /** Whether the client may still say what others have appended meanwhile, as if it were news. */
    boolean follows() {
        return document != null;
    }

    /** A message with what somebody appended goes out. */
    void follow(byte[] message) {
        since.add(message);
    }

    /** All that the session was sent. */
    private Update everything(EncodedRows rows) {
        var all = new ArrayList<Update>();
        all.add(ours(rows.parts().get(DOCUMENT)));
        since.forEach(message -> all.add(ours(Dialect.updateOf(message))));
        return Update.merge(all);
    }

    private byte[] lackedBy(StateVector has) {
        EncodedRows rows = document;
        if (rows == null) {
            return Update.nothing(); // all that came after the first answer was sent, in order
        }
        byte[] all = rows.parts().get(DOCUMENT);
        return has.clocks().isEmpty() ? all : ours(all).since(has).toBytes();
    }

    private static Update ours(byte[] update) {
        try {
            return Update.read(update);
        } catch (MalformedException e) {
            throw new IllegalStateException("an update of our own making", e);
        }
    }

    // ---- what the server lacks

    /** What is asked for of somebody who comes back is what nobody has: all that came since the document was made counts. */
    private void beginAsking(StateVector has) {
        EncodedRows rows = document;
        if (rows != null && !since.isEmpty() && !has.clocks().isEmpty()) {
            vector = everything(rows).vector().toBytes();
        }
        ask(1);
    }

    private void ask(int acknowledgements) {
        asked.addLast(acknowledgements);
        ways.say(Dialect.sync(Dialect.STEP_1, Objects.requireNonNull(vector)));
    }

    /** @param mayAsk whether a step 1 may be answered with one */
    void heard(int step, byte[] body, boolean mayAsk) throws MalformedException {
        switch (step) {
            case Dialect.STEP_1 -> step1(StateVector.read(body), mayAsk);
            case Dialect.STEP_2 -> step2(body);
            case Dialect.UPDATE -> append(body, 1);
            default -> throw new MalformedException("there is no step " + step + " of the sync protocol");
        }
    }

    private void step2(byte[] update) throws MalformedException {
        Integer due = asked.pollFirst();
        int acknowledgements = due == null ? 1 : due;
        EncodedRows rows = document;
        boolean known =
                Update.isNothing(update) || (rows != null && Update.read(update).isWithin(everything(rows)));
        document = null;
        since.clear();
        if (known) {
            acknowledge(acknowledgements);
        } else {
            append(update, acknowledgements);
        }
    }

    private void append(byte[] update, int acknowledgements) {
        if (Update.isNothing(update)) {
            acknowledge(acknowledgements);
            return;
        }
        underWay.put(++calls, acknowledgements);
        ways.append(calls, update);
    }

    private void acknowledge(int times) {
        for (int i = 0; i < times; i++) {
            dialect.kept().forEach(ways::say);
        }
    }

    /** What came of an update. */
    List<byte[]> settled(long call, Outcome outcome) {
        Integer due = underWay.remove(call);
        int acknowledgements = due == null ? 0 : due;
        return switch (outcome) {
            case Outcome.Refused(var why, var _)
            when isForNow(why) -> {
                owed += acknowledgements;
                askAgain(why);
                yield List.of();
            }
            case Outcome.Refused(var why, var _) -> dialect.refused(why);
            case Outcome.Accepted _, Outcome.Answered _ -> {
                if (acknowledgements > 1) {
                    loop.execute(() -> acknowledge(acknowledgements - 1));
                }
                yield dialect.kept();
            }
        };
    }

    private static boolean isForNow(Refusal why) {
        return why.code() == ErrorCode.OVERLOADED
                || why.code() == ErrorCode.UNAVAILABLE
                || why.code() == ErrorCode.RATE_LIMITED;
    }

    private void askAgain(Refusal why) {
        if (asksAgain) {
            return;
        }
        asksAgain = true;
        long wait = Math.max(LEAST_WAIT_MILLIS, why.retryAfterMillis());
        CompletableFuture.delayedExecutor(wait, TimeUnit.MILLISECONDS, loop).execute(() -> {
            asksAgain = false;
            if (!over) {
                int due = owed;
                owed = 0;
                ask(due);
            }
        });
    }
}
