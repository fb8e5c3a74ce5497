package io.skein.edge.bindings;

import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Shape;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The types of columns as a client of the native wire meets them. Enums and records inside rows become declarations. A record that may
 * leave columns out when it is sent, because they have defaults, has a second one for that.
 */
final class ClientTypeNames {
    private final TypeScriptNames names;
    private final Map<Object, String> declared = new HashMap<>();
    private final Map<Shape<?>, String> inputs = new HashMap<>();
    private final StringBuilder declarations = new StringBuilder();

    ClientTypeNames(TypeScriptNames names) {
        this.names = names;
    }

    /** Declarations of what was met so far, each after what it is made of. */
    String declarations() {
        return declarations.toString();
    }

    /** What a record is called, if it has a name. */
    @Nullable
    String nameOf(Shape<?> shape) {
        return declared.get(shape);
    }

    /** A record has this name already. */
    void learn(Shape<?> shape, String name) {
        declared.put(shape, name);
    }

    /** A line for each column of what comes from the server, where every one is there. */
    String row(Shape<?> shape, String indent) {
        return shape.columns().stream()
                .map(column -> "%s%s: %s;\n".formatted(indent, column.name(), output(column.type())))
                .collect(Collectors.joining());
    }

    /** A line for each column of what a client sends; those with a default may be left out. */
    String arguments(Shape<?> shape, String indent) {
        return shape.columns().stream()
                .map(column -> "%s%s%s: %s;\n"
                        .formatted(
                                indent, column.name(), column.fallback() == null ? "" : "?", type(column.type(), true)))
                .collect(Collectors.joining());
    }

    /** The type of a value that comes from the server. */
    String output(ColumnType type) {
        return type(type, false);
    }

    private String type(ColumnType type, boolean sent) {
        return switch (type) {
            case ColumnType.Scalar scalar -> scalar(scalar);
            case ColumnType.Enumeration enumeration -> nameOf(enumeration);
            case ColumnType.Maybe(var of) -> type(of, sent) + " | null";
            case ColumnType.Many(var of) -> {
                String element = type(of, sent);
                yield (element.contains(" ") ? "(" + element + ")" : element) + "[]";
            }
            case ColumnType.Nested(var shape) -> sent && leavesOut(shape) ? inputNameOf(shape) : outputNameOf(shape);
        };
    }

    private static String scalar(ColumnType.Scalar scalar) {
        return switch (scalar) {
            case BOOL -> "boolean";
            case INT, UINT, DOUBLE -> "number";
            case LONG, ULONG -> "number | string";
            case STRING, BYTES, INSTANT, IDENTITY -> "string";
            case JSON -> "unknown";
        };
    }

    private String nameOf(ColumnType.Enumeration enumeration) {
        String known = declared.get(enumeration);
        if (known != null) {
            return known;
        }
        String name =
                names.declare(TypeScriptNames.pascalCase(enumeration.type().getSimpleName()));
        String union = enumeration.names().stream().map(TypeScriptTypes::quoted).collect(Collectors.joining(" | "));
        declarations.append("export type %s = %s;\n\n".formatted(name, union.isEmpty() ? "never" : union));
        declared.put(enumeration, name);
        return name;
    }

    private String outputNameOf(Shape<?> shape) {
        if (!declared.containsKey(shape)) {
            String members = row(shape, "  "); // declares what is inside first
            String name = names.declare(TypeScriptNames.pascalCase(shape.type().getSimpleName()));
            declarations.append("export type %s = {\n%s};\n\n".formatted(name, members));
            declared.put(shape, name);
        }
        return Objects.requireNonNull(declared.get(shape));
    }

    private String inputNameOf(Shape<?> shape) {
        if (!inputs.containsKey(shape)) {
            String members = arguments(shape, "  ");
            String name = names.declare(TypeScriptNames.pascalCase(shape.type().getSimpleName()) + "Input");
            declarations.append("export type %s = {\n%s};\n\n".formatted(name, members));
            inputs.put(shape, name);
        }
        return Objects.requireNonNull(inputs.get(shape));
    }

    /** Whether a record, or one inside it, has a column with a default. */
    private static boolean leavesOut(Shape<?> shape) {
        return shape.columns().stream().anyMatch(column -> column.fallback() != null || leavesOut(column));
    }

    private static boolean leavesOut(Column column) {
        ColumnType type = column.type();
        while (true) {
            switch (type) {
                case ColumnType.Maybe(var of) -> type = of;
                case ColumnType.Many(var of) -> type = of;
                case ColumnType.Nested(var shape) -> {
                    return leavesOut(shape);
                }
                case ColumnType.Scalar _, ColumnType.Enumeration _ -> {
                    return false;
                }
            }
        }
    }
}
