package io.skein.edge.api;

import io.skein.edge.http.Request;
import io.skein.engine.reducer.Call;
import io.skein.engine.schema.Shape;
import io.skein.engine.state.CallKey;
import java.util.List;
import java.util.Optional;

/** The {@code Idempotency-Key} of a request (rule I1). */
final class Keys {
    static final String HEADER = "idempotency-key";

    private Keys() {}

    /** The header's value as it was sent; an unusable one is a problem. */
    static Optional<String> header(Request request) {
        List<String> values = request.headers(HEADER);
        if (values.isEmpty()) {
            return Optional.empty();
        }
        String key = values.getFirst();
        if (values.size() > 1
                || key.isEmpty()
                || key.length() > CallKey.MAX_CHARACTERS
                || key.startsWith(CallKey.INTERNAL_PREFIX)) {
            throw Bodies.invalid("one Idempotency-Key of 1 to %d characters that does not begin with %s"
                    .formatted(CallKey.MAX_CHARACTERS, CallKey.INTERNAL_PREFIX));
        }
        return Optional.of(key);
    }

    /** The request's key, if it has one, bound to what it asks for. */
    static <R> Optional<CallKey> of(Request request, String what, Class<R> type, R asked) {
        return header(request).map(key -> {
            try {
                return new CallKey(key, Call.digest(what, Shape.of(type), asked));
            } catch (IllegalArgumentException e) {
                throw Bodies.invalid(String.valueOf(e.getMessage()));
            }
        });
    }
}
