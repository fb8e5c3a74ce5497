package io.skein.engine.state;

import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Identity;
import java.util.List;
import java.util.Optional;

/**
 * What one accepted command did.
 *
 * @param seq from 1, without a gap
 * @param timeMicros when it was decided, microseconds since 1970; never before the previous one
 * @param key the caller's, if there was one
 * @param ops at most one for each key of a keyed table, grouped by table
 */
public record Transaction(
        long seq, long timeMicros, Identity sender, String reducer, Optional<CallKey> key, List<RowOp> ops) {
    /** Whether it changes what the engine itself follows. Operations come in the order of their tables, so a look at the first one tells. */
    public boolean concernsEngine(ModuleSchema schema) {
        return !ops.isEmpty() && ops.getFirst().table() <= schema.lastOfEngine();
    }
}
