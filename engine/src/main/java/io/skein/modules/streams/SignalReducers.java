package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.CONFLICTS;
import static io.skein.modules.streams.StreamTables.PROGRESS;
import static io.skein.modules.streams.StreamTables.TYPING;

import io.skein.engine.module.Tx;
import io.skein.engine.schema.Default;
import io.skein.modules.streams.StreamTables.ConflictSignal;
import io.skein.modules.streams.StreamTables.ProgressSignal;
import io.skein.modules.streams.StreamTables.TypingSignal;

/** What is said and not kept, to those who see the stream. */
public final class SignalReducers {
    public record SignalTyping(
            String streamId,
            String clientId,
            @Default("true") boolean typing) {}

    /** @param fraction from 0 to 1 */
    public record SignalProgress(
            String streamId,
            String taskId,
            double fraction,
            @Default("") String message) {}

    public record SignalConflict(
            String streamId,
            String clientId,
            long expectedSeq,
            long actualSeq,
            @Default("") String detail) {}

    private SignalReducers() {}

    static void typing(Tx tx, SignalTyping in) {
        StreamReducers.stream(tx, in.streamId());
        Limits.requireId(tx, "client_id", in.clientId());
        tx.emit(TYPING, new TypingSignal(in.streamId(), tx.sender(), in.clientId(), in.typing()));
    }

    static void progress(Tx tx, SignalProgress in) {
        StreamReducers.stream(tx, in.streamId());
        Limits.requireId(tx, "task_id", in.taskId());
        Limits.requireShort(tx, "message", in.message());
        tx.require(in.fraction() >= 0 && in.fraction() <= 1, "invalid_fraction", "a fraction is from 0 to 1");
        tx.emit(PROGRESS, new ProgressSignal(in.streamId(), tx.sender(), in.taskId(), in.fraction(), in.message()));
    }

    static void conflict(Tx tx, SignalConflict in) {
        StreamReducers.stream(tx, in.streamId());
        Limits.requireId(tx, "client_id", in.clientId());
        Limits.requireShort(tx, "detail", in.detail());
        tx.emit(
                CONFLICTS,
                new ConflictSignal(
                        in.streamId(), tx.sender(), in.clientId(), in.expectedSeq(), in.actualSeq(), in.detail()));
    }
}
