package io.skein.engine.workspace;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.Committed;

/** Who did what when: what of a transaction everybody hears who sees any of it. */
public record TxHeader(long seq, long timeMicros, Identity sender, String reducer, Bytes hash) {
    public static TxHeader of(Committed committed) {
        var tx = committed.transaction();
        return new TxHeader(tx.seq(), tx.timeMicros(), tx.sender(), tx.reducer(), committed.hashValue());
    }
}
