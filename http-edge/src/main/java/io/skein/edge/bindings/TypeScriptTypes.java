package io.skein.edge.bindings;

import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** The types of columns as the SDK's builders say them. Enums and records inside rows become declarations, each before its first use. */
final class TypeScriptTypes {
    private final TypeScriptNames names;
    private final Map<Class<?>, String> declared = new HashMap<>();
    private final StringBuilder declarations = new StringBuilder();

    TypeScriptTypes(TypeScriptNames names) {
        this.names = names;
    }

    /** Declarations of what {@link #builder} has met so far. */
    String declarations() {
        return declarations.toString();
    }

    boolean isDeclared(Class<?> type) {
        return declared.containsKey(type);
    }

    /** The expression that builds a type, such as {@code __t.option(__t.u32())}. */
    String builder(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar scalar -> "__t." + scalar(scalar) + "()";
            case ColumnType.Enumeration enumeration -> {
                declare(enumeration);
                yield nameOf(enumeration.type());
            }
            case ColumnType.Maybe(var of) -> "__t.option(" + builder(of) + ")";
            case ColumnType.Many(var of) -> "__t.array(" + builder(of) + ")";
            case ColumnType.Nested(var shape) -> {
                declare(shape);
                yield nameOf(shape.type());
            }
        };
    }

    private static String scalar(ColumnType.Scalar scalar) {
        return switch (scalar) {
            case BOOL -> "bool";
            case INT -> "i32";
            case LONG -> "i64";
            case UINT -> "u32";
            case ULONG -> "u64";
            case DOUBLE -> "f64";
            case STRING, JSON -> "string";
            case BYTES -> "byteArray";
            case INSTANT -> "timestamp";
            case IDENTITY -> "identity";
        };
    }

    /** Whether a row may be known by a column of this type in the SDK's cache. */
    static boolean canBeKey(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar scalar -> scalar != ColumnType.Scalar.DOUBLE && scalar != ColumnType.Scalar.BYTES;
            case ColumnType.Enumeration _ -> true;
            case ColumnType.Maybe _, ColumnType.Many _, ColumnType.Nested _ -> false;
        };
    }

    private String nameOf(Class<?> type) {
        return Objects.requireNonNull(declared.get(type));
    }

    private void declare(ColumnType.Enumeration enumeration) {
        if (isDeclared(enumeration.type())) {
            return;
        }
        String variants = TypeScriptNames.variants(enumeration.names()).stream()
                .map(TypeScriptTypes::quoted)
                .collect(Collectors.joining(", "));
        declare(enumeration.type(), "enum", "[" + variants + "]");
    }

    private void declare(Shape<?> shape) {
        if (!isDeclared(shape.type())) {
            String elements = elements(shape); // declares what is inside first
            declare(shape.type(), "object", elements);
        }
    }

    private void declare(Class<?> type, String kind, String content) {
        String name = names.declare(TypeScriptNames.pascalCase(type.getSimpleName()));
        declared.put(type, name);
        declarations.append("""
            export const %1$s = __t.%2$s('%1$s', %3$s);
            export type %1$s = __Infer<typeof %1$s>;

            """.formatted(name, kind, content));
    }

    /** An object with a builder for each column, as nested records and reducers' parameters have it: only their order is on the wire. */
    String elements(Shape<?> shape) {
        List<String> accessors = TypeScriptNames.accessors(shape);
        var lines = new StringBuilder();
        for (int i = 0; i < accessors.size(); i++) {
            lines.append("  %s: %s,\n"
                    .formatted(accessors.get(i), builder(shape.columns().get(i).type())));
        }
        return lines.isEmpty() ? "{}" : "{\n" + lines + "}";
    }

    static String quoted(String name) {
        return "'" + name + "'";
    }
}
