package io.skein.engine.schema;

import java.util.List;

/** What a column may hold. The Java type of a record component decides; see {@link Shape}. */
public sealed interface ColumnType {
    /** Types without parameters, with the Java type each stands for. */
    enum Scalar implements ColumnType {
        BOOL(Boolean.class),
        /** 32 bits, signed. */
        INT(Integer.class),
        /** 64 bits, signed. */
        LONG(Long.class),
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
            case Maybe _ -> java.util.Optional.class;
            case Many _ -> List.class;
            case Nested(var shape) -> shape.type();
        };
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
