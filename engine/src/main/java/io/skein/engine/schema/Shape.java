package io.skein.engine.schema;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The columns of a record class and the way in and out of it. Reflection happens once, here; rows are then read by generated
 * accessors and built by one constructor handle. Kept per class.
 */
public final class Shape<R> {
    private static final ClassValue<Shape<?>> SHAPES = new ClassValue<>() {
        @Override
        protected Shape<?> computeValue(Class<?> type) {
            return new Shape<>(type);
        }
    };

    private final Class<R> type;
    private final List<Column> columns;
    private final Function<Object, Object>[] getters;
    private final MethodHandle constructor;
    private final Map<String, Integer> ordinals = new HashMap<>();
    private final int[] keyOrdinals;
    private final Class<?>[] keyTypes;
    private final boolean needsCopy;
    private final boolean hasSecrets;
    private final String signature;

    /**
     * The shape of a record class.
     *
     * @throws IllegalArgumentException if it is no record or has a component of a type that no column can hold
     */
    @SuppressWarnings("unchecked")
    public static <R> Shape<R> of(Class<R> type) {
        return (Shape<R>) SHAPES.get(type);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private Shape(Class<R> type) {
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " is not a record");
        }
        ColumnReader.requireFinite(type, Set.of());
        RecordComponent[] components = type.getRecordComponents();
        this.type = type;
        this.columns = ColumnReader.columns(components);
        this.getters = new Function[components.length];
        for (int i = 0; i < components.length; i++) {
            getters[i] = accessor(type, components[i]);
            ordinals.put(columns.get(i).javaName(), i);
            ordinals.put(columns.get(i).name(), i);
        }
        this.constructor = constructor(type, components);
        this.keyOrdinals = java.util.stream.IntStream.range(0, components.length)
                .filter(i -> columns.get(i).key())
                .toArray();
        this.keyTypes = columns.stream()
                .filter(Column::key)
                .map(column -> column.type().javaType())
                .toArray(Class<?>[]::new);
        this.needsCopy = columns.stream().anyMatch(column -> needsCopy(column.type()));
        this.hasSecrets = columns.stream().anyMatch(column -> column.secret() || holdsSecrets(column.type()));
        this.signature = columns.stream()
                .map(column -> column.name() + ":" + signature(column.type()))
                .collect(Collectors.joining(","));
    }

    public Class<R> type() {
        return type;
    }

    public List<Column> columns() {
        return columns;
    }

    /** Whether a column, or one of a record inside, is {@link Secret}. */
    public boolean hasSecrets() {
        return hasSecrets;
    }

    /** Whether a value of this type has secrets inside. */
    static boolean holdsSecrets(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar _, ColumnType.Enumeration _ -> false;
            case ColumnType.Maybe(var of) -> holdsSecrets(of);
            case ColumnType.Many(var of) -> holdsSecrets(of);
            case ColumnType.Nested(var shape) -> shape.hasSecrets;
        };
    }

    /** Names and types of the columns in their order, those of nested records too: equal where rows look alike. */
    public String signature() {
        return signature;
    }

    private static String signature(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar _, ColumnType.Enumeration _ -> type.display();
            case ColumnType.Maybe(var of) -> signature(of) + "?";
            case ColumnType.Many(var of) -> signature(of) + "[]";
            case ColumnType.Nested(var shape) -> "{" + shape.signature() + "}";
        };
    }

    /** The ordinal of a column by either spelling of its name, or -1. */
    public int ordinal(String name) {
        return ordinals.getOrDefault(name, -1);
    }

    public Object get(Object row, int ordinal) {
        return getters[ordinal].apply(row);
    }

    /** Builds a row from boxed values in column order; the array is the caller's again afterwards. */
    public R create(@Nullable Object[] values) {
        try {
            return type.cast((Object) constructor.invokeExact(values));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalArgumentException("constructor of " + type.getName() + " failed", e);
        }
    }

    /** Number of columns of the primary key; 0 if there is none. */
    public int keyLength() {
        return keyOrdinals.length;
    }

    /** The column that is the primary key's {@code part}, from 0. */
    public Column keyColumn(int part) {
        return columns.get(keyOrdinals[part]);
    }

    /** Whether this is a primary key's value: of the column's type, or the list of such of a composite key. */
    public boolean isKey(@Nullable Object key) {
        if (keyTypes.length == 1) {
            return keyTypes[0].isInstance(key);
        }
        if (!(key instanceof List<?> parts) || parts.size() != keyTypes.length) {
            return false;
        }
        for (int i = 0; i < keyTypes.length; i++) {
            if (!keyTypes[i].isInstance(parts.get(i))) {
                return false;
            }
        }
        return true;
    }

    public boolean hasKey() {
        return keyOrdinals.length > 0;
    }

    /** A row's primary key: the column's value, or the list of the values of a composite key. */
    public Object key(Object row) {
        if (keyOrdinals.length == 1) {
            return get(row, keyOrdinals[0]);
        }
        var parts = new Object[keyOrdinals.length];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = get(row, keyOrdinals[i]);
        }
        return List.of(parts);
    }

    /**
     * The row as it will be after a journal round trip: lists unmodifiable, instants in microseconds. Most shapes have neither and
     * give the row itself.
     */
    public R settled(R row) {
        if (!needsCopy) {
            return row;
        }
        var values = new @Nullable Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = settled(columns.get(i).type(), get(row, i));
        }
        return create(values);
    }

    private static boolean needsCopy(ColumnType type) {
        return switch (type) {
            case ColumnType.Scalar scalar -> scalar == ColumnType.Scalar.INSTANT;
            case ColumnType.Enumeration _ -> false;
            case ColumnType.Maybe(var of) -> needsCopy(of);
            case ColumnType.Many _ -> true;
            case ColumnType.Nested(var shape) -> shape.needsCopy;
        };
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object settled(ColumnType type, @Nullable Object value) {
        if (value == null) {
            return null; // the codec refuses it with the column's name
        }
        return switch (type) {
            case ColumnType.Scalar scalar ->
                scalar == ColumnType.Scalar.INSTANT ? ((Instant) value).truncatedTo(ChronoUnit.MICROS) : value;
            case ColumnType.Enumeration _ -> value;
            case ColumnType.Maybe(var of) -> ((Optional<?>) value).map(inner -> settled(of, inner));
            case ColumnType.Many(var of) ->
                needsCopy(of)
                        ? ((List<?>) value)
                                .stream().map(element -> settled(of, element)).toList()
                        : List.copyOf((List<?>) value);
            case ColumnType.Nested(var shape) -> ((Shape<Object>) shape).settled(value);
        };
    }

    @SuppressWarnings("unchecked")
    private static Function<Object, Object> accessor(Class<?> type, RecordComponent component) {
        try {
            var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            MethodHandle getter = lookup.unreflect(component.getAccessor());
            var site = LambdaMetafactory.metafactory(
                    lookup,
                    "apply",
                    MethodType.methodType(Function.class),
                    MethodType.methodType(Object.class, Object.class),
                    getter,
                    MethodType.methodType(getter.type().wrap().returnType(), type));
            return (Function<Object, Object>) site.getTarget().invoke();
        } catch (Throwable e) {
            throw new IllegalArgumentException("no access to " + type.getName() + "." + component.getName(), e);
        }
    }

    private static MethodHandle constructor(Class<?> type, RecordComponent[] components) {
        try {
            var lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
            Class<?>[] parameters =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            return lookup.findConstructor(type, MethodType.methodType(void.class, parameters))
                    .asSpreader(Object[].class, parameters.length)
                    .asType(MethodType.methodType(Object.class, Object[].class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no access to the constructor of " + type.getName(), e);
        }
    }

    @Override
    public String toString() {
        var text = new ArrayList<String>();
        columns.forEach(column -> text.add(column.name() + " " + column.type().display()));
        return type.getSimpleName() + text;
    }
}
