package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What is done to a channel without waiting for it. A failed write reaches {@code exceptionCaught} by the void promise, and a close
 * that fails has nothing left to close, so that these futures have nothing to tell.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class Wire {
    private Wire() {}

    static void write(Channel channel, Object message) {
        channel.write(message, channel.voidPromise());
    }

    static void writeAndFlush(Channel channel, Object message) {
        channel.writeAndFlush(message, channel.voidPromise());
    }

    static void close(Channel channel) {
        channel.close();
    }

    /** Closes unless that has happened before {@code delay} is over. */
    static void closeAfter(Channel channel, Duration delay) {
        var timer = channel.eventLoop().schedule(() -> close(channel), delay.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(_ -> timer.cancel(false));
    }

    /** Tells the other side that nothing more comes. */
    static void shutdownOutput(Channel channel) {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            shutdown(channel);
        } else {
            tls.closeOutbound().addListener(_ -> shutdown(channel));
        }
    }

    private static void shutdown(Channel channel) {
        if (channel instanceof DuplexChannel duplex) duplex.shutdownOutput();
    }

    /** Whether it speaks TLS. */
    static boolean tls(Channel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    /** What went wrong, without what the decoder of TLS puts around it. */
    static Throwable cause(Throwable failure) {
        return failure instanceof DecoderException && failure.getCause() instanceof IOException broken
                ? broken
                : failure;
    }
}
