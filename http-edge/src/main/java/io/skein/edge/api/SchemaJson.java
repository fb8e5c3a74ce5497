package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.session.RowJson;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Query;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.TableRule;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A module's schema as JSON. A column's type is the name of a plain type ({@code "string"}), or an object with one member:
 * {@code {"optional":type}}, {@code {"list":type}}, {@code {"enum":{"name":…,"values":[…]}}}, {@code
 * {"record":{"name":…,"columns":[…]}}}.
 */
public final class SchemaJson {
    private SchemaJson() {}

    public static void write(JsonGenerator out, ModuleSchema schema) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", schema.name());
        out.writeNumberField("version", schema.version());
        out.writeArrayFieldStart("tables");
        for (TableRule<?> rule : schema.rules()) {
            writeTable(out, rule);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("reducers");
        for (Reducer<?> reducer : schema.reducers().values()) {
            if (!reducer.internal()) {
                writeReducer(out, reducer);
            }
        }
        out.writeEndArray();
        out.writeArrayFieldStart("queries");
        for (Query<?, ?> query : schema.queries().values()) {
            out.writeStartObject();
            out.writeStringField("name", query.name());
            writeColumns(out, query.args());
            out.writeFieldName("answer");
            writeType(out, new ColumnType.Nested(query.answer()));
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
    }

    private static void writeTable(JsonGenerator out, TableRule<?> rule) throws IOException {
        Table<?> table = rule.table();
        out.writeStartObject();
        out.writeStringField("name", table.name());
        out.writeStringField("kind", table.kind().name().toLowerCase(Locale.ROOT));
        out.writeStringField("readableBy", rule.minimum().wire());
        out.writeBooleanField("rowRule", rule.rows().isPresent());
        out.writeArrayFieldStart("key");
        for (int part = 0; part < table.shape().keyLength(); part++) {
            out.writeString(table.shape().keyColumn(part).name());
        }
        out.writeEndArray();
        out.writeArrayFieldStart("indexes");
        for (Index<?, ?> index : table.indexes()) {
            out.writeString(index.columns().stream()
                    .map(column -> table.shape().columns().get(column).name())
                    .collect(Collectors.joining(",")));
        }
        out.writeEndArray();
        writeColumns(out, table.shape());
        out.writeEndObject();
    }

    private static void writeReducer(JsonGenerator out, Reducer<?> reducer) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", reducer.name());
        out.writeStringField("callableBy", reducer.minimum().wire());
        writeColumns(out, reducer.args());
        if (reducer.query()) {
            out.writeBooleanField("query", true);
        }
        if (reducer.answer().isPresent()) {
            out.writeObjectFieldStart("answer");
            out.writeStringField("name", reducer.answer().get().type().getSimpleName());
            writeColumns(out, reducer.answer().get());
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void writeColumns(JsonGenerator out, Shape<?> shape) throws IOException {
        out.writeArrayFieldStart("columns");
        for (Column column : shape.columns()) {
            out.writeStartObject();
            out.writeStringField("name", column.name());
            out.writeFieldName("type");
            writeType(out, column.type());
            if (column.secret()) {
                out.writeBooleanField("secret", true);
            }
            if (column.fallback() != null) {
                out.writeFieldName("default");
                RowJson.writeValue(out, column.type(), column.fallback());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void writeType(JsonGenerator out, ColumnType type) throws IOException {
        switch (type) {
            case ColumnType.Scalar scalar -> out.writeString(scalar.display());
            case ColumnType.Enumeration enumeration -> {
                out.writeStartObject();
                out.writeObjectFieldStart("enum");
                out.writeStringField("name", enumeration.type().getSimpleName());
                out.writeArrayFieldStart("values");
                for (String name : enumeration.names()) {
                    out.writeString(name);
                }
                out.writeEndArray();
                out.writeEndObject();
                out.writeEndObject();
            }
            case ColumnType.Maybe(var of) -> writeWrapped(out, "optional", of);
            case ColumnType.Many(var of) -> writeWrapped(out, "list", of);
            case ColumnType.Nested(var shape) -> {
                out.writeStartObject();
                out.writeObjectFieldStart("record");
                out.writeStringField("name", shape.type().getSimpleName());
                writeColumns(out, shape);
                out.writeEndObject();
                out.writeEndObject();
            }
        }
    }

    private static void writeWrapped(JsonGenerator out, String name, ColumnType of) throws IOException {
        out.writeStartObject();
        out.writeFieldName(name);
        writeType(out, of);
        out.writeEndObject();
    }
}
