package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Members;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.RecordJson;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rows, keys and values as JSON: the table in {@code docs/native-wire.md}, both ways. Used by the native wire and the HTTP API alike.
 */
public final class RowJson {
    private static final long MAX_UINT = (1L << 32) - 1;

    private static final int MAX_LIST = 100_000;

    /** The member that stands for a secret in an export. */
    private static final String SEALED = "$sealed";

    private RowJson() {}

    // ---- out

    public static void writeRow(JsonGenerator out, Shape<?> shape, Object row) throws IOException {
        RecordJson.writeRow(out, shape, row);
    }

    public static void writeValue(JsonGenerator out, ColumnType type, Object value) throws IOException {
        RecordJson.writeValue(out, type, value);
    }

    /**
     * The same with secrets as they are kept (rule S1): {@code {"$sealed":"base64"}}.
     *
     * @throws io.skein.engine.codec.NoSecretKeyException if there is no key to seal them with
     */
    public static void writeSealedRow(JsonGenerator out, Shape<?> shape, Object row) throws IOException {
        List<Column> columns = shape.columns();
        out.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            int ordinal = i;
            out.writeFieldName(column.name());
            if (column.secret()) {
                out.writeStartObject();
                byte[] sealed = ByteWriter.collect(bytes -> ValueCodec.writeSealed(bytes, shape, row, ordinal));
                out.writeStringField(SEALED, Base64.getEncoder().encodeToString(sealed));
                out.writeEndObject();
            } else {
                writeValue(out, column.type(), shape.get(row, i));
            }
        }
        out.writeEndObject();
    }

    /** What names a row in a {@code delete}: the key's value, an array of a composite key's values, or a multiset's whole row. */
    public static void writeKey(JsonGenerator out, Table<?> table, Object key) throws IOException {
        Shape<?> shape = table.shape();
        if (table.kind() != Table.Kind.KEYED) {
            writeRow(out, shape, key);
        } else if (shape.keyLength() == 1) {
            writeValue(out, shape.keyColumn(0).type(), key);
        } else {
            out.writeStartArray();
            for (int i = 0; i < shape.keyLength(); i++) {
                writeValue(out, shape.keyColumn(i).type(), ((List<?>) key).get(i));
            }
            out.writeEndArray();
        }
    }

    // ---- in

    /** Reads a record: every member under either spelling of its column; what is left out takes the column's fallback. */
    public static <R> R readRow(JsonParser in, Shape<R> shape) throws IOException, BadJson {
        return readRow(in, shape, false);
    }

    /** Reads a record as {@link #writeSealedRow} or {@link #writeRow} writes it. */
    public static <R> R readSealedRow(JsonParser in, Shape<R> shape) throws IOException, BadJson {
        return readRow(in, shape, shape.hasSecrets());
    }

    private static <R> R readRow(JsonParser in, Shape<R> shape, boolean maySeal) throws IOException, BadJson {
        List<Column> columns = shape.columns();
        var values = new @Nullable Object[columns.size()];
        Members.object(in, (name, parser) -> {
            int ordinal = shape.ordinal(name);
            if (ordinal < 0) {
                throw Members.unknown(name, parser);
            }
            if (values[ordinal] != null) {
                throw Members.wrong(parser, "one of the two spellings of a column");
            }
            Column column = columns.get(ordinal);
            values[ordinal] = maySeal && column.secret() && parser.currentToken() == JsonToken.START_OBJECT
                    ? readSealed(parser)
                    : readValue(parser, column.type());
        });
        for (int i = 0; i < values.length; i++) {
            if (values[i] == null) {
                values[i] = Members.required(
                        columns.get(i).fallback(), columns.get(i).name());
            }
        }
        for (int i = 0; i < values.length; i++) {
            if (values[i] instanceof Sealed(var box)) {
                values[i] = open(box, shape, i, values);
            }
        }
        return shape.create(values);
    }

    /** A secret that is opened once the row's key is read. */
    private record Sealed(Bytes box) {}

    private static Sealed readSealed(JsonParser in) throws IOException, BadJson {
        var box = new @Nullable Bytes[1];
        Members.object(in, (name, parser) -> {
            if (!name.equals(SEALED)) {
                throw Members.unknown(name, parser);
            }
            box[0] = readText(
                    parser, "base64", text -> Bytes.of(Base64.getDecoder().decode(text)));
        });
        return new Sealed(Members.required(box[0], SEALED));
    }

    private static Object open(Bytes box, Shape<?> shape, int ordinal, @Nullable Object[] values) throws BadJson {
        try {
            return ValueCodec.readSealed(new ByteReader(box.toArray()), shape, ordinal, i -> values[i]);
        } catch (CorruptException e) {
            throw BadJson.unexpected(shape.columns().get(ordinal).name() + ": " + e.getMessage());
        }
    }

    /** Reads a primary key as {@link #writeKey} writes it. */
    public static Object readKey(JsonParser in, Shape<?> shape) throws IOException, BadJson {
        if (shape.keyLength() == 1) {
            return readValue(in, shape.keyColumn(0).type());
        }
        var parts = new Object[shape.keyLength()];
        int[] next = {0};
        Members.array(in, shape.keyLength(), parser -> {
            int part = next[0]++;
            parts[part] = readValue(parser, shape.keyColumn(part).type());
            return parts[part];
        });
        if (next[0] != parts.length) {
            throw Members.wrong(in, "the " + parts.length + " parts of the key");
        }
        return List.of(parts);
    }

    public static Object readValue(JsonParser in, ColumnType type) throws IOException, BadJson {
        return switch (type) {
            case ColumnType.Scalar scalar -> readScalar(in, scalar);
            case ColumnType.Enumeration enumeration -> {
                String name = Members.string(in);
                try {
                    yield enumeration.constant(name);
                } catch (IllegalArgumentException e) {
                    throw Members.wrong(in, "one of " + enumeration.names());
                }
            }
            case ColumnType.Maybe(var of) ->
                in.currentToken() == JsonToken.VALUE_NULL ? Optional.empty() : Optional.of(readValue(in, of));
            case ColumnType.Many(var of) -> List.copyOf(Members.array(in, MAX_LIST, parser -> readValue(parser, of)));
            case ColumnType.Nested(var shape) -> readRow(in, shape);
        };
    }

    private static Object readScalar(JsonParser in, ColumnType.Scalar scalar) throws IOException, BadJson {
        return switch (scalar) {
            case BOOL -> Members.bool(in);
            case INT -> (int) Members.integer(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> readLong(in);
            case UINT -> (int) Members.integer(in, 0, MAX_UINT);
            case ULONG -> readUnsigned(in);
            case DOUBLE -> Members.number(in);
            case STRING -> Members.string(in);
            case BYTES ->
                readText(in, "base64", text -> Bytes.of(Base64.getDecoder().decode(text)));
            case IDENTITY -> readText(in, "an identity of 64 hex digits", Identity::parse);
            case INSTANT -> readText(in, "a time such as 2026-01-31T12:00:00Z", Instant::parse);
            case JSON -> readJson(in);
        };
    }

    private static long readLong(JsonParser in) throws IOException, BadJson {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return readText(in, "an integer of 64 bits", Long::parseLong);
        }
        return Members.integer(in, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static long readUnsigned(JsonParser in) throws IOException, BadJson {
        if (in.currentToken() == JsonToken.VALUE_STRING) {
            return readText(in, "an integer from 0 to 2^64-1", Long::parseUnsignedLong);
        }
        return Members.unsigned(in);
    }

    /** Makes something of a string. */
    private interface TextReader<T> {
        T read(String text);
    }

    private static <T> T readText(JsonParser in, String what, TextReader<T> reader) throws IOException, BadJson {
        try {
            return reader.read(Members.string(in));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw Members.wrong(in, what);
        }
    }

    /** Reads any value as it is, without the white space. */
    public static Json readJson(JsonParser in) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator copy = in.getCodec().getFactory().createGenerator(text)) {
            copy.copyCurrentStructureExact(in);
        }
        return new Json(text.toString());
    }
}
