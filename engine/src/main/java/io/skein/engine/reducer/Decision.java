package io.skein.engine.reducer;

import io.skein.engine.module.Refusal;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RefusedCall;
import java.util.Optional;

/** What a workspace makes of a call, before anything is written. */
public sealed interface Decision {
    /** To be journaled. */
    record Commit(Committed committed) implements Decision {}

    /**
     * Nothing changes.
     *
     * @param remember to be journaled, so that a repetition gets the same answer
     */
    record Refuse(Refusal refusal, Optional<RefusedCall> remember) implements Decision {}

    /** A query: nothing to journal, and nothing to remember. */
    record Tell(Outcome.Answered answered) implements Decision {}

    /** Decided before. */
    record Repeat(Outcome outcome) implements Decision {}
}
