package io.skein.persistence.bridge;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * A signed event of NIP-01. The id depends on nothing but the delivery and the key, so a relay that is told twice knows it.
 *
 * @param id 64 hex digits
 * @param message {@code ["EVENT", …]}
 */
record NostrEvent(String id, String message) {
    /**
     * @param secret 32 bytes
     * @param random 32 bytes for the signature
     */
    static NostrEvent of(Delivery delivery, int kind, byte[] secret, byte[] random) {
        String key = hex(Schnorr.publicKey(secret));
        long createdAt = delivery.createdAt().getEpochSecond();
        List<List<String>> tags = List.of(
                List.of("d", delivery.workspace() + "/" + delivery.eventId()),
                List.of("k", delivery.module() + "/" + delivery.kind()));
        String content = Envelope.of(delivery);
        byte[] id = Schnorr.sha256(Envelope.text(out -> {
                    out.writeStartArray();
                    out.writeNumber(0);
                    out.writeString(key);
                    out.writeNumber(createdAt);
                    out.writeNumber(kind);
                    write(out, tags);
                    out.writeString(content);
                    out.writeEndArray();
                })
                .getBytes(StandardCharsets.UTF_8));
        String signature = hex(Schnorr.sign(secret, id, random));
        String message = Envelope.text(out -> {
            out.writeStartArray();
            out.writeString("EVENT");
            out.writeStartObject();
            out.writeStringField("id", hex(id));
            out.writeStringField("pubkey", key);
            out.writeNumberField("created_at", createdAt);
            out.writeNumberField("kind", kind);
            out.writeFieldName("tags");
            write(out, tags);
            out.writeStringField("content", content);
            out.writeStringField("sig", signature);
            out.writeEndObject();
            out.writeEndArray();
        });
        return new NostrEvent(hex(id), message);
    }

    private static void write(JsonGenerator out, List<List<String>> tags) throws IOException {
        out.writeStartArray();
        for (List<String> tag : tags) {
            out.writeStartArray();
            for (String part : tag) {
                out.writeString(part);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
