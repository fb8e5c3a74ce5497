package io.skein.load.presence;

import static io.skein.load.peer.Lib0.readNumber;
import static io.skein.load.peer.Lib0.readString;
import static io.skein.load.peer.Lib0.writeBytes;
import static io.skein.load.peer.Lib0.writeNumber;
import static io.skein.load.peer.Lib0.writeString;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.presence.People.Person;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** {@code peers/hocuspocus}: what its provider says for one empty document and its awareness. */
final class HocuspocusDialect implements Dialect {
    private static final String DOCUMENT = "room";
    /** Ids of clients are 32 random bits: five bytes on the wire, as these. */
    private static final long FIRST_CLIENT = 0x5000_0000L;

    private static final int SYNC = 0;
    private static final int AWARENESS = 1;
    private static final int AUTH = 2;
    private static final int SYNC_REPLY = 4;
    private static final int CLOSE = 7;
    private static final int SYNC_STATUS = 8;
    private static final int STEP_1 = 0;
    private static final int STEP_2 = 1;
    private static final int DENIED = 1;

    private static final News.Question WHAT_DO_YOU_HAVE = new News.Question("step 1");

    @Override
    public List<News> read(boolean text, byte[] payload) throws IOException {
        ByteBuf in = Unpooled.wrappedBuffer(payload);
        readString(in);
        int type = (int) readNumber(in);
        return switch (type) {
            case SYNC, SYNC_REPLY -> type == SYNC && readNumber(in) == STEP_1 ? List.of(WHAT_DO_YOU_HAVE) : List.of();
            case AWARENESS -> List.of(readAwareness(in));
            case AUTH -> readNumber(in) == DENIED ? List.of(new News.Refusal(readString(in))) : List.of();
            case CLOSE -> List.of(new News.Refusal("closed: " + readString(in)));
            case SYNC_STATUS -> List.of();
            default -> throw new IOException("unknown message " + type);
        };
    }

    private static News readAwareness(ByteBuf in) {
        readNumber(in);
        var here = new ArrayList<Integer>();
        var gone = new ArrayList<Integer>();
        for (long left = readNumber(in); left > 0; left--) {
            int person = (int) (readNumber(in) - FIRST_CLIENT);
            readNumber(in);
            (readString(in).equals("null") ? gone : here).add(person);
        }
        return new News.Change(here, gone, null);
    }

    @Override
    public Speaker speaker(Person person) {
        return new Speaker() {
            private int clock;

            @Override
            public void enter(Consumer<WebSocketFrame> out) {
                ByteBuf token = message(AUTH);
                writeNumber(token, 0);
                writeString(token, "");
                writeString(token, "4.8.0");
                out.accept(new BinaryWebSocketFrame(token));
                ByteBuf step1 = message(SYNC);
                writeNumber(step1, STEP_1);
                writeBytes(step1, new byte[] {0});
                out.accept(new BinaryWebSocketFrame(step1));
                renew(out);
            }

            // An empty document.
            @Override
            public void answer(News.Question question, Consumer<WebSocketFrame> out) {
                ByteBuf step2 = message(SYNC);
                writeNumber(step2, STEP_2);
                writeBytes(step2, new byte[] {0, 0});
                out.accept(new BinaryWebSocketFrame(step2));
            }

            @Override
            public void renew(Consumer<WebSocketFrame> out) {
                out.accept(awareness(person.state()));
            }

            @Override
            public void leave(Consumer<WebSocketFrame> out) {
                out.accept(awareness("null"));
                out.accept(new BinaryWebSocketFrame(message(CLOSE)));
            }

            private WebSocketFrame awareness(String state) {
                ByteBuf update = Unpooled.buffer();
                writeNumber(update, 1);
                writeNumber(update, FIRST_CLIENT + person.number());
                writeNumber(update, ++clock);
                writeString(update, state);
                ByteBuf message = message(AWARENESS);
                writeNumber(message, update.readableBytes());
                return new BinaryWebSocketFrame(message.writeBytes(update));
            }
        };
    }

    private static ByteBuf message(int type) {
        ByteBuf message = Unpooled.buffer();
        writeString(message, DOCUMENT);
        writeNumber(message, type);
        return message;
    }
}
