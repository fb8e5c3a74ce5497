package io.skein.engine.module;

/**
 * Why something was not done.
 *
 * @param reason the reducer's own stable word for it, such as {@code card_exists}; empty where the code says all
 * @param message a sentence for people
 * @param current the current {@code seq} or row version, in a {@link ErrorCode#CONFLICT}; -1 otherwise
 * @param retryAfterMillis when to try again; 0 where the code does not ask for it
 */
public record Refusal(ErrorCode code, String reason, String message, long current, long retryAfterMillis) {
    public static Refusal of(ErrorCode code, String message) {
        return new Refusal(code, "", message, -1, 0);
    }

    public static Refusal rejected(String reason, String message) {
        return new Refusal(ErrorCode.REJECTED, reason, message, -1, 0);
    }

    public static Refusal conflict(String message, long current) {
        return new Refusal(ErrorCode.CONFLICT, "", message, current, 0);
    }

    /** {@code code} is one of those that ask the caller to come back. */
    public static Refusal later(ErrorCode code, String message, long retryAfterMillis) {
        return new Refusal(code, "", message, -1, retryAfterMillis);
    }
}
