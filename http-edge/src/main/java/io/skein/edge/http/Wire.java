package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.socket.DuplexChannel;
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
        if (channel instanceof DuplexChannel duplex) duplex.shutdownOutput();
    }
}
