package io.skein.engine.journal;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Json;
import io.skein.engine.state.RefusedCall;
import java.util.List;

/**
 * What one journal row holds: every transaction that was decided while the previous row was being written, and the refusals that must be
 * remembered.
 *
 * @param module name of the workspace's module
 * @param moduleVersion its version when this was written
 * @param firstSeq {@code seq} of the first transaction; of the next one to come if there is none
 * @param transactions canonical bytes, in order; see {@link TransactionCodec}
 * @param hashAfter the chain's hash after the last transaction, 32 bytes
 * @param refused in order; see {@link RefusedCall#afterSeq}
 * @param answers of transactions with a key, in order
 */
public record Group(
        String module,
        int moduleVersion,
        long firstSeq,
        List<byte[]> transactions,
        Bytes hashAfter,
        List<RefusedCall> refused,
        List<Answered> answers) {
    /** What a reducer told its caller, to be told again: beside the transaction's bytes, because the hash chain covers what changes rows. */
    public record Answered(long seq, Json answer) {}

    /** One in which nobody answered. */
    public Group(
            String module,
            int moduleVersion,
            long firstSeq,
            List<byte[]> transactions,
            Bytes hashAfter,
            List<RefusedCall> refused) {
        this(module, moduleVersion, firstSeq, transactions, hashAfter, refused, List.of());
    }

    /** {@code seq} after this group. */
    public long lastSeq() {
        return firstSeq + transactions.size() - 1;
    }
}
