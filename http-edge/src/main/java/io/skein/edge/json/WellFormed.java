package io.skein.edge.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Checks bytes before anyone makes strings of them: UTF-8 as RFC 3629 has it (no overlong form, no encoded surrogate, nothing
 * above U+10FFFF), and no JSON escape that would make half of a surrogate pair. What passes here survives the way
 * bytes → string → bytes unchanged, so a stored row reads the same to every client.
 */
public final class WellFormed {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long NON_ASCII = 0x8080808080808080L;

    private WellFormed() {}

    /** Whether {@code bytes} is UTF-8 from its first to its last byte. */
    public static boolean isUtf8(byte[] bytes) {
        return firstBadUtf8(bytes, 0, bytes.length) < 0;
    }

    /** The index of the first byte that starts no well-formed character, or -1. Looks at {@code [from, to)}. */
    public static int firstBadUtf8(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (at + Long.BYTES <= to && ((long) LONGS.get(bytes, at) & NON_ASCII) == 0) {
                at += Long.BYTES;
            } else if (bytes[at] >= 0) {
                at++;
            } else {
                int length = characterLength(bytes, at, to);
                if (length == 0) return at;
                at += length;
            }
        }
        return -1;
    }

    /** Length in bytes of the multi-byte character at {@code at}; 0 if it is not well-formed. */
    private static int characterLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        if (first < 0xc2 || first > 0xf4) return 0;
        int length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        if (at + length > to) return 0;
        int second = bytes[at + 1] & 0xff;
        // The first continuation byte has a narrower range after these four: overlong forms, surrogates, beyond
        // U+10FFFF.
        int least = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
        int most = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
        if (second < least || second > most) return 0;
        for (int i = 2; i < length; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) return 0;
        }
        return length;
    }

    /**
     * The index of the first {@code \}{@code u} escape in the JSON text that is half of a surrogate pair without its other half, or
     * -1. A backslash can only stand inside a string or be an error the parser finds, so no parsing is needed here. Looks at
     * {@code [from, to)}.
     */
    public static int firstLoneSurrogate(byte[] json, int from, int to) {
        int at = from;
        while (at < to) {
            if (json[at] != '\\') {
                at++;
                continue;
            }
            int unit = escapedUnit(json, at, to);
            if (unit < 0) {
                at += 2;
            } else if (Character.isHighSurrogate((char) unit)) {
                int next = escapedUnit(json, at + 6, to);
                if (next < 0 || !Character.isLowSurrogate((char) next)) return at;
                at += 12;
            } else if (Character.isLowSurrogate((char) unit)) {
                return at;
            } else {
                at += 6;
            }
        }
        return -1;
    }

    /** The UTF-16 unit that the escape at {@code at} names, or -1 if there is no such escape. */
    private static int escapedUnit(byte[] json, int at, int to) {
        if (at + 6 > to || json[at] != '\\' || json[at + 1] != 'u') return -1;
        int unit = 0;
        for (int i = at + 2; i < at + 6; i++) {
            int digit = Character.digit(json[i], 16);
            if (digit < 0) return -1;
            unit = unit << 4 | digit;
        }
        return unit;
    }
}
