package io.skein.edge.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.BufferRecycler;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.json.BadJson.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Reads JSON as RFC 8259 has it and nothing looser: UTF-8 only, no duplicate member, no NaN, no half surrogate pairs, nothing
 * behind the document, and everything within {@link JsonLimits}. Thread-safe; one instance for each set of limits.
 */
public final class Json {
    /** With the default limits. */
    public static final Json DEFAULT = new Json(JsonLimits.DEFAULT);

    private final JsonLimits limits;
    private final JsonFactory factory;

    public Json(JsonLimits limits) {
        this.limits = limits;
        this.factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.maxNesting())
                        .maxStringLength(limits.maxStringChars())
                        .maxNameLength(limits.maxNameChars())
                        .maxNumberLength(limits.maxNumberChars())
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                // A message must not quote the document: it may hold what another party must not read in a log.
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                // Interning puts what clients send into the JVM's own string table.
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                // Otherwise a text that looks like UTF-16 is read as such.
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .build();
        // databind's tree reader takes the codec from the parser; it never sees a class name.
        this.factory.setCodec(new ObjectMapper(this.factory));
    }

    /** Reads one value from a parser that stands on the value's first token, and leaves it on the last. */
    @FunctionalInterface
    public interface Reader<T> {
        T read(JsonParser parser) throws IOException, BadJson;
    }

    /** Writes one value. */
    @FunctionalInterface
    public interface Writer {
        void write(JsonGenerator generator) throws IOException;
    }

    /** The limits this reads with. */
    public JsonLimits limits() {
        return limits;
    }

    /** Reads the one document that {@code bytes} holds. */
    public <T> T read(byte[] bytes, Reader<T> reader) throws BadJson {
        int bad = WellFormed.firstBadUtf8(bytes, 0, bytes.length);
        if (bad >= 0) throw new BadJson(Kind.MALFORMED, "not UTF-8 at byte " + bad);
        return readUtf8(bytes, reader);
    }

    /** The same for bytes that are known to be UTF-8, as a WebSocket's text is. */
    public <T> T readUtf8(byte[] bytes, Reader<T> reader) throws BadJson {
        int lone = WellFormed.firstLoneSurrogate(bytes, 0, bytes.length);
        if (lone >= 0) throw new BadJson(Kind.MALFORMED, "half of a surrogate pair at byte " + lone);
        try (JsonParser parser = factory.createParser(bytes)) {
            if (parser.nextToken() == null) throw new BadJson(Kind.MALFORMED, "empty document");
            T value = reader.read(parser);
            if (parser.nextToken() != null) {
                throw new BadJson(
                        Kind.MALFORMED, "something follows the document at " + place(parser.currentTokenLocation()));
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new BadJson(Kind.TOO_LARGE, constraint(e));
        } catch (JsonProcessingException e) {
            throw new BadJson(Kind.MALFORMED, firstLine(e) + " at " + place(e.getLocation()));
        } catch (IOException e) {
            throw new UncheckedIOException("reading an array cannot fail otherwise", e);
        }
    }

    /** The bytes of the document that {@code writer} writes. */
    public byte[] write(Writer writer) {
        return write(factory, writer);
    }

    /** The same with any factory; the buffers are the factory's and used again. */
    public static byte[] write(JsonFactory factory, Writer writer) {
        BufferRecycler recycler = factory._getBufferRecycler();
        try (ByteArrayBuilder out = new ByteArrayBuilder(recycler)) {
            try (JsonGenerator generator = factory.createGenerator(out)) {
                writer.write(generator);
            }
            return out.getClearAndRelease();
        } catch (IOException e) {
            throw new UncheckedIOException("writing an array cannot fail otherwise", e);
        } finally {
            recycler.releaseToPool();
        }
    }

    private String constraint(StreamConstraintsException e) {
        String message = firstLine(e);
        if (message.contains("nesting depth")) return "nested deeper than " + limits.maxNesting();
        if (message.contains("String value length")) return "a string longer than " + limits.maxStringChars();
        if (message.contains("Name length")) return "a member name longer than " + limits.maxNameChars();
        if (message.contains("Number value length")) return "a number longer than " + limits.maxNumberChars();
        return message;
    }

    /** Jackson puts the offending piece and the location behind the first line; the location is given apart. */
    private static String firstLine(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        int end = message.indexOf('\n');
        String line = end < 0 ? message : message.substring(0, end);
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }

    private static String place(JsonLocation location) {
        return "line " + location.getLineNr() + ", column " + location.getColumnNr();
    }
}
