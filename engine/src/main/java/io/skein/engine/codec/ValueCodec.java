package io.skein.engine.codec;

import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The canonical bytes of values. Each value says what it is by one tag byte, so that journaled rows can be read, hashed and
 * checked without the module that wrote them, and a row that was written before a column was added can still be read.
 *
 * <pre>
 * 0 absent        1 false          2 true
 * 3 integer       zigzag varint (int and long alike; uint and ulong as the int or long of the same bits)
 * 4 double        8 bytes IEEE 754, big-endian
 * 5 string        varint length, UTF-8
 * 6 bytes         varint length, bytes
 * 7 instant       zigzag varint, microseconds since 1970
 * 8 identity      32 bytes, big-endian
 * 9 enum          varint length, the constant's name in UTF-8
 * 10 json         varint length, compact text in UTF-8
 * 11 list         varint count, values
 * 12 record       varint count, values in column order
 * 13 sealed       string key id, bytes: a value sealed by that key
 * </pre>
 *
 * A value has exactly one form, and readers take no other. The tags never change their meaning; new types get new tags.
 */
public final class ValueCodec {
    static final int ABSENT = 0;
    static final int FALSE = 1;
    static final int TRUE = 2;
    static final int INTEGER = 3;
    static final int DOUBLE = 4;
    static final int STRING = 5;
    static final int BYTES = 6;
    static final int INSTANT = 7;
    static final int IDENTITY = 8;
    static final int ENUM = 9;
    static final int JSON = 10;
    static final int LIST = 11;
    static final int RECORD = 12;
    static final int SEALED = 13;

    private static final long MICROS = 1_000_000L;

    private ValueCodec() {}

    /**
     * Writes a row.
     *
     * @throws IllegalArgumentException if a column holds null, a number that is not finite or a lone surrogate; the message names
     *     the column
     */
    public static void writeRow(ByteWriter out, Shape<?> shape, Object row) {
        writeRow(out, shape, row, false);
    }

    private static void writeRow(ByteWriter out, Shape<?> shape, Object row, boolean isShort) {
        List<Column> columns = shape.columns();
        int count = columns.size();
        while (isShort
                && count > 0
                && Objects.equals(
                        shape.get(row, count - 1), columns.get(count - 1).fallback())) {
            count--;
        }
        out.u8(RECORD).varint(count);
        for (int i = 0; i < count; i++) {
            Column column = columns.get(i);
            try {
                if (column.secret()) {
                    writeSealed(out, shape, row, i);
                } else {
                    write(out, column.type(), shape.get(row, i), isShort);
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(column.name() + ": " + e.getMessage(), e);
            }
        }
    }

    /**
     * Writes a secret column's value as it is kept: sealed, for this row alone.
     *
     * @throws NoSecretKeyException if there is no key to seal it with
     */
    public static void writeSealed(ByteWriter out, Shape<?> shape, Object row, int ordinal) {
        Column column = shape.columns().get(ordinal);
        byte[] plain = ByteWriter.collect(inner -> write(inner, column.type(), shape.get(row, ordinal), false));
        SecretKeys.inUse().seal(out.u8(SEALED), place(shape, column, i -> shape.get(row, i)), plain);
    }

    /** Where a secret stands: its column's name, and the primary key of its row where that has one. */
    private static byte[] place(Shape<?> shape, Column secret, IntFunction<@Nullable Object> values) {
        return ByteWriter.collect(out -> {
            out.string(secret.name());
            for (int i = 0; i < shape.columns().size(); i++) {
                Column column = shape.columns().get(i);
                if (column.key()) {
                    Object part = values.apply(i);
                    if (part instanceof Sealed) {
                        throw new CorruptException(column.name() + ": a key is never sealed");
                    }
                    write(out, column.type(), part, false);
                }
            }
        });
    }

    /** What stands for a value that is sealed until the row's key is known. */
    private record Sealed(String keyId, Bytes box) {}

    /**
     * Opens what {@link #writeSealed} wrote.
     *
     * @param values the row's, by ordinal; those of its primary key are needed
     * @throws SealedException if its key is not here
     */
    public static Object readSealed(ByteReader in, Shape<?> shape, int ordinal, IntFunction<@Nullable Object> values) {
        expect(in, in.u8(), SEALED);
        return open(new Sealed(in.string(), in.value(in.count())), shape, ordinal, values);
    }

    private static Object open(Sealed sealed, Shape<?> shape, int ordinal, IntFunction<@Nullable Object> values) {
        Column column = shape.columns().get(ordinal);
        byte[] plain = SecretKeys.inUse().open(sealed.keyId(), place(shape, column, values), sealed.box());
        var in = new ByteReader(plain);
        Object value = read(in, column.type(), false);
        in.requireEnd();
        return value;
    }

    /**
     * Writes a row, and the records in it, without the columns at the end that hold their fallback: a reader to whom those are unknown reads it too, and it
     * is the same whether the writer knew them or not.
     *
     * @throws IllegalArgumentException as {@link #writeRow}
     */
    public static void writeShortRow(ByteWriter out, Shape<?> shape, Object row) {
        writeRow(out, shape, row, true);
    }

    /** Writes the primary key of a keyed table's row as a record of its columns. */
    public static void writeKey(ByteWriter out, Shape<?> shape, Object key) {
        int length = shape.keyLength();
        out.u8(RECORD).varint(length);
        for (int i = 0; i < length; i++) {
            write(out, shape.keyColumn(i).type(), length == 1 ? key : ((List<?>) key).get(i), false);
        }
    }

    private static void write(ByteWriter out, ColumnType type, @Nullable Object maybeValue, boolean isShort) {
        Object value = Storable.requirePresent(maybeValue);
        switch (type) {
            case ColumnType.Scalar scalar -> writeScalar(out, scalar, value);
            case ColumnType.Enumeration _ -> out.u8(ENUM).string(((Enum<?>) value).name());
            case ColumnType.Maybe(var of) -> {
                var maybe = (Optional<?>) value;
                if (maybe.isPresent()) {
                    write(out, of, maybe.get(), isShort);
                } else {
                    out.u8(ABSENT);
                }
            }
            case ColumnType.Many(var of) -> {
                var list = (List<?>) value;
                out.u8(LIST).varint(list.size());
                list.forEach(element -> write(out, of, element, isShort));
            }
            case ColumnType.Nested(var shape) -> writeRow(out, shape, value, isShort);
        }
    }

    /**
     * Writes a value whose Java class says its type: what a column may hold, and not absent.
     *
     * @throws IllegalArgumentException if no column can hold it
     */
    public static void writeValue(ByteWriter out, Object value) {
        switch (value) {
            case Enum<?> constant -> out.u8(ENUM).string(constant.name());
            case List<?> list -> {
                out.u8(LIST).varint(list.size());
                list.forEach(element -> writeValue(out, element));
            }
            case Identity _, Bytes _, Json _ -> writeScalar(out, scalarOf(value), value);
            case Record row -> writeRow(out, Shape.of(row.getClass()), row);
            default -> writeScalar(out, scalarOf(value), value);
        }
    }

    private static ColumnType.Scalar scalarOf(Object value) {
        for (ColumnType.Scalar scalar : ColumnType.Scalar.values()) {
            if (scalar.javaType().isInstance(value)) {
                return scalar;
            }
        }
        throw new IllegalArgumentException(
                "no column holds a " + value.getClass().getName());
    }

    /** Writes a primary key, as {@link #writeKey} does, by the Java classes of its parts. */
    public static void writeKey(ByteWriter out, Object key) {
        List<?> parts = key instanceof List<?> composite ? composite : List.of(key);
        out.u8(RECORD).varint(parts.size());
        parts.forEach(part -> writeValue(out, part));
    }

    private static void writeScalar(ByteWriter out, ColumnType.Scalar scalar, Object value) {
        switch (scalar) {
            case BOOL -> out.u8((Boolean) value ? TRUE : FALSE);
            case INT, UINT -> out.u8(INTEGER).zigzag((Integer) value);
            case LONG, ULONG -> out.u8(INTEGER).zigzag((Long) value);
            case DOUBLE -> {
                double number = (Double) value;
                Storable.requireFinite(number);
                out.u8(DOUBLE).fixed64(Double.doubleToLongBits(number));
            }
            case STRING -> out.u8(STRING).string((String) value);
            case BYTES -> out.u8(BYTES).bytes((Bytes) value);
            case INSTANT -> out.u8(INSTANT).zigzag(toMicros((Instant) value));
            case IDENTITY -> writeIdentity(out.u8(IDENTITY), (Identity) value);
            case JSON -> out.u8(JSON).string(((Json) value).text());
        }
    }

    public static void writeIdentity(ByteWriter out, Identity identity) {
        out.fixed64(identity.word0())
                .fixed64(identity.word1())
                .fixed64(identity.word2())
                .fixed64(identity.word3());
    }

    public static Identity readIdentity(ByteReader in) {
        return new Identity(in.fixed64(), in.fixed64(), in.fixed64(), in.fixed64());
    }

    /**
     * Microseconds since 1970.
     *
     * @throws IllegalArgumentException if they do not fit 64 bits: some 292,000 years from 1970
     */
    public static long toMicros(Instant time) {
        long seconds = time.getEpochSecond();
        long micros = time.getNano() / 1_000;
        try {
            // From the side of zero, so that the least number of all does not overflow on the way.
            return seconds < 0
                    ? Math.addExact(Math.multiplyExact(seconds + 1, MICROS), micros - MICROS)
                    : Math.addExact(Math.multiplyExact(seconds, MICROS), micros);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(time + " is too far from 1970", e);
        }
    }

    public static Instant fromMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L);
    }

    /**
     * Reads a row. Columns that were added after it was written get their fallback.
     *
     * @throws CorruptException if a value does not fit its column, or a column without a fallback is missing
     */
    public static <R> R readRow(ByteReader in, Shape<R> shape) {
        return readRow(in, shape, readRecordHead(in), false);
    }

    /**
     * Reads a row that a newer version of the module may have sent: columns at the end of it, and of records in it, that are unknown here are passed over. Never for what is written
     * again, which would lose them.
     *
     * @throws CorruptException as {@link #readRow}
     */
    public static <R> R readKnownColumns(ByteReader in, Shape<R> shape) {
        return readRow(in, shape, readRecordHead(in), true);
    }

    private static <R> R readRow(ByteReader in, Shape<R> shape, int count, boolean isLenient) {
        List<Column> columns = shape.columns();
        if (count > columns.size() && !isLenient) {
            throw new CorruptException(
                    "row of %d columns for %s: written by a newer version of the module?".formatted(count, shape));
        }
        var values = new @Nullable Object[columns.size()];
        boolean isSealed = false;
        for (int i = 0; i < values.length; i++) {
            Column column = columns.get(i);
            try {
                values[i] = i < count ? readColumn(in, column, isLenient) : column.fallback();
                isSealed |= values[i] instanceof Sealed;
            } catch (SealedException e) {
                throw e;
            } catch (CorruptException e) {
                throw new CorruptException(column.name() + ": " + e.getMessage(), e);
            }
            if (values[i] == null) {
                throw new CorruptException(column.name() + " is missing in a stored row and has no @Default");
            }
        }
        for (int i = values.length; i < count; i++) {
            skip(in);
        }
        if (isSealed) {
            open(values, shape);
        }
        try {
            return shape.create(values);
        } catch (RuntimeException e) {
            throw new CorruptException(
                    "the constructor of " + shape.type().getSimpleName() + " refused a stored row", e);
        }
    }

    /** A column that was secret once, or was not yet, is read as it was written. */
    private static Object readColumn(ByteReader in, Column column, boolean isLenient) {
        int tag = in.u8();
        return tag == SEALED ? new Sealed(in.string(), in.value(in.count())) : read(in, tag, column.type(), isLenient);
    }

    private static void open(@Nullable Object[] values, Shape<?> shape) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Sealed sealed) {
                values[i] = open(sealed, shape, i, ordinal -> values[ordinal]);
            }
        }
    }

    /** Reads what {@link #writeKey} wrote. */
    public static Object readKey(ByteReader in, Shape<?> shape) {
        int length = shape.keyLength();
        if (readRecordHead(in) != length) {
            throw new CorruptException("key of another length than that of " + shape);
        }
        if (length == 1) {
            return read(in, shape.keyColumn(0).type(), false);
        }
        var parts = new Object[length];
        for (int i = 0; i < length; i++) {
            parts[i] = read(in, shape.keyColumn(i).type(), false);
        }
        return List.of(parts);
    }

    /**
     * Passes over one value of any type, without knowing whose it is.
     *
     * @throws CorruptException if there is no value
     */
    public static void skip(ByteReader in) {
        // Counted and not recursive: how deep damaged bytes nest is not known.
        for (long values = 1; values > 0; values--) {
            int tag = in.u8();
            switch (tag) {
                case ABSENT, FALSE, TRUE -> {}
                case INTEGER, INSTANT -> in.zigzag();
                case DOUBLE -> in.fixed64();
                case STRING, BYTES, ENUM, JSON -> in.skip(in.count());
                case IDENTITY -> in.skip(32);
                case SEALED -> {
                    in.skip(in.count());
                    in.skip(in.count());
                }
                case LIST, RECORD -> values += in.count();
                default -> throw new CorruptException("tag " + tag);
            }
        }
    }

    /** Reads one value of a column's type. */
    public static Object readValue(ByteReader in, ColumnType type) {
        return read(in, type, false);
    }

    private static int readRecordHead(ByteReader in) {
        return expect(in, in.u8(), RECORD).count();
    }

    private static Object read(ByteReader in, ColumnType type, boolean isLenient) {
        return read(in, in.u8(), type, isLenient);
    }

    private static Object read(ByteReader in, int tag, ColumnType type, boolean isLenient) {
        return switch (type) {
            case ColumnType.Scalar scalar -> readScalar(in, tag, scalar);
            case ColumnType.Enumeration enumeration ->
                constant(enumeration, expect(in, tag, ENUM).string());
            case ColumnType.Maybe(var of) ->
                tag == ABSENT ? Optional.empty() : Optional.of(read(in, tag, of, isLenient));
            case ColumnType.Many(var of) -> {
                int count = expect(in, tag, LIST).count();
                var list = new ArrayList<Object>(count);
                for (int i = 0; i < count; i++) {
                    list.add(read(in, of, isLenient));
                }
                yield List.copyOf(list);
            }
            case ColumnType.Nested(var shape) -> readRow(expect(in, tag, RECORD), shape, in.count(), isLenient);
        };
    }

    private static Object readScalar(ByteReader in, int tag, ColumnType.Scalar scalar) {
        return switch (scalar) {
            case BOOL -> tag == TRUE || expectFalse(in, tag);
            case INT, UINT -> narrow(expect(in, tag, INTEGER).zigzag());
            case LONG, ULONG -> expect(in, tag, INTEGER).zigzag();
            case DOUBLE ->
                finite(Double.longBitsToDouble(expect(in, tag, DOUBLE).fixed64()));
            case STRING -> expect(in, tag, STRING).string();
            case BYTES -> expect(in, tag, BYTES).value(in.count());
            case INSTANT -> fromMicros(expect(in, tag, INSTANT).zigzag());
            case IDENTITY -> readIdentity(expect(in, tag, IDENTITY));
            case JSON -> new Json(expect(in, tag, JSON).string());
        };
    }

    private static Enum<?> constant(ColumnType.Enumeration type, String name) {
        try {
            return type.constant(name);
        } catch (IllegalArgumentException e) {
            throw new CorruptException(String.valueOf(e.getMessage()), e);
        }
    }

    private static int narrow(long number) {
        if (number != (int) number) {
            throw new CorruptException("number " + number + " is longer than 32 bits");
        }
        return (int) number;
    }

    private static double finite(double number) {
        if (!Double.isFinite(number)) {
            throw new CorruptException(number + " is not a finite number");
        }
        return number;
    }

    private static boolean expectFalse(ByteReader in, int tag) {
        expect(in, tag, FALSE);
        return false;
    }

    private static ByteReader expect(ByteReader in, int tag, int expected) {
        if (tag != expected) {
            throw new CorruptException("tag %d where %d was expected".formatted(tag, expected));
        }
        return in;
    }
}
