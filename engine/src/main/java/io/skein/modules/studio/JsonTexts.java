package io.skein.modules.studio;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** JSON that comes and goes as text: columns keep it as its author wrote it, so that a client knows its own again. */
final class JsonTexts {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.MAX_NESTING)
                    .build())
            .build();

    private JsonTexts() {}

    private interface Reading<T> {
        T from(JsonParser in) throws IOException;
    }

    /** What one JSON value holds, and nothing may come after it. Rejects with {@code invalid_json}. */
    private static <T> T read(Tx tx, String what, String text, Reading<T> reading) {
        try (JsonParser in = FACTORY.createParser(text)) {
            if (in.nextToken() == null) {
                throw tx.reject("invalid_json", what + " is empty");
            }
            T read = reading.from(in);
            if (in.nextToken() != null) {
                throw tx.reject("invalid_json", what + " holds more than one JSON value");
            }
            return read;
        } catch (JacksonException e) {
            throw tx.reject("invalid_json", what + " is not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Rejects what is not one valid JSON value. */
    static void require(Tx tx, String what, String text) {
        var _ = read(tx, what, text, in -> {
            in.skipChildren();
            return true;
        });
    }

    /**
     * An array of objects, of each the members of these names, which are texts; null is as good as none.
     *
     * @param max how many objects there may be
     */
    static List<Map<String, String>> objects(Tx tx, String what, String text, int max, Set<String> names) {
        return read(tx, what, text, in -> {
            tx.require(in.currentToken() == JsonToken.START_ARRAY, "invalid_json", what + " is no array");
            var objects = new ArrayList<Map<String, String>>();
            while (in.nextToken() != JsonToken.END_ARRAY) {
                String place = what + "[" + objects.size() + "]";
                tx.require(objects.size() < max, "too_many", "%s has more than %,d elements".formatted(what, max));
                tx.require(in.currentToken() == JsonToken.START_OBJECT, "invalid_json", place + " is no object");
                objects.add(object(tx, place, in, names));
            }
            return objects;
        });
    }

    private static Map<String, String> object(Tx tx, String place, JsonParser in, Set<String> names)
            throws IOException {
        var members = new HashMap<String, String>();
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            JsonToken value = in.nextToken();
            if (!names.contains(name)) {
                in.skipChildren();
            } else if (value == JsonToken.VALUE_STRING) {
                members.put(name, storable(tx, place + "." + name, in.getText()));
            } else {
                tx.require(value == JsonToken.VALUE_NULL, "invalid_json", place + "." + name + " is no string");
            }
        }
        return members;
    }

    /** JSON can spell what no text can hold. */
    private static String storable(Tx tx, String place, String text) {
        try {
            ByteWriter.requireWellFormed(text);
            return text;
        } catch (IllegalArgumentException e) {
            throw tx.reject("invalid_json", place + ": " + e.getMessage());
        }
    }

    /** A JSON object with two members. */
    static String object(String name, String value, String otherName, String otherValue) {
        return "{\"" + name + "\":" + quoted(value) + ",\"" + otherName + "\":" + quoted(otherValue) + "}";
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /**
     * The document's content with {@code metrics.views} one higher, or one where it was no whole number yet. Everything else stays to the
     * character.
     */
    static String withOneViewMore(Tx tx, String content) {
        Splice splice = read(tx, "content_json", content, in -> {
            tx.require(
                    in.currentToken() == JsonToken.START_OBJECT,
                    "content_not_an_object",
                    "views are counted in documents whose content is an object");
            return Splice.member(
                    in,
                    "metrics",
                    "{\"views\":1}",
                    metrics -> metrics.currentToken() == JsonToken.START_OBJECT
                            ? Splice.member(metrics, "views", "1", views -> Splice.value(views, oneMore(views)))
                            : Splice.value(metrics, "{\"views\":1}"));
        });
        return splice.applied(content);
    }

    private static String oneMore(JsonParser in) throws IOException {
        // A larger number was not made by counting.
        return in.currentToken() == JsonToken.VALUE_NUMBER_INT && in.getTextLength() < 16 && in.getLongValue() >= 0
                ? Long.toString(in.getLongValue() + 1)
                : "1";
    }

    /** What replaces the characters of a text from {@code start} to {@code end}. */
    private record Splice(int start, int end, String replacement) {
        String applied(String text) {
            return text.substring(0, start) + replacement + text.substring(end);
        }

        /** Replaces the value that the parser is at, and leaves the parser at its end. */
        static Splice value(JsonParser in, String replacement) throws IOException {
            int start = (int) in.currentTokenLocation().getCharOffset();
            in.skipChildren();
            in.finishToken();
            return new Splice(start, (int) in.currentLocation().getCharOffset(), replacement);
        }

        /** Goes to the end of the object that the parser is at; changes the member, or adds it in front with this value. */
        static Splice member(JsonParser in, String name, String added, Reading<Splice> change) throws IOException {
            int first = (int) in.currentTokenLocation().getCharOffset() + 1;
            Splice found = null;
            boolean empty = true;
            while (in.nextToken() != JsonToken.END_OBJECT) {
                empty = false;
                boolean wanted = in.currentName().equals(name);
                in.nextToken();
                if (wanted) {
                    found = change.from(in);
                } else {
                    in.skipChildren();
                }
            }
            String member = quoted(name) + ":" + added + (empty ? "" : ",");
            return found == null ? new Splice(first, first, member) : found;
        }
    }
}
