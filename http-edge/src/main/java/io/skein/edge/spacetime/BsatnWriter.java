package io.skein.edge.spacetime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** BSATN's bytes as they grow: little-endian, without padding. */
final class BsatnWriter {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);

    private byte[] bytes;
    private int size;

    BsatnWriter(int capacity) {
        bytes = new byte[capacity];
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    int size() {
        return size;
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    BsatnWriter u8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    BsatnWriter u16(int value) {
        room(2);
        SHORT.set(bytes, size, (short) value);
        size += 2;
        return this;
    }

    BsatnWriter u32(long value) {
        room(4);
        INT.set(bytes, size, (int) value);
        size += 4;
        return this;
    }

    /** Eight bytes, signed or not. */
    BsatnWriter u64(long value) {
        room(8);
        LONG.set(bytes, size, value);
        size += 8;
        return this;
    }

    BsatnWriter raw(byte[] value) {
        return raw(value, 0, value.length);
    }

    BsatnWriter raw(byte[] value, int offset, int length) {
        room(length);
        System.arraycopy(value, offset, bytes, size, length);
        size += length;
        return this;
    }

    /** Appends what another holds. */
    BsatnWriter raw(BsatnWriter other) {
        return raw(other.bytes, 0, other.size);
    }

    /** An {@code array<u8>}: its length, and the bytes. */
    BsatnWriter bytes(byte[] value) {
        return u32(value.length).raw(value);
    }

    BsatnWriter string(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Leaves room for a {@code u32} that {@link #patch} fills in. */
    int hole() {
        u32(0);
        return size - 4;
    }

    void patch(int hole, long value) {
        INT.set(bytes, hole, (int) value);
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }
}
