package io.skein.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/**
 * Ends a connection whose client may still be sending. Closing at once would answer its next byte with a reset, and a reset can
 * overtake the response we want it to read. So: no more output, and read into nothing until it closes, for a while.
 */
final class Linger extends ChannelInboundHandlerAdapter {
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final long MAX_BYTES = 64L << 20;

    private long swallowed;

    private Linger() {}

    /** Everything written must have been flushed to the socket. */
    static void start(Channel channel) {
        if (!channel.isActive()) return;
        channel.pipeline().addFirst(new Linger());
        Wire.shutdownOutput(channel);
        channel.config().setAutoRead(true);
        Wire.closeAfter(channel, TIME);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) swallowed += bytes.readableBytes();
        ReferenceCountUtil.release(message);
        if (swallowed > MAX_BYTES) Wire.close(ctx.channel());
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody behind this has anything to complete.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The client has reset the connection, which is as good an end as any.
        Wire.close(ctx.channel());
    }
}
