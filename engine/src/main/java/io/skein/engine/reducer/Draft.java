package io.skein.engine.reducer;

import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.Storable;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableWriter;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.RecordJson;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.WorkspaceState;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A transaction while its reducer runs: an overlay over the workspace as it is. */
final class Draft implements Tx {
    private final WorkspaceState base;
    private final Identity sender;
    private final Role role;
    private final Instant time;
    private final int maxOps;
    private final Reducer<?> reducer;
    private final @Nullable TableDraft<?>[] tables;
    private @Nullable RandomGenerator random;
    private int ops;
    private @Nullable Json answer;

    Draft(WorkspaceState base, Identity sender, Role role, long timeMicros, Reducer<?> reducer, int maxOps) {
        this.base = base;
        this.sender = sender;
        this.role = role;
        this.time = ValueCodec.fromMicros(timeMicros);
        this.reducer = reducer;
        this.maxOps = maxOps;
        this.tables = new TableDraft<?>[base.schema().tableCount()];
    }

    @Override
    public Identity sender() {
        return sender;
    }

    @Override
    public Role role() {
        return role;
    }

    @Override
    public Instant time() {
        return time;
    }

    @Override
    public long head() {
        return base.seq();
    }

    @Override
    public RandomGenerator random() {
        if (random == null) {
            random = new SplittableRandom(ByteBuffer.wrap(base.hash()).getLong() ^ base.seq());
        }
        return random;
    }

    @Override
    public String workspace() {
        return base.workspace();
    }

    @Override
    public <R> TableWriter<R> in(Table<R> table) {
        if (table.isEvent()) {
            throw new IllegalArgumentException(table + " is an event table: emit into it");
        }
        return draft(table);
    }

    @SuppressWarnings("unchecked")
    private <R> TableDraft<R> draft(Table<R> table) {
        int ordinal = base.schema().ordinal(table);
        var draft = (TableDraft<R>) tables[ordinal];
        if (draft == null) {
            draft = new TableDraft<>(this, ordinal, base.rows(table));
            tables[ordinal] = draft;
        }
        return draft;
    }

    @Override
    public <R> void emit(Table<R> eventTable, R row) {
        if (!eventTable.isEvent()) {
            throw new IllegalArgumentException(eventTable + " is not an event table: use insert");
        }
        draft(eventTable).emit(row);
    }

    @Override
    public String schedule(Instant due, String reducer, Record args) {
        Reducer<?> target = base.schema().reducer(reducer);
        if (target == null || !target.args().type().isInstance(args)) {
            throw new IllegalArgumentException(
                    "no reducer " + reducer + " that takes a " + args.getClass().getSimpleName());
        }
        if (target.args().hasSecrets()) {
            // A schedule's row outlives a key that is taken away, and could then be neither run nor kept.
            throw new IllegalArgumentException("what takes secrets cannot be scheduled: " + reducer);
        }
        byte[] stored = ByteWriter.collect(out -> ValueCodec.writeRow(out, target.args(), args));
        String id = HexFormat.of().toHexDigits(random().nextLong());
        in(SystemTables.SCHEDULE).insert(new SystemTables.Scheduled(id, due, reducer, Bytes.of(stored)));
        return id;
    }

    @Override
    public boolean cancel(String scheduleId) {
        return in(SystemTables.SCHEDULE).delete(scheduleId);
    }

    @Override
    public Rejection reject(String reason, String message) {
        return new Rejection(Refusal.rejected(reason, message));
    }

    @Override
    public Rejection reject(String reason, String message, Record details) {
        return new Rejection(
                Refusal.rejected(reason, message, said("details of a refusal", details, MAX_ANSWER_BYTES)));
    }

    @Override
    public void answer(Record said) {
        if (reducer.answer().filter(shape -> shape.type().isInstance(said)).isEmpty()) {
            throw new IllegalArgumentException(reducer.name() + " was not defined to answer with a "
                    + said.getClass().getSimpleName());
        }
        if (answer != null) {
            throw new IllegalStateException(reducer.name() + " answers twice");
        }
        answer = said("an answer", said, reducer.query() ? Decider.MAX_QUERY_BYTES : MAX_ANSWER_BYTES);
    }

    private static Json said(String what, Record said, int maxBytes) {
        Storable.require(Shape.of(said.getClass()), said);
        Json json = RecordJson.of(said);
        int bytes = json.text().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > maxBytes) {
            throw new Rejection(Refusal.of(
                    ErrorCode.TOO_LARGE, "%s has at most %d bytes, this one %d".formatted(what, maxBytes, bytes)));
        }
        return json;
    }

    /** What the reducer told the caller. */
    Optional<Json> answer() {
        return Optional.ofNullable(answer);
    }

    void countOp() {
        if (reducer.query()) {
            throw new IllegalStateException("query " + reducer.name() + " changes rows");
        }
        if (++ops > maxOps) {
            throw new Rejection(
                    Refusal.of(ErrorCode.TOO_LARGE, "a transaction changes at most %d rows".formatted(maxOps)));
        }
    }

    /** The net effect, grouped by table in the module's order. */
    List<RowOp> collect() {
        var collected = new ArrayList<RowOp>(ops);
        for (TableDraft<?> draft : tables) {
            if (draft != null) {
                draft.collect(collected);
            }
        }
        // Mostly one or two, and then half of what a growable list keeps for as long as the logs do.
        return List.copyOf(collected);
    }
}
