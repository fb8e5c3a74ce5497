package io.skein.edge.spacetime;

import io.skein.edge.json.WellFormed;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads BSATN from an array; whatever does not fit is a {@link BsatnException}, and nothing is allocated for a length that is not there. */
final class BsatnReader {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private int at;

    BsatnReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    private BsatnReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    boolean isAtEnd() {
        return at == end;
    }

    int remaining() {
        return end - at;
    }

    int u8() throws BsatnException {
        return bytes[take(1)] & 0xff;
    }

    long u32() throws BsatnException {
        return Integer.toUnsignedLong((int) INT.get(bytes, take(4)));
    }

    int i32() throws BsatnException {
        return (int) INT.get(bytes, take(4));
    }

    /** Eight bytes, signed or not. */
    long u64() throws BsatnException {
        return (long) LONG.get(bytes, take(8));
    }

    boolean bool() throws BsatnException {
        return switch (u8()) {
            case 0 -> false;
            case 1 -> true;
            default -> throw new BsatnException("a bool is 0 or 1, at byte " + (at - 1));
        };
    }

    /** A sum's variant. */
    int variant(int variants) throws BsatnException {
        int variant = u8();
        if (variant >= variants) {
            throw new BsatnException("variant " + variant + " of a sum with " + variants + ", at byte " + (at - 1));
        }
        return variant;
    }

    /**
     * How many elements follow.
     *
     * @param minBytes of one of them; where that is 0, so many as would be one byte each are the most
     */
    int count(int minBytes) throws BsatnException {
        long count = u32();
        if (count * Math.max(1, minBytes) > remaining()) {
            throw new BsatnException(
                    "%d elements announced and %d bytes left, at byte %d".formatted(count, remaining(), at));
        }
        return (int) count;
    }

    /** An {@code array<u8>} as a reader of its own. */
    BsatnReader part() throws BsatnException {
        int length = length();
        int from = take(length);
        return new BsatnReader(bytes, from, from + length);
    }

    byte[] bytes() throws BsatnException {
        int length = length();
        byte[] value = new byte[length];
        System.arraycopy(bytes, take(length), value, 0, length);
        return value;
    }

    String string() throws BsatnException {
        int length = length();
        int from = take(length);
        if (WellFormed.firstBadUtf8(bytes, from, from + length) >= 0) {
            throw new BsatnException("a string is not UTF-8, at byte " + from);
        }
        return new String(bytes, from, length, StandardCharsets.UTF_8);
    }

    private int length() throws BsatnException {
        return count(1);
    }

    private int take(int count) throws BsatnException {
        if (count > end - at) {
            throw new BsatnException("ends at byte %d, %d too early".formatted(end, count - (end - at)));
        }
        int from = at;
        at += count;
        return from;
    }
}
