package io.skein.modules.streams;

import io.skein.engine.codec.CanonicalJson;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Json;
import java.time.Duration;

/** How much there may be of everything, and the checks that are the same everywhere. Texts are counted in characters. */
final class Limits {
    static final int MAX_ID = 200;
    static final int MAX_KIND = 100;
    static final int MAX_TEXT = 500;
    static final int MAX_PAYLOAD = 64 << 10;

    static final int MAX_STREAMS = 2_000;
    static final int MAX_STREAMS_OF_ONE = 500;
    static final int DEFAULT_RETAINED = 1_000;
    static final int MAX_RETAINED = 5_000;
    /** Payloads of one stream that are kept together. */
    static final long MAX_KEPT_CHARS = 4L << 20;

    static final int MAX_CHECKPOINTS = 1_000;
    static final int MAX_PRESENCE = 5_000;
    static final int MAX_PRESENCE_OF_ONE = 50;
    static final Duration PRESENCE_LIFE = Duration.ofMinutes(2);
    static final int MAX_CAPABILITIES = 5_000;
    static final int MAX_CAPABILITIES_OF_ONE = 100;
    static final int MAX_UNFINISHED = 2_000;
    static final int KEPT_FINISHED = 500;
    static final int MAX_PENDING = 1_000;
    static final int KEPT_SETTLED = 500;
    /** Deliveries of one event that are told; a node has no more targets. */
    static final int MAX_DELIVERIES = 32;

    private Limits() {}

    static void requireId(Tx tx, String what, String id) {
        tx.require(
                !id.isBlank() && id.length() <= MAX_ID,
                "invalid_id",
                "%s has 1 to %d characters".formatted(what, MAX_ID));
    }

    static void requireKind(Tx tx, String kind) {
        tx.require(
                kind.matches("[a-z0-9][a-z0-9._-]*") && kind.length() <= MAX_KIND,
                "invalid_kind",
                "a kind has 1 to %d lower-case letters, digits, dots, hyphens and underscores".formatted(MAX_KIND));
    }

    static void requireShort(Tx tx, String what, String text) {
        tx.require(text.length() <= MAX_TEXT, "invalid_text", "%s has at most %d characters".formatted(what, MAX_TEXT));
    }

    /** The payload as it is kept and hashed. */
    static Json canonical(Tx tx, String what, Json payload) {
        requireSize(tx, what, payload);
        Json canonical;
        try {
            canonical = CanonicalJson.of(payload);
        } catch (IllegalArgumentException e) {
            throw tx.reject("invalid_payload", what + ": " + e.getMessage());
        }
        requireSize(tx, what, canonical);
        return canonical;
    }

    private static void requireSize(Tx tx, String what, Json payload) {
        tx.require(
                payload.text().length() <= MAX_PAYLOAD,
                "payload_too_long",
                "%s has at most %d characters of JSON".formatted(what, MAX_PAYLOAD));
    }
}
