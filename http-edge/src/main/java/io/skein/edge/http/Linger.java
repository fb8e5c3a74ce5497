package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection whose client may still be sending. Closing at once would answer its next byte with a reset, and a reset can
 * overtake the response we want it to read. So: no more output, and read into nothing until it closes, for a while.
 */
final class Linger extends ChannelInboundHandlerAdapter {
    private static final int SECONDS = 2;
    private static final long MAX_BYTES = 64L << 20;

    private long swallowed;

    private Linger() {}

    /** Everything written must have been flushed to the socket. */
    static void start(Channel channel) {
        if (!channel.isActive()) return;
        channel.pipeline().addFirst(new Linger());
        if (channel instanceof DuplexChannel duplex) duplex.shutdownOutput();
        channel.config().setAutoRead(true);
        var timer = channel.eventLoop().schedule(() -> channel.close(), SECONDS, TimeUnit.SECONDS);
        channel.closeFuture().addListener(_ -> timer.cancel(false));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof io.netty.buffer.ByteBuf bytes) swallowed += bytes.readableBytes();
        ReferenceCountUtil.release(message);
        if (swallowed > MAX_BYTES) ctx.close();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        // Nobody behind this has anything to complete.
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // The client has reset the connection, which is as good an end as any.
        ctx.close();
    }
}
