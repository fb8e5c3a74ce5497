package io.skein.edge.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder with the limits of the settings, and without leniency where two readings of a request would differ. */
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

    /** Netty would believe the chunks; something in front of us may have believed the length, and see other requests than we do. */
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("both a Content-Length and a Transfer-Encoding");
    }
}
