package io.skein.engine.schema;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** An immutable run of bytes with the equality of its content: the Java type of a {@code bytes} column. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** Copies {@code content}. */
    public static Bytes of(byte... content) {
        return new Bytes(content.clone());
    }

    /** Copies a part of {@code source}. */
    public static Bytes of(byte[] source, int offset, int length) {
        return new Bytes(Arrays.copyOfRange(source, offset, offset + length));
    }

    /** Copies the content to {@code target}, which has room for it from {@code offset} on. */
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(content, 0, target, offset, content.length);
    }

    /**
     * Eight bytes from {@code offset} on as a big-endian number.
     *
     * @throws IndexOutOfBoundsException if there are fewer
     */
    public long word(int offset) {
        return (long) WORD.get(content, offset);
    }

    public int length() {
        return content.length;
    }

    /** Lower-case hex digits. */
    public String toHex() {
        return HexFormat.of().formatHex(content);
    }

    /** A fresh copy. */
    public byte[] toArray() {
        return content.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(content, that.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** Standard base64 with padding: the form on JSON wires. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(content);
    }
}
