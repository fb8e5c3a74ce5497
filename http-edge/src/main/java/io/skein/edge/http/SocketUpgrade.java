package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.skein.engine.module.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The opening handshake of RFC 6455, and the change of the pipeline from HTTP to frames. */
final class SocketUpgrade {
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private SocketUpgrade() {}

    /** The subprotocol to speak, empty if the route has none, or a problem if the request opens no socket on this route. */
    static String negotiate(HttpRequest request, SocketRoute route, CorsPolicy cors) {
        HttpHeaders headers = request.headers();
        boolean wants = headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && headers.containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && request.protocolVersion().equals(HttpVersion.HTTP_1_1);
        if (!wants || !"13".equals(headers.get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            throw new ProblemException(
                    Problem.of(426, ErrorCode.INVALID_ARGS, "at this path WebSockets of version 13 open"));
        }
        if (!isKey(headers.get(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
            throw new ProblemException(ErrorCode.INVALID_ARGS, "Sec-WebSocket-Key is not 16 bytes in base64");
        }
        if (!cors.maySocket(headers.get(HttpHeaderNames.ORIGIN), headers.get(HttpHeaderNames.HOST))) {
            throw new ProblemException(ErrorCode.FORBIDDEN, "pages of this origin may not open sockets here");
        }
        if (route.subprotocols().isEmpty()) return "";
        for (String header : headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            for (String offered : header.split(",", -1)) {
                if (route.subprotocols().contains(offered.strip())) return offered.strip();
            }
        }
        throw new ProblemException(
                ErrorCode.INVALID_ARGS,
                "of the subprotocols this path speaks " + String.join(", ", route.subprotocols()));
    }

    /** The response to a request that {@link #negotiate} has refused. */
    static Response.Full refusal(Problem problem) {
        Response.Full response = problem.toResponse();
        if (problem.status() != 426) return response;
        return response.withHeader("upgrade", "websocket").withHeader("sec-websocket-version", "13");
    }

    private static boolean isKey(@Nullable String key) {
        if (key == null || key.length() != 24) return false;
        try {
            return Base64.getDecoder().decode(key).length == 16;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Says 101 and hands the connection to the socket's handler. */
    static void perform(
            Channel channel,
            HttpRequest request,
            SocketRoute route,
            String subprotocol,
            SocketRoute.Decision.Open open,
            HttpSettings settings) {
        var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS);
        open.headers().forEach(response.headers()::set);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept(request));
        if (!subprotocol.isEmpty()) response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol);
        Wire.writeAndFlush(channel, response);

        ChannelPipeline pipeline = channel.pipeline();
        HttpSettings.Socket limits = route.maxMessageBytes().isPresent()
                ? settings.socket().withMaxMessageBytes(route.maxMessageBytes().getAsInt())
                : settings.socket();
        SocketConnection socket = new SocketConnection(channel, open.handler(), route.payload(), limits);
        pipeline.remove(HttpConnection.class);
        pipeline.addLast(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(limits.maxMessageBytes())
                .closeOnProtocolViolation(false)
                .withUTF8Validator(false)
                .build()));
        pipeline.addLast(socket);
        pipeline.remove(HttpResponseEncoder.class);
        socket.open();
        // Last: gives on what the client has sent too early, and there is somebody now to take it.
        pipeline.remove(StrictRequestDecoder.class);
        channel.config().setAutoRead(true);
    }

    private static String accept(HttpRequest request) {
        String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY) + ACCEPT_SUFFIX;
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest(key.getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }
}
