package io.skein.load.peer;

import static io.skein.load.peer.Lib0.readNumber;
import static io.skein.load.peer.Lib0.readString;
import static io.skein.load.peer.Lib0.writeBytes;
import static io.skein.load.peer.Lib0.writeNumber;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.skein.load.check.RoomCheck.Order;
import java.io.IOException;
import java.util.List;

/**
 * What the provider of y-websocket 3 says; the room stands in the address. Everybody hears an update, its author too. No message acknowledges one, so
 * its author sends a ping of WebSocket behind it: the server handles what comes on a socket in its order, and its pong says that the update was handled.
 */
final class YWebsocketWire implements Wire {
    private static final int SYNC = 0;
    private static final int AWARENESS = 1;
    private static final int AUTH = 2;
    private static final int STEP_1 = 0;
    private static final int STEP_2 = 1;
    private static final int UPDATE = 2;
    private static final byte[] NOTHING_KNOWN = {0};
    private static final byte[] NOTHING_NEW = {0, 0};

    @Override
    public Order order() {
        return Order.NONE;
    }

    @Override
    public boolean isBinary() {
        return true;
    }

    @Override
    public boolean isAskedByPing() {
        return true;
    }

    @Override
    public List<byte[]> hello(Seat seat) {
        return List.of(sync(STEP_1, NOTHING_KNOWN));
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        ByteBuf update = YjsUpdate.of(seat, number, text);
        writeNumber(out, SYNC);
        writeNumber(out, UPDATE);
        writeNumber(out, update.readableBytes());
        out.writeBytes(update);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        ByteBuf in = Unpooled.wrappedBuffer(frame, 0, length);
        int type = (int) readNumber(in);
        switch (type) {
            case SYNC -> readSync(in, heard);
            case AUTH -> {
                readNumber(in);
                heard.ended("denied: " + readString(in));
            }
            case AWARENESS -> {}
            default -> throw new IOException("unknown message " + type);
        }
    }

    private static void readSync(ByteBuf in, Heard heard) throws IOException {
        int step = (int) readNumber(in);
        switch (step) {
            // The server asks once, before anything was written.
            case STEP_1 -> heard.answer(sync(STEP_2, NOTHING_NEW));
            case STEP_2 -> heard.joined(YjsUpdate.count(in));
            case UPDATE -> YjsUpdate.read(in, (author, number) -> heard.update(0, author, number));
            default -> throw new IOException("unknown step " + step);
        }
    }

    private static byte[] sync(int step, byte[] content) {
        ByteBuf message = Unpooled.buffer();
        writeNumber(message, SYNC);
        writeNumber(message, step);
        writeBytes(message, content);
        return ByteBufUtil.getBytes(message);
    }
}
