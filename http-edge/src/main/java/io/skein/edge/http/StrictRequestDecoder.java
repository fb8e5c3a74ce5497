package io.skein.edge.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/**
 * Netty's decoder with the limits of the settings and strict line ends. It refuses by itself what could be read in two ways, such as
 * a length beside chunks.
 */
final class StrictRequestDecoder extends HttpRequestDecoder {
    private final Runnable onBytes;

    /** {@code onBytes} runs whenever something has arrived, whether or not it makes a message. */
    StrictRequestDecoder(HttpSettings settings, Runnable onBytes) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(settings.maxLineBytes())
                .setMaxHeaderSize(settings.maxHeaderBytes())
                .setMaxChunkSize(64 << 10)
                .setStrictLineParsing(true));
        this.onBytes = onBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        onBytes.run();
        super.channelRead(ctx, message);
    }
}
