package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.List;

/** As much of MessagePack as a message of texts and a number needs, in the forms in which the npm package {@code msgpackr} writes it. */
final class MessagePack {
    private static final int FIXED_MAP = 0x80;
    private static final int FIXED_ARRAY = 0x90;
    private static final int FIXED_STRING = 0xa0;
    private static final int DOUBLE = 0xcb;
    private static final int UINT_8 = 0xcc;
    private static final int UINT_16 = 0xcd;
    private static final int UINT_32 = 0xce;
    private static final int EXTENSION_1 = 0xd4;
    private static final int STRING_8 = 0xd9;
    private static final int STRING_16 = 0xda;
    private static final int MAP_16 = 0xde;
    private static final int RECORD = 'r';
    private static final int FIRST_RECORD = 0x40;

    private MessagePack() {}

    /** Says which fields an object has, fewer than 16; their values follow in this order. An extension of {@code msgpackr}, and what it does unless told otherwise. */
    static void writeRecord(List<String> fields, ByteBuf out) {
        out.writeByte(EXTENSION_1).writeByte(RECORD).writeByte(FIRST_RECORD);
        out.writeByte(FIXED_ARRAY | fields.size());
        fields.forEach(field -> writeString(field, out));
    }

    static void writeString(String text, ByteBuf out) {
        writeString(Unpooled.wrappedBuffer(text.getBytes(US_ASCII)), out);
    }

    /** Writes ASCII of fewer than 65,536 bytes. */
    static void writeString(ByteBuf text, ByteBuf out) {
        int length = text.readableBytes();
        if (length < 0x20) {
            out.writeByte(FIXED_STRING | length);
        } else if (length < 0x100) {
            out.writeByte(STRING_8).writeByte(length);
        } else {
            out.writeByte(STRING_16).writeShort(length);
        }
        out.writeBytes(text);
    }

    /** How many fields follow, each a key and a value. */
    static int readMap(ByteBuf in) throws IOException {
        int form = in.readUnsignedByte();
        if (form == MAP_16) {
            return in.readUnsignedShort();
        }
        require(form >= FIXED_MAP && form < FIXED_ARRAY, form);
        return form - FIXED_MAP;
    }

    static String readString(ByteBuf in) throws IOException {
        return in.readCharSequence(readLength(in), UTF_8).toString();
    }

    static void skipString(ByteBuf in) throws IOException {
        in.skipBytes(readLength(in));
    }

    private static int readLength(ByteBuf in) throws IOException {
        int form = in.readUnsignedByte();
        if (form == STRING_8) {
            return in.readUnsignedByte();
        }
        if (form == STRING_16) {
            return in.readUnsignedShort();
        }
        require(form >= FIXED_STRING && form < FIXED_STRING + 0x20, form);
        return form - FIXED_STRING;
    }

    /** Reads a number from 0. */
    static long readNumber(ByteBuf in) throws IOException {
        int form = in.readUnsignedByte();
        return switch (form) {
            case UINT_8 -> in.readUnsignedByte();
            case UINT_16 -> in.readUnsignedShort();
            case UINT_32 -> in.readUnsignedInt();
            case DOUBLE -> (long) in.readDouble();
            default -> {
                require(form < FIXED_MAP, form);
                yield form;
            }
        };
    }

    private static void require(boolean expected, int form) throws IOException {
        if (!expected) {
            throw new IOException("unexpected form 0x" + Integer.toHexString(form));
        }
    }
}
