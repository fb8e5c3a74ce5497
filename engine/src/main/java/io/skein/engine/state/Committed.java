package io.skein.engine.state;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Json;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A transaction with all that belongs to it: its canonical bytes, the hash of the chain up to it, and the workspace on both sides of
 * it. The states share what did not change, so keeping some of these costs little more than their operations.
 */
public final class Committed {
    private final Transaction transaction;
    private final byte[] canonical;
    private final WorkspaceState before;
    private final WorkspaceState after;
    private final @Nullable Json answer;
    private @Nullable Bytes hash;

    Committed(
            Transaction transaction,
            byte[] canonical,
            @Nullable Json answer,
            WorkspaceState before,
            WorkspaceState after) {
        this.transaction = transaction;
        this.canonical = canonical;
        this.answer = answer;
        this.before = before;
        this.after = after;
    }

    public Transaction transaction() {
        return transaction;
    }

    public long seq() {
        return transaction.seq();
    }

    /** The bytes that were hashed and are journaled. Not to be changed. */
    public byte[] canonical() {
        return canonical;
    }

    /** What its reducer told the caller. Beside the chain: it changes no row. */
    public Optional<Json> answer() {
        return Optional.ofNullable(answer);
    }

    /** The chain's hash up to this transaction, 32 bytes. Not to be changed. */
    public byte[] hash() {
        return after.hash();
    }

    /** As {@link #hash}, one value for all that keep it. */
    public Bytes hashValue() {
        Bytes known = hash;
        if (known == null) {
            known = Bytes.of(after.hash());
            hash = known;
        }
        return known;
    }

    public WorkspaceState before() {
        return before;
    }

    public WorkspaceState after() {
        return after;
    }
}
