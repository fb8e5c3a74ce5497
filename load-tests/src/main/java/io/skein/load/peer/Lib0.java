package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;

/** How the npm package {@code lib0} writes: numbers in groups of seven bits, low ones first; strings and bytes after their length. */
public final class Lib0 {
    private Lib0() {}

    /** Writes a number from 0. */
    public static void writeNumber(ByteBuf out, long number) {
        long rest = number;
        while (rest > 0x7f) {
            out.writeByte((int) (0x80 | (rest & 0x7f)));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    /** Writes a text. */
    public static void writeString(ByteBuf out, String text) {
        writeBytes(out, text.getBytes(UTF_8));
    }

    /** Writes bytes with their length. */
    public static void writeBytes(ByteBuf out, byte[] bytes) {
        writeNumber(out, bytes.length);
        out.writeBytes(bytes);
    }

    /** Reads a number from 0. */
    public static long readNumber(ByteBuf in) {
        long number = 0;
        for (int shift = 0; ; shift += 7) {
            int group = in.readUnsignedByte();
            number |= (long) (group & 0x7f) << shift;
            if (group < 0x80) {
                return number;
            }
        }
    }

    /** Reads a text. */
    public static String readString(ByteBuf in) {
        return in.readCharSequence((int) readNumber(in), UTF_8).toString();
    }
}
