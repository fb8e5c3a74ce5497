package io.skein.edge.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps a reader is made of. Each expects the parser on a value's first token, leaves it on the last, and refuses another
 * type by naming what was expected and where.
 */
public final class Members {
    private Members() {}

    /** What to do with one member of an object. The parser stands on its value. */
    @FunctionalInterface
    public interface MemberReader {
        void read(String name, JsonParser parser) throws IOException, BadJson;
    }

    /** Hands every member of the object to {@code reader}, in the order of the document. */
    public static void object(JsonParser parser, MemberReader reader) throws IOException, BadJson {
        expect(parser, JsonToken.START_OBJECT, "an object");
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            reader.read(name, parser);
        }
    }

    /** Reads an array of at most {@code maxSize} elements. */
    public static <T> List<T> array(JsonParser parser, int maxSize, Json.Reader<T> element)
            throws IOException, BadJson {
        expect(parser, JsonToken.START_ARRAY, "an array");
        List<T> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (elements.size() == maxSize) throw wrong(parser, "at most " + maxSize + " elements");
            elements.add(element.read(parser));
        }
        return elements;
    }

    /** Reads a string. */
    public static String string(JsonParser parser) throws IOException, BadJson {
        expect(parser, JsonToken.VALUE_STRING, "a string");
        return parser.getText();
    }

    /** Reads a string of {@code min} to {@code max} characters. */
    public static String string(JsonParser parser, int min, int max) throws IOException, BadJson {
        String text = string(parser);
        if (text.length() < min || text.length() > max) {
            throw wrong(parser, "a string of " + min + " to " + max + " characters");
        }
        return text;
    }

    /** Reads an integer from {@code min} to {@code max}; a number with a fraction or exponent is none. */
    public static long integer(JsonParser parser, long min, long max) throws IOException, BadJson {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            long value = parser.getLongValue();
            if (value >= min && value <= max) return value;
        }
        throw wrong(parser, "an integer from " + min + " to " + max);
    }

    /** Reads an integer from 0 to 2^64-1, as the long of the same bits. */
    public static long unsigned(JsonParser parser) throws IOException, BadJson {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            BigInteger value = parser.getBigIntegerValue();
            if (value.signum() >= 0 && value.bitLength() <= Long.SIZE) return value.longValue();
        }
        throw wrong(parser, "an integer from 0 to 2^64-1");
    }

    /** Reads a number into a double; one beyond the double's range is refused, as infinity has no JSON. */
    public static double number(JsonParser parser) throws IOException, BadJson {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = parser.getDoubleValue();
            if (Double.isFinite(value)) return value;
        }
        throw wrong(parser, "a number within the range of a double");
    }

    /** Reads {@code true} or {@code false}. */
    public static boolean bool(JsonParser parser) throws IOException, BadJson {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw wrong(parser, "true or false");
        };
    }

    /** Reads {@code null} as null, and anything else with {@code reader}. */
    public static <T> @Nullable T nullable(JsonParser parser, Json.Reader<T> reader) throws IOException, BadJson {
        return parser.currentToken() == JsonToken.VALUE_NULL ? null : reader.read(parser);
    }

    /** {@code value}, or a refusal that names the missing member. */
    public static <T> T required(@Nullable T value, String name) throws BadJson {
        if (value == null) throw BadJson.unexpected("member \"" + name + "\" is missing");
        return value;
    }

    /** The refusal of a member nobody asked for. */
    public static BadJson unknown(String name, JsonParser parser) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
        return BadJson.unexpected("unknown member \"" + shown + "\"" + at(parser));
    }

    /** The refusal of a value that is not {@code expected}. */
    public static BadJson wrong(JsonParser parser, String expected) {
        return BadJson.unexpected("expected " + expected + at(parser));
    }

    private static void expect(JsonParser parser, JsonToken token, String what) throws BadJson {
        if (parser.currentToken() != token) throw wrong(parser, what);
    }

    /** Where the parser stands, as a JSON Pointer: {@code " at /subs/0/tables"}. */
    private static String at(JsonParser parser) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        if (pointer.isEmpty()) return "";
        return " at " + (pointer.length() > 200 ? pointer.substring(0, 200) + "…" : pointer);
    }
}
