package io.skein.edge.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import io.skein.edge.http.SocketRoute.Payload;
import io.skein.edge.json.WellFormed;
import io.skein.engine.module.Unquoted;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/** One connection once it is a WebSocket: frames to messages, messages to frames, signs of life, and the closing handshake. */
final class SocketConnection extends ChannelInboundHandlerAdapter implements Socket {
    private static final Logger LOG = LoggerFactory.getLogger(SocketConnection.class);
    private static final int NO_CODE = 1005;
    private static final int BROKEN = 1006;

    private final Channel channel;
    private final SocketHandler handler;
    private final Payload payload;
    private final HttpSettings.Socket settings;
    private final FrameQueue queue;
    private final Future<?> heartbeat;

    private @Nullable WholeBody message;
    /** When the first fragment of the message came. */
    private long begunNanos;

    private byte @Nullable [] owedPong;
    private long heardNanos = System.nanoTime();
    /** Whether the handler was or may have been told that the socket is not writable. */
    private boolean blocked;

    private boolean unflushed;
    /** Set by whoever closes first. */
    private int closeCode = BROKEN;

    private boolean closing;
    private boolean clientClosed;
    /** Whether what the client sends can no longer be told apart, its answer to our close included. */
    private boolean corrupt;

    SocketConnection(Channel channel, SocketHandler handler, Payload payload, HttpSettings.Socket settings) {
        this.channel = channel;
        this.handler = handler;
        this.payload = payload;
        this.settings = settings;
        this.queue = new FrameQueue(channel, settings.maxQueuedBytes());
        long interval = settings.heartbeat().toNanos();
        this.heartbeat =
                channel.eventLoop().scheduleAtFixedRate(this::heartbeat, interval, interval, TimeUnit.NANOSECONDS);
    }

    /** Tells the handler that it has a socket. */
    void open() {
        guarded(() -> handler.opened(this));
    }

    // What the handler asks for.

    @Override
    public Executor loop() {
        return channel.eventLoop();
    }

    @Override
    public boolean isWritable() {
        return !closing && queue.isEmpty() && channel.isWritable();
    }

    @Override
    public void write(Frame frame) {
        if (closing) return;
        if (!queue.offer(frame)) close(1013, "overloaded: the client does not read");
        blocked |= !isWritable();
    }

    @Override
    public void flush() {
        unflushed = false;
        channel.flush();
    }

    @Override
    public void setReading(boolean reading) {
        heardNanos = System.nanoTime();
        begunNanos = heardNanos;
        channel.config().setAutoRead(reading);
    }

    @Override
    public void close(int code, String reason) {
        if (closing) return;
        beginClosing(code, Frame.close(code, reason));
    }

    // What the client sends.

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object received) {
        heardNanos = System.nanoTime();
        try {
            if (clientClosed) return;
            switch (received) {
                case CloseWebSocketFrame close -> clientCloses(close.statusCode());
                case PingWebSocketFrame ping -> owePong(ping);
                case PongWebSocketFrame _ -> LOG.trace("{} is alive", channel);
                case WebSocketFrame data when !closing -> data(data);
                case WebSocketFrame _ -> LOG.trace("{} still sends while it is being closed", channel);
                default -> close(1002, "frames before the handshake was done");
            }
        } finally {
            ReferenceCountUtil.release(received);
        }
    }

    private void data(WebSocketFrame frame) {
        boolean isText = frame instanceof TextWebSocketFrame;
        if (isText || frame instanceof BinaryWebSocketFrame) {
            if (isText != (payload == Payload.TEXT)) {
                close(1003, isText ? "this socket takes binary" : "this socket takes text");
                return;
            }
            message = new WholeBody(settings.maxMessageBytes(), frame.content().readableBytes());
            begunNanos = heardNanos;
        }
        WholeBody collecting = message;
        if (collecting == null || !collecting.add(frame.content())) {
            message = null;
            String limit = "a message has at most " + settings.maxMessageBytes() + " bytes";
            guarded(() -> handler.tooLarge(this, limit));
            close(1009, limit);
        } else if (frame.isFinalFragment()) {
            message = null;
            deliver(collecting.toArray());
        }
    }

    private void deliver(byte[] bytes) {
        if (payload == Payload.TEXT && !WellFormed.isUtf8(bytes)) {
            close(1007, "a text message is UTF-8");
        } else {
            guarded(() -> handler.message(bytes));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (!closing) guarded(handler::readComplete);
        payPong();
        if (unflushed) flush();
    }

    /** Only the last ping is owed an answer (RFC 6455, 5.5.3), so a flood of pings fills nothing. */
    private void owePong(PingWebSocketFrame ping) {
        byte[] echo = new byte[ping.content().readableBytes()];
        ping.content().readBytes(echo);
        owedPong = echo;
    }

    private void payPong() {
        byte[] echo = owedPong;
        if (echo == null || closing || !channel.isWritable()) return;
        owedPong = null;
        control(Frame.pong(echo));
    }

    /** Control frames may stand between the fragments of a message, so they do not queue. */
    private void control(Frame frame) {
        Wire.write(channel, frame.fragment(0));
        unflushed = true;
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        queue.pump();
        payPong();
        flush();
        if (closing) {
            endIfClosed();
        } else if (!isWritable()) {
            blocked = true;
        } else if (blocked) {
            // This may be in the middle of the handler's own write or flush.
            channel.eventLoop().execute(this::tellWritable);
        }
    }

    private void tellWritable() {
        if (!blocked || !isWritable()) return;
        blocked = false;
        guarded(handler::writable);
    }

    private void heartbeat() {
        if (closing) return;
        long now = System.nanoTime();
        if (!channel.config().isAutoRead()) {
            heardNanos = now;
            begunNanos = now;
        }
        long silentNanos = now - heardNanos;
        if (silentNanos >= settings.idleTimeout().toNanos()) {
            close(1001, "no sign of life");
            return;
        }
        // Each fragment is a sign of life, and what has come of the message is held until the last one.
        if (message != null && now - begunNanos >= settings.idleTimeout().toNanos()) {
            close(1008, "a message takes too long");
            return;
        }
        if (2 * silentNanos >= settings.heartbeat().toNanos() && channel.isWritable()) control(Frame.ping());
        guarded(handler::heartbeat);
        flush();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ServerContext.Leave.NOW && !closing) guarded(() -> handler.leave(this));
    }

    // The end.

    private void clientCloses(int code) {
        clientClosed = true;
        if (closing) {
            endIfClosed();
        } else {
            boolean none = code == -1 || code == NO_CODE;
            beginClosing(none ? NO_CODE : code, none ? Frame.closeWithoutCode() : Frame.close(code, ""));
        }
    }

    private void beginClosing(int code, Frame closeFrame) {
        closing = true;
        closeCode = code;
        message = null;
        queue.add(closeFrame);
        channel.flush();
        // The answer must be heard even if the handler had stopped reading.
        channel.config().setAutoRead(true);
        heartbeat.cancel(false);
        Wire.closeAfter(channel, settings.closeTimeout());
        endIfClosed();
    }

    /** Ends the connection once our own word is out, if there is nothing to wait for on the other side. */
    private void endIfClosed() {
        if (!queue.isEmpty() || !(clientClosed || corrupt)) return;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> {
            if (clientClosed) {
                Wire.close(channel);
            } else {
                Linger.start(channel);
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        heartbeat.cancel(false);
        queue.clear();
        message = null;
        guarded(() -> handler.closed(closeCode));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        switch (cause.getCause() instanceof CorruptedWebSocketFrameException bad ? bad : Wire.cause(cause)) {
            case CorruptedWebSocketFrameException bad -> {
                corrupt = true;
                close(bad.closeStatus().code(), String.valueOf(bad.getMessage()));
            }
            case IOException _ -> Wire.close(channel);
            default -> fail(cause);
        }
    }

    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Throwable bug) {
        Map<String, String> marks = handler.marks();
        marks.forEach(MDC::put);
        try {
            LOG.error("a bug closed {}", channel, Unquoted.ifMistake(bug));
        } finally {
            marks.keySet().forEach(MDC::remove);
        }
        close(1011, "internal");
    }
}
