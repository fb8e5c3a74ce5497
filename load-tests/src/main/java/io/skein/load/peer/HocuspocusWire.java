package io.skein.load.peer;

import static io.skein.load.peer.Lib0.readNumber;
import static io.skein.load.peer.Lib0.readString;
import static io.skein.load.peer.Lib0.writeBytes;
import static io.skein.load.peer.Lib0.writeNumber;
import static io.skein.load.peer.Lib0.writeString;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skein.load.check.RoomCheck.Order;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * What the provider of Hocuspocus 4 says. An update of Yjs (format 1) with one item: a text of the array {@code load}, behind the
 * author's last one. Others hear it, alone or merged with more; the author hears a status for each update, in their order.
 */
final class HocuspocusWire implements Wire {
    private static final String ARRAY = "load";
    private static final String VERSION = "4.8.0";

    private static final int SYNC = 0;
    private static final int AWARENESS = 1;
    private static final int AUTH = 2;
    private static final int SYNC_REPLY = 4;
    private static final int CLOSE = 7;
    private static final int SYNC_STATUS = 8;
    private static final int STEP_1 = 0;
    private static final int STEP_2 = 1;
    private static final int UPDATE = 2;
    private static final int DENIED = 1;

    private static final int GC = 0;
    private static final int ANY = 8;
    private static final int SKIP = 10;
    private static final int KIND_BITS = 0x1f;
    private static final int HAS_ORIGIN = 0x80;
    private static final int HAS_RIGHT_ORIGIN = 0x40;
    private static final int HAS_PARENT_KEY = 0x20;
    private static final int STRING = 119;

    /** Numbers that have no status yet, of each author. */
    private final Map<Seat, Queue<Long>> unanswered = new HashMap<>();

    @Override
    public Order order() {
        return Order.NONE;
    }

    @Override
    public boolean isBinary() {
        return true;
    }

    @Override
    public List<byte[]> hello(Seat seat) {
        ByteBuf token = message(seat, AUTH);
        writeNumber(token, 0);
        writeString(token, "");
        writeString(token, VERSION);
        ByteBuf step1 = message(seat, SYNC);
        writeNumber(step1, STEP_1);
        writeBytes(step1, new byte[] {0});
        return List.of(ByteBufUtil.getBytes(token), ByteBufUtil.getBytes(step1));
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        unanswered.computeIfAbsent(seat, any -> new ArrayDeque<>()).add(number);
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

        writeString(out, seat.roomName());
        writeNumber(out, SYNC);
        writeNumber(out, UPDATE);
        writeNumber(out, update.readableBytes());
        out.writeBytes(update);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        ByteBuf in = Unpooled.wrappedBuffer(frame, 0, length);
        readString(in);
        int type = (int) readNumber(in);
        switch (type) {
            case SYNC, SYNC_REPLY -> readSync(in, heard);
            case AUTH -> {
                if (readNumber(in) == DENIED) {
                    heard.ended("denied: " + readString(in));
                }
            }
            case SYNC_STATUS -> readStatus(seat, in, heard);
            case CLOSE -> heard.ended("closed: " + readString(in));
            case AWARENESS -> {}
            default -> throw new IOException("unknown message " + type);
        }
    }

    private void readStatus(Seat seat, ByteBuf in, Heard heard) throws IOException {
        Queue<Long> mine = unanswered.get(seat);
        Long number = mine == null ? null : mine.poll();
        if (number == null) {
            throw new IOException("a status for nothing");
        }
        if (readNumber(in) == 1) {
            heard.acknowledged(number, 0);
        } else {
            heard.refused(number, "not_applied", 0);
        }
    }

    private static void readSync(ByteBuf in, Heard heard) throws IOException {
        int step = (int) readNumber(in);
        switch (step) {
            case STEP_1 -> {} // An empty document has nothing that the server lacks.
            case STEP_2 -> heard.joined(countTexts(in));
            case UPDATE -> {
                int bytes = (int) readNumber(in);
                readStructs(in.readSlice(bytes), heard);
            }
            default -> throw new IOException("unknown step " + step);
        }
    }

    /** How many texts are in the document that a member is given when it comes. */
    private static long countTexts(ByteBuf in) throws IOException {
        var count = new Counting();
        int bytes = (int) readNumber(in);
        readStructs(in.readSlice(bytes), count);
        return count.updates;
    }

    /** Hears updates, and nothing else. */
    private static final class Counting implements Heard {
        private long updates;

        @Override
        public void joined(long seq) {}

        @Override
        public void update(long seq, int author, long number) {
            updates++;
        }

        @Override
        public void acknowledged(long number, long seq) {}

        @Override
        public void refused(long number, String code, int retryAfterMillis) {}

        @Override
        public void ended(String why) {}
    }

    private static void readStructs(ByteBuf in, Heard heard) throws IOException {
        for (long clients = readNumber(in); clients > 0; clients--) {
            long structs = readNumber(in);
            readNumber(in);
            readNumber(in);
            for (; structs > 0; structs--) {
                readStruct(in, heard);
            }
        }
    }

    private static void readStruct(ByteBuf in, Heard heard) throws IOException {
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
            readText(in, heard);
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

    private static void readText(ByteBuf in, Heard heard) throws IOException {
        int bytes = (int) readNumber(in);
        int space = in.bytesBefore((byte) ' ');
        if (space < 0 || space >= bytes) {
            throw new IOException("a text without the name of its update");
        }
        char[] chars =
                in.toString(in.readerIndex(), space, StandardCharsets.US_ASCII).toCharArray();
        long name = UpdateName.parse(chars, 0, chars.length);
        in.skipBytes(bytes);
        heard.update(0, UpdateName.author(name), UpdateName.number(name));
    }

    /** Nobody is client 0; random bits in Yjs, of five bytes on the wire as these are. */
    private static long client(Seat seat) {
        return 0x5000_0000L + seat.member();
    }

    private static ByteBuf message(Seat seat, int type) {
        ByteBuf message = Unpooled.buffer();
        writeString(message, seat.roomName());
        writeNumber(message, type);
        return message;
    }
}
