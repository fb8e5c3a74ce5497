package io.skein.edge.spacetime;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.TableRule;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A module's schema as SpacetimeDB publishes it: {@code RawModuleDef} version 9. The engine's own tables and reducers are not in it, as they
 * are not in the bindings.
 */
public final class ModuleDef {
    private ModuleDef() {}

    public static void write(JsonGenerator out, ModuleSchema schema) throws IOException {
        List<Table<?>> tables = schema.rules().stream()
                .<Table<?>>map(TableRule::table)
                .filter(table -> !table.name().startsWith(Definition.RESERVED_PREFIX))
                .toList();
        out.writeStartObject();
        out.writeObjectFieldStart("typespace");
        out.writeArrayFieldStart("types");
        for (Table<?> table : tables) {
            out.writeStartObject();
            out.writeFieldName("Product");
            SatsJson.writeProductType(out, table.shape());
            out.writeEndObject();
        }
        out.writeEndArray();
        out.writeEndObject();
        out.writeArrayFieldStart("tables");
        for (int i = 0; i < tables.size(); i++) {
            table(out, tables.get(i), i);
        }
        out.writeEndArray();
        out.writeArrayFieldStart("reducers");
        for (Reducer<?> reducer : schema.reducers().values()) {
            if (!reducer.internal() && !reducer.name().startsWith(Definition.RESERVED_PREFIX)) {
                reducer(out, reducer);
            }
        }
        out.writeEndArray();
        out.writeArrayFieldStart("types");
        for (int i = 0; i < tables.size(); i++) {
            type(out, tables.get(i), i);
        }
        out.writeEndArray();
        empty(out, "misc_exports");
        empty(out, "row_level_security");
        out.writeEndObject();
    }

    private static void table(JsonGenerator out, Table<?> table, int ref) throws IOException {
        Shape<?> shape = table.shape();
        int[] key = IntStream.range(0, shape.columns().size())
                .filter(i -> table.kind() == Table.Kind.KEYED
                        && shape.columns().get(i).key())
                .toArray();
        out.writeStartObject();
        out.writeStringField("name", table.name());
        out.writeNumberField("product_type_ref", ref);
        out.writeFieldName("primary_key");
        out.writeArray(key, 0, key.length == 1 ? 1 : 0); // SpacetimeDB has no keys of several columns
        out.writeArrayFieldStart("indexes");
        for (Index<?, ?> index : table.indexes()) {
            index(out, table, index.columns());
        }
        out.writeEndArray();
        out.writeArrayFieldStart("constraints");
        if (key.length > 0) {
            out.writeStartObject();
            variant(out, "name", "none");
            out.writeObjectFieldStart("data");
            out.writeObjectFieldStart("Unique");
            out.writeFieldName("columns");
            out.writeArray(key, 0, key.length);
            out.writeEndObject();
            out.writeEndObject();
            out.writeEndObject();
        }
        out.writeEndArray();
        empty(out, "sequences");
        variant(out, "schedule", "none");
        variant(out, "table_type", "User");
        variant(out, "table_access", "Public");
        out.writeEndObject();
    }

    private static void index(JsonGenerator out, Table<?> table, List<Integer> columns) throws IOException {
        String name = columns.stream()
                .map(column -> table.shape().columns().get(column).name())
                .collect(Collectors.joining("_"));
        out.writeStartObject();
        some(out, "name", table.name() + "_" + name + "_idx_btree");
        some(out, "accessor_name", name);
        out.writeObjectFieldStart("algorithm");
        out.writeFieldName("BTree");
        out.writeArray(columns.stream().mapToInt(Integer::intValue).toArray(), 0, columns.size());
        out.writeEndObject();
        out.writeEndObject();
    }

    private static void reducer(JsonGenerator out, Reducer<?> reducer) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", reducer.name());
        out.writeFieldName("params");
        SatsJson.writeProductType(out, reducer.args());
        variant(out, "lifecycle", "none");
        out.writeEndObject();
    }

    private static void type(JsonGenerator out, Table<?> table, int ref) throws IOException {
        out.writeStartObject();
        out.writeObjectFieldStart("name");
        empty(out, "scope");
        out.writeStringField("name", table.shape().type().getSimpleName());
        out.writeEndObject();
        out.writeNumberField("ty", ref);
        out.writeBooleanField("custom_ordering", true);
        out.writeEndObject();
    }

    private static void some(JsonGenerator out, String member, String value) throws IOException {
        out.writeObjectFieldStart(member);
        out.writeStringField("some", value);
        out.writeEndObject();
    }

    private static void variant(JsonGenerator out, String member, String name) throws IOException {
        out.writeObjectFieldStart(member);
        empty(out, name);
        out.writeEndObject();
    }

    private static void empty(JsonGenerator out, String member) throws IOException {
        out.writeArrayFieldStart(member);
        out.writeEndArray();
    }
}
