package io.skein.engine.schema;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads columns off record components. */
final class ColumnReader {
    private static final Map<Type, ColumnType> SCALARS = Map.ofEntries(
            Map.entry(boolean.class, ColumnType.Scalar.BOOL),
            Map.entry(Boolean.class, ColumnType.Scalar.BOOL),
            Map.entry(int.class, ColumnType.Scalar.INT),
            Map.entry(Integer.class, ColumnType.Scalar.INT),
            Map.entry(long.class, ColumnType.Scalar.LONG),
            Map.entry(Long.class, ColumnType.Scalar.LONG),
            Map.entry(double.class, ColumnType.Scalar.DOUBLE),
            Map.entry(Double.class, ColumnType.Scalar.DOUBLE),
            Map.entry(String.class, ColumnType.Scalar.STRING),
            Map.entry(Bytes.class, ColumnType.Scalar.BYTES),
            Map.entry(Instant.class, ColumnType.Scalar.INSTANT),
            Map.entry(Identity.class, ColumnType.Scalar.IDENTITY),
            Map.entry(Json.class, ColumnType.Scalar.JSON));

    private ColumnReader() {}

    static List<Column> columns(RecordComponent[] components) {
        var names = new HashSet<String>();
        return Arrays.stream(components)
                .map(component -> {
                    var column = column(component);
                    if (!names.add(column.name())) {
                        throw new IllegalArgumentException("two columns named " + column.name());
                    }
                    return column;
                })
                .toList();
    }

    private static Column column(RecordComponent component) {
        ColumnType type = type(component, component.getGenericType());
        if (component.isAnnotationPresent(Unsigned.class) && !isUnsigned(type)) {
            throw new IllegalArgumentException(where(component) + " cannot be @Unsigned: int and long can");
        }
        boolean key = component.isAnnotationPresent(Key.class);
        if (key && (type instanceof ColumnType.Maybe || type instanceof ColumnType.Many)) {
            throw new IllegalArgumentException(where(component) + " cannot be a key: keys are plain values");
        }
        if (key && type == ColumnType.Scalar.DOUBLE) {
            throw new IllegalArgumentException(
                    where(component) + " cannot be a key: 0.0 and -0.0 are and are not equal");
        }
        boolean secret = component.isAnnotationPresent(Secret.class);
        if (secret && key) {
            throw new IllegalArgumentException(where(component) + " cannot be @Secret: keys name rows everywhere");
        }
        return new Column(
                Column.snakeCase(component.getName()),
                component.getName(),
                type,
                key,
                secret,
                fallback(component, type));
    }

    @SuppressWarnings("unchecked")
    private static ColumnType type(RecordComponent component, Type java) {
        ColumnType scalar = SCALARS.get(java);
        if (scalar != null) {
            return component.isAnnotationPresent(Unsigned.class) ? unsigned(scalar) : scalar;
        }
        if (java instanceof Class<?> type && type.isEnum()) {
            return new ColumnType.Enumeration((Class<? extends Enum<?>>) type);
        }
        if (java instanceof Class<?> type && type.isRecord()) {
            return new ColumnType.Nested(Shape.of(type));
        }
        if (java instanceof ParameterizedType generic && generic.getRawType() == Optional.class) {
            ColumnType of = type(component, generic.getActualTypeArguments()[0]);
            if (of instanceof ColumnType.Maybe) {
                throw new IllegalArgumentException(where(component) + ": an optional cannot hold an optional");
            }
            return new ColumnType.Maybe(of);
        }
        if (java instanceof ParameterizedType generic && generic.getRawType() == List.class) {
            ColumnType of = type(component, generic.getActualTypeArguments()[0]);
            if (of instanceof ColumnType.Maybe) {
                throw new IllegalArgumentException(where(component) + ": a list cannot hold optionals");
            }
            return new ColumnType.Many(of);
        }
        throw new IllegalArgumentException(where(component) + " is a " + java.getTypeName()
                + "; a column holds bool, int, long, double, String, Bytes, Instant, Identity, Json, an enum,"
                + " a record, Optional or List of these");
    }

    private static ColumnType unsigned(ColumnType scalar) {
        if (scalar == ColumnType.Scalar.INT) {
            return ColumnType.Scalar.UINT;
        }
        return scalar == ColumnType.Scalar.LONG ? ColumnType.Scalar.ULONG : scalar;
    }

    private static boolean isUnsigned(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar scalar -> scalar == ColumnType.Scalar.UINT || scalar == ColumnType.Scalar.ULONG;
            case ColumnType.Maybe(var of) -> isUnsigned(of);
            case ColumnType.Many(var of) -> isUnsigned(of);
            case ColumnType.Enumeration _, ColumnType.Nested _ -> false;
        };
    }

    private static @Nullable Object fallback(RecordComponent component, ColumnType type) {
        var annotation = component.getAnnotation(Default.class);
        if (annotation == null) {
            return switch (type) {
                case ColumnType.Maybe _ -> Optional.empty();
                case ColumnType.Many _ -> List.of();
                case ColumnType.Scalar _, ColumnType.Enumeration _, ColumnType.Nested _ -> null;
            };
        }
        String text = annotation.value();
        try {
            return switch (type) {
                case ColumnType.Scalar scalar -> scalarOf(scalar, text);
                case ColumnType.Enumeration enumeration -> enumeration.constant(text);
                case ColumnType.Maybe _, ColumnType.Many _, ColumnType.Nested _ ->
                    throw new IllegalArgumentException("only plain values can have one");
            };
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(where(component) + ": @Default(\"" + text + "\"): " + e.getMessage(), e);
        }
    }

    private static Object scalarOf(ColumnType.Scalar scalar, String text) {
        return switch (scalar) {
            case BOOL -> bool(text);
            case INT -> Integer.valueOf(text);
            case LONG -> Long.valueOf(text);
            case UINT -> Integer.parseUnsignedInt(text);
            case ULONG -> Long.parseUnsignedLong(text);
            case DOUBLE -> finite(Double.parseDouble(text));
            case STRING -> text;
            case BYTES -> Bytes.of(java.util.Base64.getDecoder().decode(text));
            case INSTANT -> Instant.parse(text).truncatedTo(ChronoUnit.MICROS);
            case IDENTITY -> Identity.parse(text);
            case JSON -> Json.parse(text);
        };
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }

    private static double finite(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("not a finite number");
        }
        return number;
    }

    /**
     * Reading a record that contains itself, at whatever depth, would not end.
     *
     * @param around the records that contain this one
     */
    static void requireFinite(Class<?> type, Set<Class<?>> around) {
        var inside = new HashSet<>(around);
        inside.add(type);
        for (RecordComponent component : type.getRecordComponents()) {
            Type of = component.getGenericType();
            while (of instanceof ParameterizedType generic) {
                of = generic.getActualTypeArguments()[0];
            }
            if (of instanceof Class<?> nested && nested.isRecord() && !SCALARS.containsKey(nested)) {
                if (inside.contains(nested)) {
                    throw new IllegalArgumentException(where(component) + ": a record cannot contain itself");
                }
                requireFinite(nested, inside);
            }
        }
    }

    private static String where(RecordComponent component) {
        return component.getDeclaringRecord().getSimpleName() + "." + component.getName();
    }
}
