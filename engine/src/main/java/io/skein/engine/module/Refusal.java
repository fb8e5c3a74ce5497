package io.skein.engine.module;

import io.skein.engine.schema.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Why something was not done. Small and well-formed whatever a module says, because refusals are journaled and remembered: longer texts
 * are cut, and surrogates without their partner replaced.
 *
 * @param reason the reducer's own stable word for it, such as {@code card_exists}; empty where the code says all
 * @param message a sentence for people
 * @param current the current {@code seq} or row version, in a {@link ErrorCode#CONFLICT}; -1 otherwise
 * @param retryAfterMillis when to try again; 0 where the code does not ask for it
 * @param details what a program needs to go on from here, as the reducer gave it: an object of at most {@link Tx#MAX_ANSWER_BYTES}
 */
public record Refusal(
        ErrorCode code, String reason, String message, long current, long retryAfterMillis, Optional<Json> details) {
    /** Characters. */
    public static final int MAX_REASON = 100;

    /** Characters. */
    public static final int MAX_MESSAGE = 500;

    public Refusal {
        reason = storable(reason, MAX_REASON);
        message = storable(message, MAX_MESSAGE);
    }

    /** One without details. */
    public Refusal(ErrorCode code, String reason, String message, long current, long retryAfterMillis) {
        this(code, reason, message, current, retryAfterMillis, Optional.empty());
    }

    private static String storable(String text, int max) {
        int end = Math.min(text.length(), max);
        if (end < text.length() && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        String cut = text.substring(0, end);
        for (int i = 0; i < end; i++) {
            if (Character.isSurrogate(cut.charAt(i))) {
                // UTF-16 in Java keeps lone surrogates; an encoder does not.
                return new String(cut.getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
            }
        }
        return cut;
    }

    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, "", message, -1, 0);
    }

    public static Refusal rejected(String reason, String message) {
        return new Refusal(ErrorCode.REJECTED, reason, message, -1, 0);
    }

    public static Refusal rejected(String reason, String message, Json details) {
        return new Refusal(ErrorCode.REJECTED, reason, message, -1, 0, Optional.of(details));
    }

    public static Refusal conflict(String message, long current) {
        return new Refusal(ErrorCode.CONFLICT, "", message, current, 0);
    }

    /** The same with details. */
    public Refusal withDetails(Json more) {
        return new Refusal(code, reason, message, current, retryAfterMillis, Optional.of(more));
    }

    /** {@code code} is one of those that ask the caller to come back. */
    public static Refusal later(ErrorCode code, String message, long retryAfterMillis) {
        return new Refusal(code, "", message, -1, retryAfterMillis);
    }
}
