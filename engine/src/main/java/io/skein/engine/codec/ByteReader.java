package io.skein.engine.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link ByteWriter} wrote. Every method throws {@link CorruptException} where the bytes run out. */
public final class ByteReader {
    private final byte[] bytes;
    private final int end;
    private int at;

    public ByteReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public ByteReader(byte[] bytes, int offset, int length) {
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** Offset of the next byte in the array that was given. */
    public int position() {
        return at;
    }

    public boolean hasMore() {
        return at < end;
    }

    /**
     * @throws CorruptException if anything is left
     */
    public void requireEnd() {
        if (hasMore()) {
            throw new CorruptException((end - at) + " bytes too many");
        }
    }

    public int u8() {
        return bytes[take(1)] & 0xFF;
    }

    public long fixed64() {
        int from = take(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | (bytes[from + i] & 0xFF);
        }
        return value;
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int group = u8();
            value |= (long) (group & 0x7F) << shift;
            if (group < 0x80) {
                return value;
            }
        }
        throw new CorruptException("number longer than 64 bits");
    }

    public long zigzag() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A {@link #varint} that counts things of which each takes at least one byte: never more than bytes are left. */
    public int count() {
        long value = varint();
        if (value < 0 || value > end - at) {
            throw new CorruptException(
                    "count " + Long.toUnsignedString(value) + " where " + (end - at) + " bytes are left");
        }
        return (int) value;
    }

    public byte[] raw(int length) {
        int from = take(length);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    public byte[] bytes() {
        return raw(count());
    }

    public String string() {
        int length = count();
        return new String(bytes, take(length), length, StandardCharsets.UTF_8);
    }

    private int take(int length) {
        if (length > end - at) {
            throw new CorruptException("%d bytes wanted, %d left".formatted(length, end - at));
        }
        int from = at;
        at += length;
        return from;
    }
}
