package io.skein.engine.codec;

import io.skein.engine.schema.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Function;

/** A growing run of bytes. Not for use by two threads. */
public final class ByteWriter {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** A spare beyond this is let go, so that one large value does not stay with every thread. */
    private static final int MAX_SPARE_BYTES = 64 << 10;

    private static final ThreadLocal<Spare> SPARE = ThreadLocal.withInitial(Spare::new);

    /** The room that a thread's {@link #collect} gathers in, unless it is in use further out. */
    private static final class Spare {
        private ByteWriter writer = new ByteWriter(1 << 10);
        private boolean inUse;
    }

    private byte[] bytes;
    private int size;

    public ByteWriter(int capacityBytes) {
        bytes = new byte[Math.max(16, capacityBytes)];
    }

    /** What {@code content} writes, in an array of its own size. The room it is gathered in is the thread's and used again. */
    public static byte[] collect(Consumer<ByteWriter> content) {
        return collect(content, ByteWriter::toArray);
    }

    /**
     * What {@code use} makes of what {@code content} writes, for those who need no array of its own.
     *
     * @param use must not keep the writer: its room is the thread's and used again
     */
    public static <T> T collect(Consumer<ByteWriter> content, Function<ByteWriter, T> use) {
        Spare spare = SPARE.get();
        if (spare.inUse) {
            var out = new ByteWriter(256);
            content.accept(out);
            return use.apply(out);
        }
        spare.inUse = true;
        try {
            content.accept(spare.writer);
            return use.apply(spare.writer);
        } finally {
            spare.writer.clear();
            if (spare.writer.bytes.length > MAX_SPARE_BYTES) {
                spare.writer = new ByteWriter(1 << 10);
            }
            spare.inUse = false;
        }
    }

    public int size() {
        return size;
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Puts what was written into another array, from {@code offset} on. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, size);
    }

    /** Forgets the content and keeps the room. */
    public void clear() {
        size = 0;
    }

    public ByteWriter u8(int value) {
        room(1)[size++] = (byte) value;
        return this;
    }

    /** Eight bytes, big-endian. */
    public ByteWriter fixed64(long value) {
        LONG.set(room(8), size, value);
        size += 8;
        return this;
    }

    /** LEB128: seven bits a byte, least significant group first; {@code value} is taken as unsigned. */
    public ByteWriter varint(long value) {
        byte[] target = room(10);
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target[size++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[size++] = (byte) rest;
        return this;
    }

    /** {@link #varint} of the zigzag form, so that small negative numbers stay small. */
    public ByteWriter zigzag(long value) {
        return varint((value << 1) ^ (value >> 63));
    }

    public ByteWriter raw(byte[] source) {
        return raw(source, 0, source.length);
    }

    public ByteWriter raw(byte[] source, int offset, int length) {
        System.arraycopy(source, offset, room(length), size, length);
        size += length;
        return this;
    }

    public ByteWriter raw(Bytes source) {
        int length = source.length();
        source.copyTo(room(length), size);
        size += length;
        return this;
    }

    public ByteWriter flag(boolean value) {
        return u8(value ? 1 : 0);
    }

    /** Length as {@link #varint}, then the bytes. */
    public ByteWriter bytes(Bytes source) {
        return varint(source.length()).raw(source);
    }

    /** Length as {@link #varint}, then the bytes. */
    public ByteWriter bytes(byte[] source) {
        return varint(source.length).raw(source);
    }

    /**
     * UTF-8 with its length in front.
     *
     * @throws IllegalArgumentException if the text has a surrogate without its partner: it has no UTF-8 form, and a replacement
     *     character would make the replayed row differ from the live one
     */
    public ByteWriter string(String text) {
        int length = text.length();
        if (length < 128 && asciiWithLength(text, length)) {
            return this;
        }
        requireWellFormed(text);
        return bytes(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private boolean asciiWithLength(String text, int length) {
        byte[] target = room(length + 1);
        int at = size;
        target[at++] = (byte) length;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                return false;
            }
            target[at++] = (byte) c;
        }
        size = at;
        return true;
    }

    /**
     * @throws IllegalArgumentException on a lone surrogate
     */
    public static void requireWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (!Character.isHighSurrogate(c)
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new IllegalArgumentException("lone surrogate at index " + i);
                }
                i++;
            }
        }
    }

    private byte[] room(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
        return bytes;
    }
}
