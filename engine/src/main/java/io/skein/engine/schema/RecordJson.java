package io.skein.engine.schema;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Rows and values as JSON: the table of types in {@code docs/native-wire.md}, outwards. */
public final class RecordJson {
    /** The largest integer that every JSON reader keeps exactly. */
    private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

    /** Column names ready to be copied out; one entry for each record class, of which there are as many as the modules define. */
    private static final Map<Shape<?>, SerializedString[]> NAMES = new ConcurrentHashMap<>();

    private RecordJson() {}

    /** A record as a value of its own: one that keeps its columns' names when its class changes later. */
    public static Json of(Record row) {
        var text = new StringWriter();
        try (JsonGenerator out = Json.generator(text)) {
            writeRow(out, Shape.of(row.getClass()), row);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Json(text.toString());
    }

    public static void writeRow(JsonGenerator out, Shape<?> shape, Object row) throws IOException {
        SerializedString[] names = NAMES.computeIfAbsent(shape, RecordJson::names);
        List<Column> columns = shape.columns();
        out.writeStartObject();
        for (int i = 0; i < names.length; i++) {
            out.writeFieldName(names[i]);
            writeValue(out, columns.get(i).type(), shape.get(row, i));
        }
        out.writeEndObject();
    }

    private static SerializedString[] names(Shape<?> shape) {
        return shape.columns().stream()
                .map(column -> new SerializedString(column.name()))
                .toArray(SerializedString[]::new);
    }

    public static void writeValue(JsonGenerator out, ColumnType type, Object value) throws IOException {
        switch (type) {
            case ColumnType.Scalar scalar -> writeScalar(out, scalar, value);
            case ColumnType.Enumeration _ -> out.writeString(((Enum<?>) value).name());
            case ColumnType.Maybe(var of) -> {
                var maybe = (Optional<?>) value;
                if (maybe.isPresent()) {
                    writeValue(out, of, maybe.get());
                } else {
                    out.writeNull();
                }
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

    private static void writeScalar(JsonGenerator out, ColumnType.Scalar scalar, Object value) throws IOException {
        switch (scalar) {
            case BOOL -> out.writeBoolean((Boolean) value);
            case INT -> out.writeNumber((Integer) value);
            case LONG -> writeLong(out, (Long) value);
            case UINT -> out.writeNumber(Integer.toUnsignedLong((Integer) value));
            case ULONG -> writeUnsigned(out, (Long) value);
            case DOUBLE -> out.writeNumber((Double) value);
            case STRING -> out.writeString((String) value);
            case BYTES, IDENTITY, INSTANT -> out.writeString(value.toString());
            case JSON -> out.writeRawValue(((Json) value).text());
        }
    }

    private static void writeLong(JsonGenerator out, long value) throws IOException {
        if (value > MAX_SAFE_INTEGER || value < -MAX_SAFE_INTEGER) {
            out.writeString(Long.toString(value));
        } else {
            out.writeNumber(value);
        }
    }

    private static void writeUnsigned(JsonGenerator out, long value) throws IOException {
        if (value < 0) {
            out.writeString(Long.toUnsignedString(value));
        } else {
            writeLong(out, value);
        }
    }
}
