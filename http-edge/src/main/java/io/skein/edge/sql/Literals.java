package io.skein.edge.sql;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Literals as values of the column that they are compared with. */
final class Literals {
    private static final int MAX_NUMBER_CHARACTERS = 400;

    private Literals() {}

    static boolean isLiteral(Token token) {
        return switch (token.kind()) {
            case TEXT, NUMBER, HEX -> true;
            case WORD -> token.is("TRUE") || token.is("FALSE") || token.is("NULL");
            case NAME, SYMBOL, END -> false;
        };
    }

    /**
     * The value of a literal.
     *
     * @return null for {@code NULL}
     * @throws SqlException if the column holds no such thing
     */
    static @Nullable Object value(Token literal, ColumnType type, String column) throws SqlException {
        boolean optional = type instanceof ColumnType.Maybe;
        if (literal.is("NULL")) {
            if (!optional) {
                throw new SqlException(column + " is never NULL");
            }
            return null;
        }
        ColumnType of = type instanceof ColumnType.Maybe(var inner) ? inner : type;
        try {
            return switch (of) {
                case ColumnType.Scalar scalar -> scalar(literal, scalar);
                case ColumnType.Enumeration enumeration -> enumeration.constant(text(literal));
                case ColumnType.Maybe _, ColumnType.Many _, ColumnType.Nested _ ->
                    throw new IllegalArgumentException("it has no literals");
            };
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            throw new SqlException("%s is %s: %s is none".formatted(column, of.display(), literal));
        }
    }

    private static Object scalar(Token literal, ColumnType.Scalar type) {
        return switch (type) {
            case BOOL -> bool(literal);
            case INT -> number(literal).intValueExact();
            case LONG -> number(literal).longValueExact();
            case UINT ->
                Integer.parseUnsignedInt(number(literal).toBigIntegerExact().toString());
            case ULONG ->
                Long.parseUnsignedLong(number(literal).toBigIntegerExact().toString());
            case DOUBLE -> finite(number(literal).doubleValue());
            case STRING -> text(literal);
            case JSON -> Json.parse(text(literal));
            case INSTANT -> instant(text(literal));
            case BYTES -> Bytes.of(HexFormat.of().parseHex(hex(literal)));
            case IDENTITY -> Identity.parse(hex(literal));
        };
    }

    private static boolean bool(Token literal) {
        if (!literal.is("TRUE") && !literal.is("FALSE")) {
            throw new IllegalArgumentException("not a bool");
        }
        return literal.is("TRUE");
    }

    private static BigDecimal number(Token literal) {
        if (literal.kind() != Token.Kind.NUMBER || literal.text().length() > MAX_NUMBER_CHARACTERS) {
            throw new IllegalArgumentException("not a number");
        }
        var number = new BigDecimal(literal.text());
        // Making an integer of 1e999999999, or finding that 1e-999999999 is none, would take for ever.
        if (Math.abs((long) number.scale()) > MAX_NUMBER_CHARACTERS) {
            throw new ArithmeticException("too large, or too small");
        }
        return number;
    }

    private static double finite(double value) {
        if (!Double.isFinite(value)) {
            throw new ArithmeticException("not finite");
        }
        return value;
    }

    private static String text(Token literal) {
        if (literal.kind() != Token.Kind.TEXT) {
            throw new IllegalArgumentException("not text");
        }
        return literal.text();
    }

    /** Digits of bytes; the quoted form is what other clients write. */
    private static String hex(Token literal) {
        if (literal.kind() == Token.Kind.TEXT && literal.text().startsWith("0x")) {
            return literal.text().substring(2);
        }
        return literal.kind() == Token.Kind.HEX ? literal.text() : text(literal);
    }

    /** A time in UTC or with an offset. */
    private static Instant instant(String text) {
        return text.endsWith("Z")
                ? Instant.parse(text)
                : OffsetDateTime.parse(text).toInstant();
    }
}
