package io.skein.load.peer;

import static io.skein.load.peer.Lib0.readNumber;
import static io.skein.load.peer.Lib0.readString;
import static io.skein.load.peer.Lib0.writeNumber;
import static io.skein.load.peer.Lib0.writeString;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** An update of Yjs (format 1, what its version 13 sends) with one item: a text of the array {@code load}, behind its author's last one. */
final class YjsUpdate {
    private static final String ARRAY = "load";

    private static final int GC = 0;
    private static final int ANY = 8;
    private static final int SKIP = 10;
    private static final int KIND_BITS = 0x1f;
    private static final int HAS_ORIGIN = 0x80;
    private static final int HAS_RIGHT_ORIGIN = 0x40;
    private static final int HAS_PARENT_KEY = 0x20;
    private static final int STRING = 119;

    private YjsUpdate() {}

    /** Who is told of each text that somebody of this run wrote. */
    interface Reader {
        void text(int author, long number);
    }

    /** The update, without its length. */
    static ByteBuf of(Seat seat, long number, byte[] text) {
        ByteBuf update = Unpooled.buffer(256);
        long client = client(seat);
        writeNumber(update, 1);
        writeNumber(update, 1);
        writeNumber(update, client);
        writeNumber(update, number - 1);
        if (number == 1) {
            update.writeByte(ANY);
            writeNumber(update, 1);
            writeString(update, ARRAY);
        } else {
            update.writeByte(ANY | HAS_ORIGIN);
            writeNumber(update, client);
            writeNumber(update, number - 2);
        }
        writeNumber(update, 1);
        update.writeByte(STRING);
        ByteBuf named = Unpooled.buffer(256);
        UpdateName.write(seat.member(), number, named);
        named.writeByte(' ').writeBytes(text);
        writeNumber(update, named.readableBytes());
        update.writeBytes(named);
        writeNumber(update, 0);
        return update;
    }

    /** Reads an update with its length before it: a member's, several that the server has merged, or a whole document. */
    static void read(ByteBuf in, Reader reader) throws IOException {
        int bytes = (int) readNumber(in);
        ByteBuf update = in.readSlice(bytes);
        for (long clients = readNumber(update); clients > 0; clients--) {
            long structs = readNumber(update);
            readNumber(update);
            readNumber(update);
            for (; structs > 0; structs--) {
                readStruct(update, reader);
            }
        }
    }

    /** How many texts are in an update; the same as {@link #read} otherwise. */
    static long count(ByteBuf in) throws IOException {
        var count = new long[1];
        read(in, (author, number) -> count[0]++);
        return count[0];
    }

    private static void readStruct(ByteBuf in, Reader reader) throws IOException {
        int info = in.readUnsignedByte();
        int kind = info & KIND_BITS;
        if (kind == GC || kind == SKIP) {
            readNumber(in);
            return;
        }
        if (kind != ANY) {
            throw new IOException("content of kind " + kind + ", which nobody wrote");
        }
        readPlace(in, info);
        for (long texts = readNumber(in); texts > 0; texts--) {
            if (in.readUnsignedByte() != STRING) {
                throw new IOException("something other than a text, which nobody wrote");
            }
            readText(in, reader);
        }
    }

    private static void readPlace(ByteBuf in, int info) {
        if ((info & HAS_ORIGIN) != 0) {
            readNumber(in);
            readNumber(in);
        }
        if ((info & HAS_RIGHT_ORIGIN) != 0) {
            readNumber(in);
            readNumber(in);
        }
        if ((info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) == 0) {
            if (readNumber(in) == 1) {
                readString(in);
            } else {
                readNumber(in);
                readNumber(in);
            }
            if ((info & HAS_PARENT_KEY) != 0) {
                readString(in);
            }
        }
    }

    private static void readText(ByteBuf in, Reader reader) throws IOException {
        int bytes = (int) readNumber(in);
        int space = in.bytesBefore((byte) ' ');
        if (space < 0 || space >= bytes) {
            throw new IOException("a text without the name of its update");
        }
        char[] chars =
                in.toString(in.readerIndex(), space, StandardCharsets.US_ASCII).toCharArray();
        long name = UpdateName.parse(chars, 0, chars.length);
        in.skipBytes(bytes);
        reader.text(UpdateName.author(name), UpdateName.number(name));
    }

    /** Nobody is client 0; random bits in Yjs, of five bytes on the wire as these are. */
    private static long client(Seat seat) {
        return 0x5000_0000L + seat.member();
    }
}
