package io.skein.engine.codec;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.skein.engine.schema.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one text of a JSON value, by RFC 8785: members in the order of their names' UTF-16 code units, no white space, numbers as JavaScript writes
 * them. Two values that say the same have the same text, and so the same hash, whoever computes it; {@code docs/payload-vectors.json} has examples.
 *
 * <p>Refused, with {@link IllegalArgumentException}, is what has no such text: duplicate names, lone surrogates, {@code NaN} and infinities (which are
 * no JSON), numbers that a double cannot hold because they are too large or too small, and whole numbers beyond 2^53-1 that JavaScript would write
 * otherwise, because they would be rounded and two values would have one hash. Fractions are rounded to the nearest double, as every JSON
 * reader does.
 */
public final class CanonicalJson {
    private static final long MAX_SAFE = (1L << 53) - 1;
    /** From this decimal exponent on JavaScript writes numbers with an exponent. */
    private static final int LONGEST_WHOLE = 21;

    private static final int LONGEST_ZEROS = -6;
    private static final char FIRST_PLAIN = 0x20;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Json.MAX_NESTING)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private CanonicalJson() {}

    /**
     * The canonical form of a value.
     *
     * @throws IllegalArgumentException if it has none; the message says why
     */
    public static Json of(Json value) {
        var out = new StringBuilder(value.text().length());
        try (JsonParser in = FACTORY.createParser(value.text())) {
            in.nextToken();
            write(in, out);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Json(out.toString());
    }

    /** SHA-256 of a canonical form's UTF-8, in 64 lower-case hex digits. */
    public static String sha256(Json canonical) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(canonical.text().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void write(JsonParser in, StringBuilder out) throws IOException {
        JsonToken token = in.currentToken();
        if (token == null) {
            throw new IllegalArgumentException("empty JSON");
        }
        switch (token) {
            case START_OBJECT -> writeObject(in, out);
            case START_ARRAY -> writeArray(in, out);
            case VALUE_STRING -> writeString(in.getText(), out);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.append(number(in));
            default -> out.append(in.getText()); // true, false, null
        }
    }

    private static void writeObject(JsonParser in, StringBuilder out) throws IOException {
        Map<String, String> members = new TreeMap<>(); // a String's own order is that of its UTF-16 code units
        while (in.nextToken() != JsonToken.END_OBJECT) {
            String name = in.currentName();
            var value = new StringBuilder();
            in.nextToken();
            write(in, value);
            members.put(name, value.toString());
        }
        char before = '{';
        for (var member : members.entrySet()) {
            out.append(before);
            writeString(member.getKey(), out);
            out.append(':').append(member.getValue());
            before = ',';
        }
        out.append(members.isEmpty() ? "{}" : "}");
    }

    private static void writeArray(JsonParser in, StringBuilder out) throws IOException {
        out.append('[');
        boolean first = true;
        while (in.nextToken() != JsonToken.END_ARRAY) {
            if (!first) {
                out.append(',');
            }
            first = false;
            write(in, out);
        }
        out.append(']');
    }

    private static void writeString(String text, StringBuilder out) {
        ByteWriter.requireWellFormed(text);
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < FIRST_PLAIN) {
                        out.append("\\u00").append(HexFormat.of().toHexDigits((byte) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static String number(JsonParser in) throws IOException {
        String text = in.getText();
        var exact = new BigDecimal(text);
        double value = exact.doubleValue();
        if (Double.isInfinite(value) || (value == 0 && exact.signum() != 0)) {
            throw new IllegalArgumentException("no double holds " + shortened(text));
        }
        String canonical = number(value);
        if (in.currentToken() == JsonToken.VALUE_NUMBER_INT && Math.abs(value) > MAX_SAFE && !canonical.equals(text)) {
            throw new IllegalArgumentException(shortened(text) + " would be rounded: say it as a string");
        }
        return canonical;
    }

    private static String shortened(String number) {
        return number.length() <= 40 ? number : number.substring(0, 40) + "…";
    }

    /** As JavaScript writes a number: the fewest digits that give it back. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();
        String sign = value < 0 ? "-" : "";
        return sign + placed(digits, point);
    }

    /** Java writes two digits at least, where one may be enough. */
    private static BigDecimal shortest(double value) {
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (decimal.precision() != 2) {
            return decimal;
        }
        BigDecimal one = decimal.setScale(decimal.scale() - 1, RoundingMode.HALF_EVEN);
        return one.signum() != 0 && one.doubleValue() == value ? one.stripTrailingZeros() : decimal;
    }

    /** @param point where the decimal point is, counted from the first digit's left */
    private static String placed(String digits, int point) {
        int count = digits.length();
        if (count <= point && point <= LONGEST_WHOLE) {
            return digits + "0".repeat(point - count);
        }
        if (0 < point && point <= LONGEST_WHOLE) {
            return digits.substring(0, point) + "." + digits.substring(point);
        }
        if (LONGEST_ZEROS < point && point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        String mantissa = count == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return mantissa + "e" + (point > 0 ? "+" : "-") + Math.abs(point - 1);
    }
}
