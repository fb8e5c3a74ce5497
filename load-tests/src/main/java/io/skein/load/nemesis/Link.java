package io.skein.load.nemesis;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** One socket of a client. */
final class Link extends SimpleChannelInboundHandler<WebSocketFrame> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Client client;
    private final int session;
    private final String node;
    private @Nullable ChannelHandlerContext context;
    private boolean greeted;
    private boolean closed;

    /** @param session its number in the recorded history
     * @param node what the node is called there */
    Link(Client client, int session, String node) {
        this.client = client;
        this.session = session;
        this.node = node;
    }

    int session() {
        return session;
    }

    String node() {
        return node;
    }

    boolean isGreeted() {
        return greeted;
    }

    void send(JsonNode message) {
        if (context != null) {
            var _ = context.writeAndFlush(
                    new TextWebSocketFrame(
                            Unpooled.wrappedBuffer(message.toString().getBytes(UTF_8))),
                    context.voidPromise());
        }
    }

    void close() {
        closed = true;
        if (context != null) {
            var _ = context.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        if (closed) {
            var _ = added.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && !closed) {
            greeted = true;
            client.greet(this);
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        if (!(frame instanceof TextWebSocketFrame)) {
            throw new IOException("not a text frame: " + frame);
        }
        JsonNode messages;
        try (InputStream in = new ByteBufInputStream(frame.content())) {
            messages = JSON.readTree(in);
        }
        if (messages.isArray()) {
            for (JsonNode message : messages) {
                client.hear(this, message);
            }
        } else {
            client.hear(this, messages);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        client.lost(this, "the socket ended");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        client.lost(this, String.valueOf(cause));
    }
}
