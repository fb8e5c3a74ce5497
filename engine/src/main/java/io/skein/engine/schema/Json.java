package io.skein.engine.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * Any JSON value: the Java type of a {@code json} column. Holds compact text (no white space between tokens), so two values
 * that were written with other spacing are equal; the order of members counts.
 */
public record Json(String text) {
    /** How deeply a value may nest; the wires use the same number. */
    public static final int MAX_NESTING = 64;

    public static final Json NULL = new Json("null");

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
            .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build();

    /** Trusts {@code text} to be compact, valid JSON. From outside use {@link #parse}. */
    public Json {}

    /**
     * Checks and compacts.
     *
     * @throws IllegalArgumentException if {@code text} is not one valid JSON value within {@link #MAX_NESTING}
     */
    public static Json parse(String text) {
        var out = new StringWriter(text.length());
        try (var parser = FACTORY.createParser(text);
                var generator = FACTORY.createGenerator(out)) {
            copyValue(parser, generator);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("more than one JSON value");
            }
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new IllegalArgumentException("not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Json(out.toString());
    }

    static JsonGenerator generator(StringWriter out) throws IOException {
        return FACTORY.createGenerator(out);
    }

    /** Numbers go over as they are written: no binary number stands for {@code 1e400} or {@code 0.10}. */
    private static void copyValue(JsonParser in, JsonGenerator out) throws IOException {
        int depth = 0;
        do {
            JsonToken token = in.nextToken();
            if (token == null) {
                throw new IllegalArgumentException("empty JSON");
            }
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            if (token.isNumeric()) {
                out.writeNumber(in.getText());
            } else {
                out.copyCurrentEvent(in);
            }
        } while (depth > 0);
    }

    @Override
    public String toString() {
        return text;
    }
}
