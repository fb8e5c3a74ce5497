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
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** What the provider of Hocuspocus 4 says. Others hear an update, alone or merged with more; its author hears a status for each, in their order. */
final class HocuspocusWire implements Wire {
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
        ByteBuf update = YjsUpdate.of(seat, number, text);
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
            case STEP_2 -> heard.joined(YjsUpdate.count(in));
            case UPDATE -> YjsUpdate.read(in, (author, number) -> heard.update(0, author, number));
            default -> throw new IOException("unknown step " + step);
        }
    }

    private static ByteBuf message(Seat seat, int type) {
        ByteBuf message = Unpooled.buffer();
        writeString(message, seat.roomName());
        writeNumber(message, type);
        return message;
    }
}
