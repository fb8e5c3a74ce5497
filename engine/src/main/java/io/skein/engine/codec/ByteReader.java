package io.skein.engine.codec;

import io.skein.engine.schema.Bytes;
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

    /** 0 or 1. */
    public boolean flag() {
        int value = u8();
        if (value > 1) {
            throw new CorruptException("flag " + value);
        }
        return value == 1;
    }

    /** A number in its one form: no more bytes than it needs. */
    public long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int group = u8();
            value |= (long) (group & 0x7F) << shift;
            if (group < 0x80) {
                if (group == 0 && shift > 0) {
                    throw new CorruptException("number in more bytes than it needs");
                }
                if (shift == 63 && group > 1) {
                    break;
                }
                return value;
            }
        }
        throw new CorruptException("number longer than 64 bits");
    }

    /** A {@link #varint} from 0 to 2^31-1. */
    public int varint31() {
        long value = varint();
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new CorruptException("number " + Long.toUnsignedString(value) + " is longer than 31 bits");
        }
        return (int) value;
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

    /** A reader of the next {@code length} bytes, which this one passes over. */
    public ByteReader part(int length) {
        return new ByteReader(bytes, take(length), length);
    }

    public void skip(int length) {
        take(length);
    }

    public byte[] bytes() {
        return raw(count());
    }

    /** Like {@link #raw}, as a value. */
    public Bytes value(int length) {
        return Bytes.of(bytes, take(length), length);
    }

    /**
     * UTF-8 with its length in front.
     *
     * @throws CorruptException if it is not well-formed: decoding would put replacement characters in its place and change the row
     */
    public String string() {
        int length = count();
        int from = take(length);
        String text = new String(bytes, from, length, StandardCharsets.UTF_8);
        if (text.indexOf('\uFFFD') >= 0 && !isUtf8Of(text, from, length)) {
            throw new CorruptException("text that is not UTF-8");
        }
        return text;
    }

    private boolean isUtf8Of(String text, int from, int length) {
        byte[] again = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.equals(again, 0, again.length, bytes, from, from + length);
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
