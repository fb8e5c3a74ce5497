package io.skein.load.peer;

import io.netty.buffer.ByteBuf;

/** The name under which an update is known in its room: {@code m<author>-<number>}, such as {@code m3-417}. */
final class UpdateName {
    private static final long NONE = -1;
    private static final int NUMBER_BITS = 40;
    private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;

    private UpdateName() {}

    static void write(int author, long number, ByteBuf out) {
        out.writeByte('m');
        writeDigits(author, out);
        out.writeByte('-');
        writeDigits(number, out);
    }

    /** Writes a decimal without making a string of it. */
    static void writeDigits(long value, ByteBuf out) {
        if (value >= 10) {
            writeDigits(value / 10, out);
        }
        out.writeByte('0' + (int) (value % 10));
    }

    /** Reads a name into one long, or -1 if it is none; see {@link #author} and {@link #number}. */
    static long parse(char[] chars, int offset, int length) {
        int end = offset + length;
        int dash = offset;
        while (dash < end && chars[dash] != '-') {
            dash++;
        }
        if (length == 0 || chars[offset] != 'm') {
            return NONE;
        }
        long author = digits(chars, offset + 1, dash);
        long number = digits(chars, dash + 1, end);
        boolean fits = author >= 0 && author < 1 << 20 && number > 0 && number <= NUMBER_MASK;
        return fits ? author << NUMBER_BITS | number : NONE;
    }

    static int author(long name) {
        return name == NONE ? -1 : (int) (name >> NUMBER_BITS);
    }

    static long number(long name) {
        return name == NONE ? 0 : name & NUMBER_MASK;
    }

    /** A decimal of 1 to 13 digits, or -1. */
    private static long digits(char[] chars, int from, int end) {
        if (from >= end || end - from > 13) {
            return NONE;
        }
        long value = 0;
        for (int at = from; at < end; at++) {
            if (chars[at] < '0' || chars[at] > '9') {
                return NONE;
            }
            value = value * 10 + (chars[at] - '0');
        }
        return value;
    }
}
