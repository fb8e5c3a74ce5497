package io.skein.engine.reducer;

import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Json;
import java.util.Optional;

/** What came of a call. */
public sealed interface Outcome {
    /** Whether this is what an earlier call with the same key came to. */
    boolean repeated();

    /**
     * It is transaction {@code seq}.
     *
     * @param answer what the reducer told the caller: an object, in the shape that the reducer was defined with when it was told
     */
    record Accepted(long seq, boolean repeated, Optional<Json> answer) implements Outcome {
        /** One that says no more than that it is done. */
        public Accepted(long seq, boolean repeated) {
            this(seq, repeated, Optional.empty());
        }
    }

    /** A query's answer, from the workspace as it is after transaction {@code seq}. */
    record Answered(long seq, Json answer) implements Outcome {
        @Override
        public boolean repeated() {
            return false;
        }
    }

    /** It changed nothing. */
    record Refused(Refusal refusal, boolean repeated) implements Outcome {}

    /** Characters of what is said beside what came of it: the measure for queues. */
    default int characters() {
        return switch (this) {
            case Accepted(var _, var _, var answer) ->
                answer.map(json -> json.text().length()).orElse(0);
            case Answered(var _, var answer) -> answer.text().length();
            case Refused(var refusal, var _) ->
                refusal.details().map(json -> json.text().length()).orElse(0);
        };
    }
}
