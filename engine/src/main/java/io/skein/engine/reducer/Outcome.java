package io.skein.engine.reducer;

import io.skein.engine.module.Refusal;

/** What came of a call. */
public sealed interface Outcome {
    /** Whether this is what an earlier call with the same key came to. */
    boolean repeated();

    /** It is transaction {@code seq}. */
    record Accepted(long seq, boolean repeated) implements Outcome {}

    /** It changed nothing. */
    record Refused(Refusal refusal, boolean repeated) implements Outcome {}
}
