package io.skein.edge.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection while it speaks HTTP: takes one request at a time off the wire and lets an {@link Exchange} answer it.
 *
 * <p>Nothing is read that nobody has asked for. A head is asked for when the last exchange is over, a piece of a body when the
 * exchange can use it. So pipelined requests wait in the socket, and a handler is slow at its own client's expense only.
 */
final class HttpConnection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private final ServerContext server;
    private final Channel channel;
    private final Deadline deadline;
    private final Visitor visitor;
    /** What the decoder has made of the last read and nobody has asked for yet: bounded by what one read can hold. */
    private final Queue<Object> arrived = new ArrayDeque<>();
    /** Whether the next message is asked for. */
    private boolean wanted;

    private boolean handingOver;
    private @Nullable Exchange exchange;
    /** Whether a part of the next request has arrived. */
    private boolean headBegun;
    /** Whether the connection has had its last exchange; what still arrives means nothing. */
    private boolean ending;

    HttpConnection(ServerContext server, Channel channel, Visitor visitor) {
        this.visitor = visitor;
        this.server = server;
        this.channel = channel;
        this.deadline = new Deadline(channel.eventLoop());
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        // From the first moment: a connection is opened to send a request. The handshake before it has a time of its
        // own.
        if (!Wire.tls(channel)) bytesArrived();
        want();
    }

    /** Asks for one more message: a head, or a piece of the body. */
    void want() {
        wanted = true;
        handOver();
    }

    /** Hands over what is wanted. A loop and not a recursion, however many small requests came in one read. */
    private void handOver() {
        if (handingOver) return;
        handingOver = true;
        try {
            while (wanted && !arrived.isEmpty()) {
                wanted = false;
                take(arrived.remove());
            }
        } finally {
            handingOver = false;
        }
        if (wanted) channel.read();
    }

    /** Something of a request has come in. */
    void bytesArrived() {
        if (exchange != null || headBegun || ending) return;
        headBegun = true;
        deadline.in(server.settings().requestTimeout(), this::headLate);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        arrived.add(message);
        handOver();
    }

    private void take(Object message) {
        try {
            Exchange current = exchange;
            if (ending) return;
            if (current == null && message instanceof HttpRequest head) {
                begin(head);
            } else if (current != null && message instanceof HttpContent content) {
                current.content(content);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest head) {
        headBegun = false;
        deadline.clear();
        if (head.decoderResult().isFailure()) {
            refuse(problemOf(head.decoderResult().cause()));
        } else {
            Optional<Refusal> refusal = visitor.asks(head);
            Exchange next = new Exchange(server, channel, deadline, head, this);
            exchange = next;
            refusal.ifPresentOrElse(next::turnAway, () -> next.begin(visitor.address()));
        }
    }

    static Problem problemOf(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> Problem.of(414, ErrorCode.TOO_LARGE, "the request line is too long");
            case TooLongHttpHeaderException _ -> Problem.of(431, ErrorCode.TOO_LARGE, "the headers are too large");
            default -> Problem.of(ErrorCode.INVALID_ARGS, "this is not HTTP/1.1: " + cause.getMessage());
        };
    }

    private void headLate() {
        refuse(Problem.of(408, ErrorCode.INVALID_ARGS, "the request did not arrive in time"));
    }

    /** Answers what could not be read as a request, and ends the connection. */
    private void refuse(Problem problem) {
        ending = true;
        Response.Full response = problem.toResponse();
        server.counters().answered(response.status());
        ResponseWriter.send(
                channel,
                deadline,
                server.settings().idleTimeout(),
                response,
                ResponseHeaders.plain(response, false),
                false,
                () -> Linger.start(channel));
    }

    /** The exchange is over. {@code readAll} says whether its request was read to the end. */
    void over(boolean keepAlive, boolean readAll) {
        exchange = null;
        visitor.answered();
        if (keepAlive && !server.stopping().get()) {
            deadline.in(server.settings().idleTimeout(), () -> Wire.close(channel));
            want();
            return;
        }
        ending = true;
        if (readAll) {
            Wire.close(channel);
        } else {
            Linger.start(channel);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == SslHandshakeCompletionEvent.SUCCESS) bytesArrived();
        // In the middle of a request the exchange sees that the server is stopping when it answers.
        if (event == ServerContext.Leave.NOW && exchange == null && !headBegun) Wire.close(channel);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        if (current != null) current.writabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        Exchange current = exchange;
        exchange = null;
        ending = true;
        deadline.cancel();
        if (current != null) current.gone();
    }

    /** Also when the connection goes over to WebSocket. */
    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        arrived.forEach(ReferenceCountUtil::release);
        arrived.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (Wire.cause(cause) instanceof IOException) {
            LOG.debug("{} broke", channel, cause);
        } else {
            LOG.error("a bug ended {}", channel, cause);
        }
        Wire.close(channel);
    }
}
