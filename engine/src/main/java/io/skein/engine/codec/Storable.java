package io.skein.engine.codec;

import io.skein.engine.schema.Column;
import io.skein.engine.schema.ColumnType;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What can be stored: no null, no number that is not finite, no lone surrogate, no instant out of range. */
public final class Storable {
    private Storable() {}

    /**
     * Refuses what {@link ValueCodec#writeRow} would refuse, and writes nothing.
     *
     * @throws IllegalArgumentException as {@link ValueCodec#writeRow}
     */
    public static void require(Shape<?> shape, Object row) {
        List<Column> columns = shape.columns();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            try {
                require(column.type(), shape.get(row, i));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(column.name() + ": " + e.getMessage(), e);
            }
        }
    }

    private static void require(ColumnType type, @Nullable Object value) {
        Object present = requirePresent(value);
        switch (type) {
            case ColumnType.Scalar scalar -> require(scalar, present);
            case ColumnType.Enumeration _ -> {}
            case ColumnType.Maybe(var of) -> {
                var maybe = (Optional<?>) present;
                if (maybe.isPresent()) {
                    require(of, maybe.get());
                }
            }
            case ColumnType.Many(var of) -> ((List<?>) present).forEach(element -> require(of, element));
            case ColumnType.Nested(var shape) -> require(shape, present);
        }
    }

    private static void require(ColumnType.Scalar scalar, Object value) {
        switch (scalar) {
            case DOUBLE -> requireFinite((Double) value);
            case STRING -> ByteWriter.requireWellFormed((String) value);
            case JSON -> ByteWriter.requireWellFormed(((Json) value).text());
            case INSTANT -> ValueCodec.toMicros((Instant) value);
            case BOOL, INT, LONG, UINT, ULONG, BYTES, IDENTITY -> {}
        }
    }

    static Object requirePresent(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("null; use an Optional column for what may be missing");
        }
        return value;
    }

    static void requireFinite(double number) {
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(number + " is not a finite number");
        }
    }
}
