package io.skein.engine.state;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.TableReader;
import io.skein.engine.module.Tables;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Table;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A workspace at one {@code seq}: its rows, the head of its hash chain, the calls it remembers. Immutable; {@link #apply} is the only
 * way to the next state, live and at recovery alike.
 */
public final class WorkspaceState implements Tables {
    private final ModuleSchema schema;
    private final String workspace;
    private final long seq;
    private final long timeMicros;
    private final byte[] hash;
    private final Rows<?>[] tables;
    private final RecentCalls calls;

    private WorkspaceState(
            ModuleSchema schema,
            String workspace,
            long seq,
            long timeMicros,
            byte[] hash,
            Rows<?>[] tables,
            RecentCalls calls) {
        this.schema = schema;
        this.workspace = workspace;
        this.seq = seq;
        this.timeMicros = timeMicros;
        this.hash = hash;
        this.tables = tables;
        this.calls = calls;
    }

    /**
     * A workspace before its first transaction.
     *
     * @param rememberedCalls see {@link RecentCalls#empty}
     */
    public static WorkspaceState empty(ModuleSchema schema, String workspace, int rememberedCalls) {
        var tables = new Rows<?>[schema.tableCount()];
        Arrays.setAll(tables, i -> Rows.empty(schema.table(i)));
        return new WorkspaceState(
                schema, workspace, 0, 0, HashChain.genesis(), tables, RecentCalls.empty(rememberedCalls));
    }

    public ModuleSchema schema() {
        return schema;
    }

    public String workspace() {
        return workspace;
    }

    public long seq() {
        return seq;
    }

    /** Time of the last transaction. */
    public long timeMicros() {
        return timeMicros;
    }

    /** The chain's hash up to {@link #seq}, 32 bytes. Not to be changed. */
    public byte[] hash() {
        return hash;
    }

    public RecentCalls calls() {
        return calls;
    }

    /** Canonical bytes that the present rows took when they were written. */
    public long bytes() {
        long sum = 0;
        for (Rows<?> rows : tables) {
            sum += rows.bytes();
        }
        return sum;
    }

    public long rowCount() {
        long sum = 0;
        for (Rows<?> rows : tables) {
            sum += rows.size();
        }
        return sum;
    }

    public Rows<?> rows(int ordinal) {
        return tables[ordinal];
    }

    @SuppressWarnings("unchecked")
    public <R> Rows<R> rows(Table<R> table) {
        return (Rows<R>) tables[schema.ordinal(table)];
    }

    @Override
    public <R> TableReader<R> in(Table<R> table) {
        if (table.isEvent()) {
            throw new IllegalArgumentException(table + " is an event table: it holds no rows");
        }
        return rows(table);
    }

    /**
     * The next state.
     *
     * @param canonical the transaction's canonical bytes
     * @param opBytes how many of them each operation takes
     * @param answer what its reducer told the caller
     * @throws IllegalArgumentException if the transaction does not follow this state: its {@code seq} is not the next one, or it
     *     changes what is not there
     */
    public Committed apply(Transaction tx, byte[] canonical, int[] opBytes, @Nullable Json answer) {
        if (tx.seq() != seq + 1) {
            throw new IllegalArgumentException("transaction %d after %d".formatted(tx.seq(), seq));
        }
        List<RowOp> ops = tx.ops();
        Rows<?>[] next = tables.clone();
        for (int i = 0; i < ops.size(); i++) {
            RowOp op = ops.get(i);
            next[op.table()] = next[op.table()].apply(op, tx.seq(), opBytes[i]);
        }
        RecentCalls nextCalls = calls;
        if (tx.key().isPresent()) {
            CallKey key = tx.key().get();
            var remembered = RecentCalls.Answer.of(key, tx.seq(), null, answer, tx.timeMicros());
            nextCalls = calls.with(tx.sender(), key, remembered);
        }
        var after = new WorkspaceState(
                schema, workspace, tx.seq(), tx.timeMicros(), HashChain.next(hash, canonical), next, nextCalls);
        return new Committed(tx, canonical, answer, this, after);
    }

    /**
     * Remembers a refusal; nothing else changes.
     *
     * @throws IllegalArgumentException if it was refused at another {@code seq}
     */
    public WorkspaceState remember(RefusedCall refused) {
        if (refused.afterSeq() != seq) {
            throw new IllegalArgumentException("refusal after %d at %d".formatted(refused.afterSeq(), seq));
        }
        var answer = RecentCalls.Answer.of(refused.key(), 0, refused.refusal(), null, refused.timeMicros());
        return new WorkspaceState(
                schema, workspace, seq, timeMicros, hash, tables, calls.with(refused.sender(), refused.key(), answer));
    }

    /** Equal content: the same chain, rows, versions, indexes and remembered calls. */
    @Override
    public boolean equals(Object other) {
        return other instanceof WorkspaceState that
                && schema == that.schema
                && workspace.equals(that.workspace)
                && seq == that.seq
                && timeMicros == that.timeMicros
                && Arrays.equals(hash, that.hash)
                && Arrays.equals(tables, that.tables)
                && calls.equals(that.calls);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(hash);
    }

    @Override
    public String toString() {
        return workspace + "@" + seq;
    }

    /** Builds a state from what a snapshot holds. */
    public static final class Restorer {
        private final ModuleSchema schema;
        private final Rows<?>[] tables;
        private RecentCalls calls;

        public Restorer(ModuleSchema schema, int rememberedCalls) {
            this.schema = schema;
            this.tables = new Rows<?>[schema.tableCount()];
            Arrays.setAll(tables, i -> Rows.empty(schema.table(i)));
            this.calls = RecentCalls.empty(rememberedCalls);
        }

        /**
         * @throws IllegalArgumentException if the row is there already
         */
        public void row(int ordinal, Object row, long version, int copies, int bytes) {
            tables[ordinal] = tables[ordinal].restored(row, version, copies, bytes);
        }

        /**
         * @throws IllegalArgumentException if the call is there already
         */
        public void call(boolean younger, RecentCalls.Caller caller, RecentCalls.Answer answer) {
            calls = calls.restored(younger, caller, answer);
        }

        public WorkspaceState finish(String workspace, long seq, long timeMicros, byte[] hash) {
            return new WorkspaceState(schema, workspace, seq, timeMicros, hash.clone(), tables, calls);
        }
    }
}
