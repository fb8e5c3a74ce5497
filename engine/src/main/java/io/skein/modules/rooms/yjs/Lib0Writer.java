package io.skein.modules.rooms.yjs;

import io.skein.engine.schema.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes what {@link Lib0Reader} reads. */
public final class Lib0Writer {
    private static final int BITS = 7;
    private static final int MORE = 0x80;
    private static final int FIRST = 64;

    private byte[] bytes;
    private int length;

    public Lib0Writer() {
        this(FIRST);
    }

    /** @param expected how many bytes it will be, about */
    public Lib0Writer(int expected) {
        bytes = new byte[Math.max(FIRST, expected)];
    }

    public Lib0Writer u8(int value) {
        room(1);
        bytes[length++] = (byte) value;
        return this;
    }

    /** A {@code varUint}. */
    public Lib0Writer number(long value) {
        room(Long.BYTES);
        long rest = value;
        while (rest >= MORE) {
            bytes[length++] = (byte) (rest | MORE);
            rest >>>= BITS;
        }
        bytes[length++] = (byte) rest;
        return this;
    }

    /** A {@code varUint8Array}. */
    public Lib0Writer byteArray(byte[] value) {
        return number(value.length).raw(value);
    }

    /** A {@code varString}. Half a character, which UTF-8 does not have, becomes U+FFFD, as in JavaScript's encoder. */
    public Lib0Writer string(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        return byteArray(hasHalf(value) ? whole(value).getBytes(StandardCharsets.UTF_8) : encoded);
    }

    /** Bytes as they are. */
    public Lib0Writer raw(byte[] value) {
        room(value.length);
        System.arraycopy(value, 0, bytes, length, value.length);
        length += value.length;
        return this;
    }

    Lib0Writer raw(Bytes value) {
        room(value.length());
        value.copyTo(bytes, length);
        length += value.length();
        return this;
    }

    public byte[] toArray() {
        return Arrays.copyOf(bytes, length);
    }

    private void room(int more) {
        // A number takes a byte more than a long has: room for that, too.
        if (bytes.length - length < more + 2) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more + 2));
        }
    }

    private static boolean hasHalf(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isHighSurrogate(text.charAt(i))
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static String whole(String text) {
        var out = new StringBuilder(text.length());
        text.codePoints()
                .forEach(point -> out.appendCodePoint(
                        point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xfffd : point));
        return out.toString();
    }
}
