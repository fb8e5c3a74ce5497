package io.skein.engine.schema;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a column may hold. The Java type of a record component decides; see {@link Shape}. */
public sealed interface ColumnType {
    /** Types without parameters, with the Java type each stands for. */
    enum Scalar implements ColumnType {
        BOOL(Boolean.class),
        /** 32 bits, signed. */
        INT(Integer.class),
        /** 64 bits, signed. */
        LONG(Long.class),
        /** 32 bits, from 0 to 2^32-1; an Integer of the same bits. See {@link Unsigned}. */
        UINT(Integer.class),
        /** 64 bits, from 0 to 2^64-1; a Long of the same bits. */
        ULONG(Long.class),
        /** IEEE 754, 64 bits, finite. */
        DOUBLE(Double.class),
        /** Well-formed Unicode. */
        STRING(String.class),
        BYTES(Bytes.class),
        /** Microseconds since 1970-01-01T00:00:00Z. */
        INSTANT(java.time.Instant.class),
        IDENTITY(Identity.class),
        JSON(Json.class);

        private final Class<?> javaType;

        Scalar(Class<?> javaType) {
            this.javaType = javaType;
        }

        @Override
        public Class<?> javaType() {
            return javaType;
        }
    }

    /** A Java enum; travels and is stored by the constant's name. */
    record Enumeration(Class<? extends Enum<?>> type) implements ColumnType {
        public List<String> names() {
            return java.util.Arrays.stream(type.getEnumConstants())
                    .map(Enum::name)
                    .toList();
        }

        /**
         * @throws IllegalArgumentException if there is no such constant
         */
        @SuppressWarnings({"unchecked", "rawtypes"}) // Enum.valueOf asks for the one type that a wildcard cannot say
        public Enum<?> constant(String name) {
            try {
                return Enum.valueOf((Class) type, name);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("'%s' is none of %s".formatted(name, names()), e);
            }
        }
    }

    /** {@code java.util.Optional}; does not nest directly in itself. */
    record Maybe(ColumnType of) implements ColumnType {}

    /** {@code java.util.List}, stored unmodifiable. */
    record Many(ColumnType of) implements ColumnType {}

    /** A record inside a row. */
    record Nested(Shape<?> shape) implements ColumnType {}

    /** The class of the column's values, boxed. */
    default Class<?> javaType() {
        return switch (this) {
            case Scalar scalar -> scalar.javaType();
            case Enumeration(var type) -> type;
            case Maybe _ -> Optional.class;
            case Many _ -> List.class;
            case Nested(var shape) -> shape.type();
        };
    }

    /** How values follow one another, if they do: {@code bytes}, {@code json}, lists, optionals and records do not. */
    @SuppressWarnings("unchecked")
    default Optional<Comparator<Object>> order() {
        if (this == Scalar.UINT) {
            return Optional.of((left, right) -> Integer.compareUnsigned((Integer) left, (Integer) right));
        }
        if (this == Scalar.ULONG) {
            return Optional.of((left, right) -> Long.compareUnsigned((Long) left, (Long) right));
        }
        return Comparable.class.isAssignableFrom(javaType())
                ? Optional.of((left, right) -> ((Comparable<Object>) left).compareTo(right))
                : Optional.empty();
    }

    /** The name in published schemas, such as {@code optional<list<string>>}. */
    default String display() {
        return switch (this) {
            case Scalar scalar -> scalar.name().toLowerCase(java.util.Locale.ROOT);
            case Enumeration(var type) -> "enum<" + type.getSimpleName() + ">";
            case Maybe(var of) -> "optional<" + of.display() + ">";
            case Many(var of) -> "list<" + of.display() + ">";
            case Nested(var shape) -> "record<" + shape.type().getSimpleName() + ">";
        };
    }
}
