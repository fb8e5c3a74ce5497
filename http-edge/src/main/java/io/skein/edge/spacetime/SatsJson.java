package io.skein.edge.spacetime;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import io.skein.edge.json.Members;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Shape;
import java.io.IOException;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Values as SpacetimeDB's HTTP interface has them: a product is an array of its fields (an object by their names is read, too), a sum
 * {@code {"variant": payload}}, a time the product of its microseconds, an identity that of its hex digits.
 */
public final class SatsJson {
    private static final int MAX_LIST = 1_000_000;
    private static final String IDENTITY_FIELD = "__identity__";
    private static final String TIME_FIELD = "__timestamp_micros_since_unix_epoch__";

    private SatsJson() {}

    // ---- out

    public static void writeRow(JsonGenerator out, Shape<?> shape, Object row) throws IOException {
        out.writeStartArray();
        for (int i = 0; i < shape.columns().size(); i++) {
            writeValue(out, shape.columns().get(i).type(), shape.get(row, i));
        }
        out.writeEndArray();
    }

    private static void writeValue(JsonGenerator out, ColumnType type, Object value) throws IOException {
        switch (type) {
            case ColumnType.Scalar scalar -> writeScalar(out, scalar, value);
            case ColumnType.Enumeration _ -> {
                out.writeStartObject();
                unit(out, ((Enum<?>) value).name());
                out.writeEndObject();
            }
            case ColumnType.Maybe(var of) -> {
                out.writeStartObject();
                var maybe = (Optional<?>) value;
                if (maybe.isPresent()) {
                    out.writeFieldName("some");
                    writeValue(out, of, maybe.get());
                } else {
                    unit(out, "none");
                }
                out.writeEndObject();
            }
            case ColumnType.Many(var of) -> {
                out.writeStartArray();
                for (Object element : (List<?>) value) {
                    writeValue(out, of, element);
                }
                out.writeEndArray();
            }
            case ColumnType.Nested(var shape) -> writeRow(out, shape, value);
        }
    }

    private static void unit(JsonGenerator out, String variant) throws IOException {
        out.writeArrayFieldStart(variant);
        out.writeEndArray();
    }

    private static void writeScalar(JsonGenerator out, ColumnType.Scalar scalar, Object value) throws IOException {
        switch (scalar) {
            case BOOL -> out.writeBoolean((Boolean) value);
            case INT -> out.writeNumber((Integer) value);
            case LONG -> out.writeNumber((Long) value);
            case UINT -> out.writeNumber(Integer.toUnsignedLong((Integer) value));
            case ULONG -> out.writeNumber(new BigInteger(Long.toUnsignedString((Long) value)));
            case DOUBLE -> out.writeNumber((Double) value);
            case STRING, JSON -> out.writeString(value.toString());
            case BYTES -> out.writeString(((Bytes) value).toHex());
            case INSTANT -> {
                out.writeStartArray();
                out.writeNumber(ValueCodec.toMicros((Instant) value));
                out.writeEndArray();
            }
            case IDENTITY -> {
                out.writeStartArray();
                out.writeString("0x" + value);
                out.writeEndArray();
            }
        }
    }

    /** Writes what a record is: {@code {"elements":[{"name":{"some":…},"algebraic_type":…},…]}}. */
    public static void writeProductType(JsonGenerator out, Shape<?> shape) throws IOException {
        out.writeStartObject();
        out.writeArrayFieldStart("elements");
        for (Column column : shape.columns()) {
            element(out, column.name(), type -> writeType(type, column.type()));
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void element(JsonGenerator out, String name, Json.Writer type) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("name");
        out.writeStringField("some", name);
        out.writeEndObject();
        out.writeFieldName("algebraic_type");
        type.write(out);
        out.writeEndObject();
    }

    /** Writes a type: {@code {"U32":[]}}, {@code {"Product":…}} and so on. */
    private static void writeType(JsonGenerator out, ColumnType type) throws IOException {
        switch (type) {
            case ColumnType.Scalar scalar -> writeScalarType(out, scalar);
            case ColumnType.Enumeration enumeration ->
                sum(out, enumeration.names(), (_, variant) -> product(variant, List.of(), _ -> {}));
            case ColumnType.Maybe(var of) ->
                sum(out, List.of("some", "none"), (name, variant) -> {
                    if (name.equals("some")) {
                        writeType(variant, of);
                    } else {
                        product(variant, List.of(), _ -> {});
                    }
                });
            case ColumnType.Many(var of) -> {
                out.writeStartObject();
                out.writeFieldName("Array");
                writeType(out, of);
                out.writeEndObject();
            }
            case ColumnType.Nested(var shape) -> {
                out.writeStartObject();
                out.writeFieldName("Product");
                writeProductType(out, shape);
                out.writeEndObject();
            }
        }
    }

    private static void writeScalarType(JsonGenerator out, ColumnType.Scalar scalar) throws IOException {
        switch (scalar) {
            case BOOL -> simple(out, "Bool");
            case INT -> simple(out, "I32");
            case LONG -> simple(out, "I64");
            case UINT -> simple(out, "U32");
            case ULONG -> simple(out, "U64");
            case DOUBLE -> simple(out, "F64");
            case STRING, JSON -> simple(out, "String");
            case BYTES -> {
                out.writeStartObject();
                out.writeFieldName("Array");
                simple(out, "U8");
                out.writeEndObject();
            }
            case INSTANT -> product(out, List.of(TIME_FIELD), type -> simple(type, "I64"));
            case IDENTITY -> product(out, List.of(IDENTITY_FIELD), type -> simple(type, "U256"));
        }
    }

    private static void simple(JsonGenerator out, String name) throws IOException {
        out.writeStartObject();
        unit(out, name);
        out.writeEndObject();
    }

    private static void product(JsonGenerator out, List<String> fields, Json.Writer type) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("Product");
        out.writeArrayFieldStart("elements");
        for (String field : fields) {
            element(out, field, type);
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndObject();
    }

    private interface VariantWriter {
        void write(String name, JsonGenerator out) throws IOException;
    }

    private static void sum(JsonGenerator out, List<String> variants, VariantWriter type) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("Sum");
        out.writeArrayFieldStart("variants");
        for (String variant : variants) {
            element(out, variant, written -> type.write(variant, written));
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeEndObject();
    }

    // ---- in

    /** Reads a record, as an array or as an object; in an object, what is left out takes the column's fallback. */
    public static <R> R readRow(JsonParser in, Shape<R> shape) throws IOException, BadJson {
        List<Column> columns = shape.columns();
        var values = new @Nullable Object[columns.size()];
        if (in.currentToken() == JsonToken.START_ARRAY) {
            int[] next = {0};
            Members.array(in, columns.size(), parser -> {
                int at = next[0]++;
                values[at] = readValue(parser, columns.get(at).type());
                return at;
            });
        } else {
            Members.object(in, (name, parser) -> {
                int ordinal = shape.ordinal(name);
                if (ordinal < 0 || values[ordinal] != null) {
                    throw Members.unknown(name, parser);
                }
                values[ordinal] = readValue(parser, columns.get(ordinal).type());
            });
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                values[i] = Members.required(
                        columns.get(i).fallback(), columns.get(i).name());
            }
        }
        return shape.create(values);
    }

    private static Object readValue(JsonParser in, ColumnType type) throws IOException, BadJson {
        return switch (type) {
            case ColumnType.Scalar scalar -> readScalar(in, scalar);
            case ColumnType.Enumeration enumeration -> readEnumeration(in, enumeration);
            case ColumnType.Maybe(var of) -> readOption(in, of);
            case ColumnType.Many(var of) -> List.copyOf(Members.array(in, MAX_LIST, parser -> readValue(parser, of)));
            case ColumnType.Nested(var shape) -> readRow(in, shape);
        };
    }

    private static Object readEnumeration(JsonParser in, ColumnType.Enumeration enumeration)
            throws IOException, BadJson {
        var name = new String[1];
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            name[0] = in.getText();
        } else {
            Members.object(in, (variant, parser) -> {
                name[0] = variant;
                parser.skipChildren();
            });
        }
        try {
            return enumeration.constant(String.valueOf(name[0]));
        } catch (IllegalArgumentException e) {
            throw Members.wrong(in, "one of " + enumeration.names());
        }
    }

    private static Optional<?> readOption(JsonParser in, ColumnType of) throws IOException, BadJson {
        if (in.currentToken() == JsonToken.VALUE_NULL) {
            return Optional.empty();
        }
        var read = new ArrayList<Optional<?>>(1);
        Members.object(in, (variant, parser) -> {
            switch (variant) {
                case "some" -> read.add(Optional.of(readValue(parser, of)));
                case "none" -> {
                    parser.skipChildren();
                    read.add(Optional.empty());
                }
                default -> throw Members.unknown(variant, parser);
            }
        });
        if (read.size() != 1) {
            throw Members.wrong(in, "one of \"some\" and \"none\"");
        }
        return read.getFirst();
    }

    private static Object readScalar(JsonParser in, ColumnType.Scalar scalar) throws IOException, BadJson {
        return switch (scalar) {
            case BOOL -> Members.bool(in);
            case INT -> (int) Members.integer(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> Members.integer(in, Long.MIN_VALUE, Long.MAX_VALUE);
            case UINT -> (int) Members.integer(in, 0, 0xffff_ffffL);
            case ULONG -> readUnsignedLong(in);
            case DOUBLE -> Members.number(in);
            case STRING -> Members.string(in);
            case BYTES -> text(in, "hex digits", hex -> Bytes.of(HexFormat.of().parseHex(withoutPrefix(hex))));
            case JSON -> text(in, "a string that holds JSON", io.skein.engine.schema.Json::parse);
            case INSTANT -> field(in, TIME_FIELD, SatsJson::readInstant);
            case IDENTITY ->
                field(
                        in,
                        IDENTITY_FIELD,
                        parser -> text(
                                parser, "an identity of 64 hex digits", hex -> Identity.parse(withoutPrefix(hex))));
        };
    }

    private static long readUnsignedLong(JsonParser in) throws IOException, BadJson {
        if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw Members.wrong(in, "an integer from 0 to 2^64-1");
        }
        try {
            return Long.parseUnsignedLong(in.getText());
        } catch (NumberFormatException e) {
            throw Members.wrong(in, "an integer from 0 to 2^64-1");
        }
    }

    private static Instant readInstant(JsonParser in) throws IOException, BadJson {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return text(in, "a time such as 2026-01-31T12:00:00Z", Instant::parse);
        }
        try {
            return ValueCodec.fromMicros(Members.integer(in, Long.MIN_VALUE, Long.MAX_VALUE));
        } catch (DateTimeException | ArithmeticException e) {
            throw Members.wrong(in, "microseconds since 1970");
        }
    }

    /** Reads a product of one field: as an array, as an object, or the field alone. */
    private static <T> T field(JsonParser in, String name, Json.Reader<T> reader) throws IOException, BadJson {
        return switch (in.currentToken()) {
            case START_ARRAY -> {
                List<T> fields = Members.array(in, 1, reader);
                yield Members.required(fields.isEmpty() ? null : fields.getFirst(), name);
            }
            case START_OBJECT -> {
                var read = new Object() {
                    @Nullable
                    T value;
                };
                Members.object(in, (field, parser) -> {
                    if (!field.equals(name)) {
                        throw Members.unknown(field, parser);
                    }
                    read.value = reader.read(parser);
                });
                yield Members.required(read.value, name);
            }
            case null, default -> reader.read(in);
        };
    }

    private static String withoutPrefix(String hex) {
        return hex.startsWith("0x") ? hex.substring(2) : hex;
    }

    private interface TextReader<T> {
        T read(String text);
    }

    private static <T> T text(JsonParser in, String what, TextReader<T> reader) throws IOException, BadJson {
        try {
            return reader.read(Members.string(in));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw Members.wrong(in, what);
        }
    }
}
