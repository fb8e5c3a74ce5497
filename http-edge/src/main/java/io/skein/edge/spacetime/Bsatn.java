package io.skein.edge.spacetime;

import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How values of one type look in BSATN. Made from the schema once for each record class; a row then costs no look at its types. The
 * encoding is SpacetimeDB's: not self-describing, little-endian, no padding.
 */
sealed interface Bsatn {
    /** A sum's tag is one byte. */
    int MAX_VARIANTS = 256;

    ClassValue<Bsatn> RECORDS = new ClassValue<>() {
        @Override
        protected Bsatn computeValue(Class<?> type) {
            return Product.of(Shape.of(type));
        }
    };

    void write(BsatnWriter out, Object value);

    /**
     * @throws BsatnException if the next bytes are no value of this type
     */
    Object read(BsatnReader in) throws BsatnException;

    /** Bytes that a value takes at least. */
    int minBytes();

    /** Whether each value takes {@link #minBytes}. */
    boolean isFixed();

    /** That of a record's class. */
    static Bsatn of(Shape<?> shape) {
        return RECORDS.get(shape.type());
    }

    static Bsatn of(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar scalar -> new Scalar(scalar);
            case ColumnType.Enumeration enumeration -> new UnitSum(constants(enumeration));
            case ColumnType.Maybe(var of) -> new Option(of(of));
            case ColumnType.Many(var of) -> new Array(of(of));
            case ColumnType.Nested(var shape) -> of(shape);
        };
    }

    private static List<Enum<?>> constants(ColumnType.Enumeration enumeration) {
        Enum<?>[] constants = enumeration.type().getEnumConstants();
        if (constants.length > MAX_VARIANTS) {
            throw new IllegalArgumentException(
                    enumeration.display() + " has more constants than this wire can tell apart: " + MAX_VARIANTS);
        }
        return List.of(constants);
    }

    /** What columns without parts hold. */
    record Scalar(ColumnType.Scalar type) implements Bsatn {
        @Override
        public void write(BsatnWriter out, Object value) {
            switch (type) {
                case BOOL -> out.u8((Boolean) value ? 1 : 0);
                case INT, UINT -> out.u32((Integer) value);
                case LONG, ULONG -> out.u64((Long) value);
                case DOUBLE -> out.u64(Double.doubleToRawLongBits((Double) value));
                case STRING -> out.string((String) value);
                case BYTES -> out.bytes(((Bytes) value).toArray());
                case INSTANT -> out.u64(ValueCodec.toMicros((Instant) value));
                case IDENTITY -> writeIdentity(out, (Identity) value);
                case JSON -> out.string(((Json) value).text());
            }
        }

        @Override
        public Object read(BsatnReader in) throws BsatnException {
            return switch (type) {
                case BOOL -> in.bool();
                case INT, UINT -> in.i32();
                case LONG, ULONG -> in.u64();
                case DOUBLE -> finite(Double.longBitsToDouble(in.u64()));
                case STRING -> in.string();
                case BYTES -> Bytes.of(in.bytes());
                case INSTANT -> instant(in.u64());
                case IDENTITY -> readIdentity(in);
                case JSON -> json(in.string());
            };
        }

        private static double finite(double value) throws BsatnException {
            if (!Double.isFinite(value)) {
                throw new BsatnException("a number that is not finite");
            }
            return value;
        }

        private static Instant instant(long micros) throws BsatnException {
            try {
                return ValueCodec.fromMicros(micros);
            } catch (DateTimeException | ArithmeticException e) {
                throw new BsatnException("no such time: " + micros + " µs");
            }
        }

        private static Json json(String text) throws BsatnException {
            try {
                return Json.parse(text);
            } catch (IllegalArgumentException e) {
                throw new BsatnException(String.valueOf(e.getMessage()));
            }
        }

        @Override
        public int minBytes() {
            return switch (type) {
                case BOOL -> 1;
                case INT, UINT, STRING, BYTES, JSON -> 4;
                case LONG, ULONG, DOUBLE, INSTANT -> 8;
                case IDENTITY -> Identity.BYTES;
            };
        }

        @Override
        public boolean isFixed() {
            return switch (type) {
                case BOOL, INT, LONG, UINT, ULONG, DOUBLE, INSTANT, IDENTITY -> true;
                case STRING, BYTES, JSON -> false;
            };
        }
    }

    /** A {@code u256}: the words, and their bytes, from the last to the first. */
    static void writeIdentity(BsatnWriter out, Identity identity) {
        out.u64(identity.word3()).u64(identity.word2()).u64(identity.word1()).u64(identity.word0());
    }

    private static Identity readIdentity(BsatnReader in) throws BsatnException {
        long word3 = in.u64();
        long word2 = in.u64();
        long word1 = in.u64();
        return new Identity(in.u64(), word1, word2, word3);
    }

    /** An enum: each constant is a variant without anything in it. */
    record UnitSum(List<Enum<?>> constants) implements Bsatn {
        @Override
        @SuppressWarnings(
                "EnumOrdinal") // the wire numbers variants as they are declared, and bindings are made from them
        public void write(BsatnWriter out, Object value) {
            out.u8(((Enum<?>) value).ordinal());
        }

        @Override
        public Object read(BsatnReader in) throws BsatnException {
            return constants.get(in.variant(constants.size()));
        }

        @Override
        public int minBytes() {
            return 1;
        }

        @Override
        public boolean isFixed() {
            return true;
        }
    }

    /** {@code some} is variant 0, {@code none} 1. */
    record Option(Bsatn of) implements Bsatn {
        @Override
        public void write(BsatnWriter out, Object value) {
            var maybe = (Optional<?>) value;
            out.u8(maybe.isPresent() ? 0 : 1);
            maybe.ifPresent(inner -> of.write(out, inner));
        }

        @Override
        public Object read(BsatnReader in) throws BsatnException {
            return in.variant(2) == 0 ? Optional.of(of.read(in)) : Optional.empty();
        }

        @Override
        public int minBytes() {
            return 1;
        }

        @Override
        public boolean isFixed() {
            return false;
        }
    }

    /** Its count, and the elements. */
    record Array(Bsatn of) implements Bsatn {
        @Override
        public void write(BsatnWriter out, Object value) {
            var elements = (List<?>) value;
            out.u32(elements.size());
            elements.forEach(element -> of.write(out, element));
        }

        @Override
        public Object read(BsatnReader in) throws BsatnException {
            int count = in.count(of.minBytes());
            var elements = new ArrayList<Object>(count);
            for (int i = 0; i < count; i++) {
                elements.add(of.read(in));
            }
            return List.copyOf(elements);
        }

        @Override
        public int minBytes() {
            return 4;
        }

        @Override
        public boolean isFixed() {
            return false;
        }
    }

    /** A record: its columns in their order, and nothing else. */
    record Product(Shape<?> shape, List<Bsatn> columns, int minBytes, boolean isFixed) implements Bsatn {
        static Product of(Shape<?> shape) {
            List<Bsatn> columns =
                    shape.columns().stream().map(Column::type).map(Bsatn::of).toList();
            return new Product(
                    shape,
                    columns,
                    columns.stream().mapToInt(Bsatn::minBytes).sum(),
                    columns.stream().allMatch(Bsatn::isFixed));
        }

        @Override
        public void write(BsatnWriter out, Object row) {
            for (int i = 0; i < columns.size(); i++) {
                columns.get(i).write(out, shape.get(row, i));
            }
        }

        @Override
        public Object read(BsatnReader in) throws BsatnException {
            var values = new @Nullable Object[columns.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = columns.get(i).read(in);
            }
            return shape.create(values);
        }
    }
}
