package io.skein.load.drive;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.skein.load.peer.Seat;

/** Puts a WebSocket between a channel and who speaks on it. */
public final class MemberSocket extends ChannelInitializer<Channel> {
    private static final int LARGEST_FRAME_BYTES = 32 * 1024 * 1024;
    private static final int LARGEST_REFUSAL_BYTES = 64 * 1024;
    private static final long HANDSHAKE_TIMEOUT_MILLIS = 30_000;

    private final Seat seat;
    private final ChannelHandler member;

    /** @param member hears the handshake's event and whole frames */
    public MemberSocket(Seat seat, ChannelHandler member) {
        this.seat = seat;
        this.member = member;
    }

    @Override
    protected void initChannel(Channel channel) {
        HttpHeaders headers = new DefaultHttpHeaders();
        if (seat.bearer() != null) {
            headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer " + seat.bearer());
        }
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(seat.socket())
                .subprotocol(seat.subprotocol())
                .customHeaders(headers)
                .maxFramePayloadLength(LARGEST_FRAME_BYTES)
                .handshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MILLIS)
                // Who asks by a ping hears the answer.
                .dropPongFrames(false)
                // The JSON parser looks at every byte anyway.
                .withUTF8Validator(false)
                .build();
        ChannelPipeline pipeline = channel.pipeline();
        pipeline.addLast(new HttpClientCodec());
        pipeline.addLast(new HttpObjectAggregator(LARGEST_REFUSAL_BYTES));
        pipeline.addLast(new WebSocketClientProtocolHandler(config));
        pipeline.addLast(new WebSocketFrameAggregator(LARGEST_FRAME_BYTES));
        pipeline.addLast(member);
    }
}
