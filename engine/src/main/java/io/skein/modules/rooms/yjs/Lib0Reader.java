package io.skein.modules.rooms.yjs;

import io.skein.engine.schema.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what the npm package {@code lib0} writes: numbers of seven bits to a byte, low ones first, and what is made of them. */
public final class Lib0Reader {
    /** 2^53 − 1, the largest whole number that JavaScript has. */
    public static final long MAX_NUMBER = (1L << 53) - 1;

    private static final int BITS = 7;
    private static final int MORE = 0x80;
    private static final int MAX_SHIFT = 49;
    /** Deeper than anybody nests values, and far from a stack's end, theirs included. */
    private static final int MAX_NESTING = 100;

    private static final int NEGATIVE_FIRST_BITS = 0x3f;

    private final byte[] bytes;
    private int at;

    public Lib0Reader(byte[] bytes) {
        this.bytes = bytes;
    }

    public boolean isAtEnd() {
        return at == bytes.length;
    }

    /** Where the next byte is. */
    int position() {
        return at;
    }

    /** What was read from a position to here. */
    Bytes since(int position) {
        return Bytes.of(bytes, position, at - position);
    }

    /** A copy of all that is left. */
    public byte[] rest() {
        return Arrays.copyOfRange(bytes, at, bytes.length);
    }

    public int u8() throws MalformedException {
        if (isAtEnd()) {
            throw new MalformedException("it ends after " + at + " bytes, in the middle of something");
        }
        return bytes[at++] & 0xff;
    }

    /** A {@code varUint}, at most {@link #MAX_NUMBER}. */
    public long number() throws MalformedException {
        int first = u8();
        if (first < MORE) {
            return first;
        }
        long value = first & (MORE - 1);
        for (int shift = BITS; shift <= MAX_SHIFT; shift += BITS) {
            int next = u8();
            value |= (long) (next & (MORE - 1)) << shift;
            if (next < MORE) {
                if (value > MAX_NUMBER) {
                    break;
                }
                return value;
            }
        }
        throw new MalformedException("a number is too large, before byte " + at);
    }

    /** A number of things of which each takes a byte at least. */
    int count() throws MalformedException {
        long count = number();
        if (count > bytes.length - at) {
            throw new MalformedException(count + " of something are announced at byte " + at + ", more than fit");
        }
        return (int) count;
    }

    /** A {@code varUint8Array}. */
    public byte[] byteArray() throws MalformedException {
        int length = count();
        at += length;
        return Arrays.copyOfRange(bytes, at - length, at);
    }

    /** A {@code varString}; strictly UTF-8, because that is how clients read it. */
    public String string() throws MalformedException {
        int length = count();
        at += length;
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, at - length, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("a text is not UTF-8, before byte " + at);
        }
    }

    /** Passes over an {@code any}. */
    void skipAny() throws MalformedException {
        skipAny(0);
    }

    private void skipAny(int depth) throws MalformedException {
        if (depth > MAX_NESTING) {
            throw new MalformedException("a value is nested deeper than " + MAX_NESTING);
        }
        int tag = u8();
        switch (tag) {
            case 127, 126, 121, 120 -> {} // undefined, null, false, true
            case 125 -> skipSigned();
            case 124 -> skip(Float.BYTES);
            case 123, 122 -> skip(Long.BYTES);
            case 119 -> string();
            case 118 -> {
                for (int left = count(); left > 0; left--) {
                    string();
                    skipAny(depth + 1);
                }
            }
            case 117 -> {
                for (int left = count(); left > 0; left--) {
                    skipAny(depth + 1);
                }
            }
            case 116 -> skip(count());
            default -> throw new MalformedException("there is no kind of value " + tag + ", before byte " + at);
        }
    }

    /** A {@code varInt}: of its first byte one bit is the sign. */
    private void skipSigned() throws MalformedException {
        int next = u8();
        long magnitude = next & NEGATIVE_FIRST_BITS;
        for (int shift = BITS - 1; next >= MORE; shift += BITS) {
            next = u8();
            magnitude |= (long) (next & (MORE - 1)) << shift;
            if (shift > MAX_SHIFT || magnitude > MAX_NUMBER) {
                throw new MalformedException("a number is too large, before byte " + at);
            }
        }
    }

    private void skip(int length) throws MalformedException {
        if (length > bytes.length - at) {
            throw new MalformedException("it ends in the middle of a value");
        }
        at += length;
    }
}
