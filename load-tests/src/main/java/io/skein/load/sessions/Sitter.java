package io.skein.load.sessions;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.peer.Seat;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A session of Skein that listens, with its cursor. One connection; the next one of the same seat is given the cursor. Belongs to the loop. */
final class Sitter extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final JsonFactory JSON = new JsonFactory();

    private final Audience audience;
    private final Seat seat;
    private final @Nullable Cursor resume;
    private @Nullable ChannelHandlerContext context;
    private String epoch = "";
    private String view = "";
    private long seq = -1;
    /** The workspace's last transaction when this connection was let in. */
    private long headSeq = Long.MAX_VALUE;

    private boolean current;
    private boolean connected;
    private boolean left;

    /** How far somebody has heard. */
    record Cursor(String epoch, long seq, String view) {}

    Sitter(Audience audience, Seat seat, @Nullable Cursor resume) {
        this.audience = audience;
        this.seat = seat;
        this.resume = resume;
    }

    Seat seat() {
        return seat;
    }

    /** Where it would go on from; null if it never began. */
    @Nullable
    Cursor cursor() {
        return seq < 0 ? resume : new Cursor(epoch, seq, view);
    }

    long seq() {
        return seq;
    }

    boolean isConnected() {
        return connected;
    }

    /** Ends the connection without a word, as a node does that dies. */
    void cut() {
        left = true;
        if (context != null) {
            var _ = context.channel().close();
        }
    }

    /** Reads no more, or again. */
    void setReading(boolean reading) {
        if (context != null) {
            context.channel().config().setAutoRead(reading);
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        connected = true;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            var _ = ctx.writeAndFlush(
                    new TextWebSocketFrame(ByteBufUtil.writeAscii(ctx.alloc(), hello())), ctx.voidPromise());
        }
        ctx.fireUserEventTriggered(event);
    }

    private String hello() {
        String subs = "{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":[{\"table\":\"card\"}]}]";
        return resume == null
                ? subs + "}"
                : subs + ",\"resume\":{\"epoch\":\"" + resume.epoch() + "\",\"seq\":" + resume.seq() + ",\"view\":\""
                        + resume.view() + "\"}}";
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        if (frame instanceof CloseWebSocketFrame) {
            return; // The connection's end follows, and is counted.
        }
        try (JsonParser json = JSON.createParser((InputStream) new ByteBufInputStream(frame.content()))) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                message(json);
                return;
            }
            while (json.nextToken() == JsonToken.START_OBJECT) {
                message(json);
            }
        }
    }

    private void message(JsonParser json) throws IOException {
        String type = "";
        long at = -1;
        String viewNow = "";
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "type" -> type = json.getText();
                case "seq" -> at = json.getLongValue();
                case "view" -> viewNow = json.getText();
                case "epoch" -> epoch = json.getText();
                default -> json.skipChildren();
            }
        }
        switch (type) {
            case "welcome" -> headSeq = at;
            case "snapshot", "resumed" -> {
                view = viewNow;
                seq = Math.max(seq, at);
                audience.began(type);
            }
            case "tx", "position" -> seq = at;
            default -> {}
        }
        if (!current && seq >= headSeq) {
            current = true;
            audience.current();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connected = false;
        audience.ended(left);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        audience.failed(this, cause);
    }
}
