package io.skein.edge.api;

import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.reducer.Call;
import io.skein.engine.state.CallKey;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@code Idempotency-Key} of a request (rule I1). */
final class Keys {
    static final String HEADER = "idempotency-key";

    private Keys() {}

    /** The header's value as it was sent, or null; an unusable one is a problem. */
    static @Nullable String header(Request request) {
        List<String> values = request.headers(HEADER);
        if (values.isEmpty()) {
            return null;
        }
        String key = values.getFirst();
        if (values.size() > 1
                || key.isEmpty()
                || key.length() > CallKey.MAX_CHARACTERS
                || key.startsWith(CallKey.INTERNAL_PREFIX)) {
            throw new ProblemException(
                    ErrorCode.INVALID_ARGS,
                    "one Idempotency-Key of 1 to %d characters that does not begin with %s"
                            .formatted(CallKey.MAX_CHARACTERS, CallKey.INTERNAL_PREFIX));
        }
        return key;
    }

    /** The key for a call of {@code reducer} with {@code args}. */
    static Optional<CallKey> of(@Nullable String key, ModuleSchema schema, String reducer, Object args) {
        return key == null
                ? Optional.empty()
                : Optional.of(of(key, Objects.requireNonNull(schema.reducer(reducer)), args));
    }

    private static CallKey of(String key, Reducer<?> reducer, Object args) {
        try {
            return new CallKey(key, Call.digest(reducer, args));
        } catch (IllegalArgumentException e) {
            throw Bodies.invalid(e);
        }
    }
}
