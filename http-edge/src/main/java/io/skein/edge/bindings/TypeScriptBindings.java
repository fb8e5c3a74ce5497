package io.skein.edge.bindings;

import io.skein.engine.module.Definition;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.TableRule;
import io.skein.engine.schema.Column;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A module's tables and reducers as one TypeScript file for the npm package {@code spacetimedb} 2.x: what that project's own tool would
 * generate, so that a client of Skein needs no such tool.
 *
 * <p>The order of columns and parameters is what the wire goes by. The SDK knows a row by one column: a table with a composite primary
 * key, or with a key of bytes or of a record, has no {@code onUpdate} there, but a delete and an insert; and an index over several
 * columns is never unique there.
 */
public final class TypeScriptBindings {
    /** What the file declares besides the module's own types. */
    private static final List<String> DECLARED = List.of(
            "DbConnection",
            "DbConnectionBuilder",
            "ErrorContext",
            "EventContext",
            "REMOTE_MODULE",
            "ReducerEventContext",
            "SubscriptionBuilder",
            "SubscriptionEventContext",
            "SubscriptionHandle",
            "procedures",
            "proceduresSchema",
            "reducers",
            "reducersSchema",
            "tables",
            "tablesSchema");

    private final ModuleSchema schema;
    private final List<Table<?>> tables;
    private final List<Reducer<?>> reducers;
    private final TypeScriptNames names = new TypeScriptNames(DECLARED);
    private final TypeScriptTypes types = new TypeScriptTypes(names);
    private final Map<Class<?>, String> rowTypes = new HashMap<>();

    private TypeScriptBindings(ModuleSchema schema, boolean withSystem) {
        this.schema = schema;
        this.tables = schema.rules().stream()
                .<Table<?>>map(TableRule::table)
                .filter(table -> withSystem || !isSystem(table.name()))
                .toList();
        this.reducers = schema.reducers().values().stream()
                .filter(reducer -> !reducer.internal() && (withSystem || !isSystem(reducer.name())))
                .toList();
    }

    /**
     * The whole file.
     *
     * @param withSystem with the tables and reducers too that every workspace has, such as {@code skein_member}
     */
    public static String of(ModuleSchema schema, boolean withSystem) {
        return new TypeScriptBindings(schema, withSystem).file();
    }

    private static boolean isSystem(String name) {
        return name.startsWith(Definition.RESERVED_PREFIX);
    }

    private String file() {
        // First, so that a row that is also inside another one, or an argument, has one name for both.
        tables.forEach(table -> types.elements(table.shape()));
        String reducerSchemas = reducers.stream().map(this::reducer).collect(Collectors.joining());
        List<String> rowNames = tables.stream()
                .map(table -> names.declare(TypeScriptNames.camelCase(table.name()) + "Row"))
                .toList();
        var rows = new StringBuilder();
        for (int i = 0; i < rowNames.size(); i++) {
            rows.append(row(rowNames.get(i), tables.get(i).shape()));
        }
        return TypeScriptText.head(schema.name(), schema.version())
                + types.declarations()
                + rows
                + TypeScriptText.schemas(tables(rowNames), reducerSchemas)
                + TypeScriptText.tail();
    }

    /** A row's builder, and its type unless a record inside rows has declared it. */
    private String row(String name, Shape<?> shape) {
        List<String> accessors = TypeScriptNames.accessors(shape);
        var lines = new StringBuilder("const " + name + " = __t.row({\n");
        for (int i = 0; i < accessors.size(); i++) {
            Column column = shape.columns().get(i);
            lines.append("  ").append(accessors.get(i)).append(": ").append(types.builder(column.type()));
            if (isOnlyKey(shape, column)) {
                lines.append(".primaryKey()");
            }
            if (!accessors.get(i).equals(column.name())) {
                lines.append(".name('").append(column.name()).append("')");
            }
            lines.append(",\n");
        }
        lines.append("});\n");
        if (!types.isDeclared(shape.type()) && !rowTypes.containsKey(shape.type())) {
            String type = names.declare(TypeScriptNames.pascalCase(shape.type().getSimpleName()));
            rowTypes.put(shape.type(), type);
            lines.append("export type %s = __Infer<typeof %s>;\n".formatted(type, name));
        }
        return lines.append('\n').toString();
    }

    private static boolean isOnlyKey(Shape<?> shape, Column column) {
        return column.key() && shape.keyLength() == 1 && TypeScriptTypes.canBeKey(column.type());
    }

    private String tables(List<String> rowNames) {
        List<String> accessors =
                TypeScriptNames.distinct(tables.stream().map(Table::name).toList());
        return IntStream.range(0, tables.size())
                .mapToObj(i -> table(accessors.get(i), tables.get(i), rowNames.get(i)))
                .collect(Collectors.joining());
    }

    private static String table(String accessor, Table<?> table, String rowName) {
        var indexes = new ArrayList<String>();
        var constraints = new ArrayList<String>();
        List<Integer> key = IntStream.range(0, table.shape().columns().size())
                .filter(i -> table.shape().columns().get(i).key())
                .boxed()
                .toList();
        if (!key.isEmpty() && !table.isEvent()) {
            indexes.add(index(table, key));
        }
        if (key.size() == 1 && !table.isEvent()) {
            constraints.add("        { name: '%s_key', constraint: 'unique', columns: [%s] },\n"
                    .formatted(joined(table, key), columns(table, key)));
        }
        for (Index<?, ?> index : table.indexes()) {
            if (!key.equals(index.columns())) {
                indexes.add(index(table, index.columns()));
            }
        }
        return TypeScriptText.table(accessor, table.name(), indexes, constraints, table.isEvent(), rowName);
    }

    private static String index(Table<?> table, List<Integer> columns) {
        String names = columns.stream()
                .map(column -> table.shape().columns().get(column).name())
                .collect(Collectors.joining("_"));
        return "        { accessor: '%s', name: '%s_idx_btree', algorithm: 'btree', columns: [%s] },\n"
                .formatted(TypeScriptNames.camelCase(names), joined(table, columns), columns(table, columns));
    }

    private static String joined(Table<?> table, List<Integer> columns) {
        return table.name()
                + columns.stream()
                        .map(column -> "_" + table.shape().columns().get(column).name())
                        .collect(Collectors.joining());
    }

    private static String columns(Table<?> table, List<Integer> columns) {
        List<String> accessors = TypeScriptNames.accessors(table.shape());
        return columns.stream().map(column -> "'" + accessors.get(column) + "'").collect(Collectors.joining(", "));
    }

    private String reducer(Reducer<?> reducer) {
        String parameters = types.elements(reducer.args()).replace("\n", "\n  ");
        return "  __reducerSchema('%s', %s),\n".formatted(reducer.name(), parameters);
    }
}
