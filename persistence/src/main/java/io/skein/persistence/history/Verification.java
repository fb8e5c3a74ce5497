package io.skein.persistence.history;

import io.skein.engine.schema.Bytes;
import java.time.Duration;
import java.util.List;

/**
 * What verifying a workspace found. The chain proves that nothing before its last hash was changed; that nothing was cut off behind it, and that
 * not everything was written anew, can only be told by comparing {@code seq} and {@code hash} with what was noted elsewhere.
 *
 * @param rows journal rows that were checked
 * @param snapshots that were found equal to the replayed state
 * @param rowsRead whether all of them could be replayed; if a key that seals secrets is not here, order and chain alone were checked from there on
 * @param seq of the last transaction replayed, which is also the number of transactions
 * @param hash of the chain after it
 * @param faults in the order of rows; replay ends at the first one of the journal, since all that follows rests on it
 */
public record Verification(
        String workspace,
        long rows,
        long snapshots,
        boolean rowsRead,
        long seq,
        Bytes hash,
        Duration took,
        List<Fault> faults) {
    public boolean isSound() {
        return faults.isEmpty();
    }

    public double transactionsPerSecond() {
        return seq / Math.max(1e-9, took.toNanos() / 1e9);
    }
}
