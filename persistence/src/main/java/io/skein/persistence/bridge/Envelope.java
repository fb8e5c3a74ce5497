package io.skein.persistence.bridge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** What every target is told of an event, as JSON. The same event always has the same text, so that a repetition can be known. */
final class Envelope {
    static final JsonFactory JSON = new JsonFactory();

    private Envelope() {}

    static String of(Delivery delivery) {
        return text(out -> {
            out.writeStartObject();
            out.writeStringField("workspace", delivery.workspace());
            out.writeStringField("module", delivery.module());
            out.writeStringField("id", delivery.eventId());
            out.writeStringField("kind", delivery.kind());
            out.writeStringField("committed_at", delivery.createdAt().toString());
            out.writeFieldName("body");
            out.writeRawValue(delivery.body());
            out.writeEndObject();
        });
    }

    /** Writes JSON. */
    interface Writing {
        void to(JsonGenerator out) throws IOException;
    }

    static String text(Writing writing) {
        var text = new StringWriter();
        try (var out = JSON.createGenerator(text)) {
            writing.to(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
