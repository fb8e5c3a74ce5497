package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.skein.engine.module.Refusal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells one connection too many that it is one too many. */
final class TurnAway extends ChannelInboundHandlerAdapter {
    /** How many may be listening to the answer at a time; beyond this a connection is closed without a word. */
    private static final int MAX_AT_ONCE = 256;

    private final Refusal why;
    private final Duration timeout;

    private TurnAway(Refusal why, Duration timeout) {
        this.why = why;
        this.timeout = timeout;
    }

    /** Does it to {@code channel}; {@code atOnce} counts those being told. */
    static void tell(Channel channel, Refusal why, AtomicInteger atOnce, Duration timeout) {
        if (atOnce.incrementAndGet() > MAX_AT_ONCE) {
            atOnce.decrementAndGet();
            Wire.close(channel);
            return;
        }
        channel.closeFuture().addListener(_ -> atOnce.decrementAndGet());
        channel.pipeline().addLast(new HttpResponseEncoder(), new TurnAway(why, timeout));
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        Channel channel = ctx.channel();
        if (Wire.tls(channel)) channel.read(); // or there is no handshake, and nobody who could read the answer
        Response.Full response = Problem.of(why).toResponse();
        Deadline deadline = new Deadline(channel.eventLoop());
        channel.closeFuture().addListener(_ -> deadline.cancel());
        ResponseWriter.send(
                channel,
                deadline,
                timeout,
                response,
                ResponseHeaders.plain(response, false),
                false,
                () -> Linger.start(channel));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // It did not wait for the answer.
        Wire.close(ctx.channel());
    }
}
