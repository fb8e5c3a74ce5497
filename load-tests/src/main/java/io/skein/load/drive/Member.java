package io.skein.load.drive;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.check.RoomCheck;
import io.skein.load.peer.Heard;
import io.skein.load.peer.Seat;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One member of one room: writes at the fleet's pace, listens, and reports to the room's check. */
final class Member extends SimpleChannelInboundHandler<WebSocketFrame> implements Heard {
    /** Open loop: this many updates may be due and unsent before further ones are given up and counted. */
    private static final int BACKLOG_LIMIT = 4_096;

    private static final int SHORTEST_RETRY_MILLIS = 20;
    /** Refusals that leave open whether the update happened. */
    private static final Set<String> DOUBTFUL = Set.of("unavailable", "internal");

    private final Fleet fleet;
    private final Seat seat;
    /** Number to when it was sent or due, in nanoseconds; as many as are in flight. */
    private final Map<Long, Long> sentAt = new HashMap<>();

    private final Queue<Long> backlog = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext context;
    private @Nullable RoomCheck check;
    private long joinedSeq = -1;

    Member(Fleet fleet, Seat seat) {
        this.fleet = fleet;
        this.seat = seat;
    }

    Seat seat() {
        return seat;
    }

    /** Where the member's stream starts, -1 before it has joined. */
    long joinedSeq() {
        return joinedSeq;
    }

    void watchedBy(RoomCheck roomCheck) {
        check = roomCheck;
    }

    /** Closed loop: fills the pipe. */
    void startWriting(int inFlight) {
        long now = System.nanoTime();
        for (int i = 0; i < inFlight; i++) {
            send(now);
        }
        context().flush();
    }

    /** Open loop: an update is due; it goes out at once if the pipe is not full. */
    void due(long dueAt) {
        if (sentAt.size() < fleet.pace().inFlight()) {
            send(dueAt);
            context().flush();
        } else if (backlog.size() < BACKLOG_LIMIT) {
            backlog.add(dueAt);
        } else {
            fleet.tally().overdue();
        }
    }

    /** What was due and could not be sent in time is given up: nobody writes any more. */
    void forgetBacklog() {
        backlog.clear();
    }

    void leave() {
        if (context != null) {
            // Nobody waits for a socket to be closed.
            var _ = context.close();
        }
    }

    // --- the socket ---

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            fleet.wire().hello(seat).forEach(frame -> write(Unpooled.wrappedBuffer(frame)));
            ctx.flush();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        if (frame instanceof PongWebSocketFrame && fleet.wire().isAskedByPing()) {
            acknowledged(frame.content().readLong(), 0);
            return;
        }
        if (frame instanceof BinaryWebSocketFrame != fleet.wire().isBinary()) {
            throw new IOException("neither expected nor promised: " + frame);
        }
        int length = frame.content().readableBytes();
        fleet.tally().frame(length);
        fleet.wire().read(seat, fleet.bytes(frame.content()), length, this);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fleet.failed(seat + " lost its connection", null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fleet.failed(seat + " failed", cause);
    }

    // --- what it hears ---

    @Override
    public void joined(long seq) {
        if (joinedSeq >= 0) {
            check().interrupted(seat.member(), seq);
            return;
        }
        joinedSeq = seq;
        fleet.joined();
    }

    @Override
    public void update(long seq, int author, long number) {
        fleet.tally().delivered();
        check().heard(seat.member(), seq, author, number);
    }

    @Override
    public void acknowledged(long number, long seq) {
        check().acknowledged(seat.member(), number, seq);
        Long sent = sentAt.remove(number);
        if (sent != null) {
            fleet.tally().acknowledged(System.nanoTime() - sent);
            answered();
        }
    }

    @Override
    public void refused(long number, String code, int retryAfterMillis) {
        check().refused(seat.member(), number, !DOUBTFUL.contains(code));
        fleet.tally().refused(code);
        if (sentAt.remove(number) != null) {
            // Its place in the pipe stays empty until the system wants to be asked again.
            int delay = Math.max(SHORTEST_RETRY_MILLIS, retryAfterMillis);
            fleet.later(this::retry, delay);
        }
    }

    @Override
    public void answer(byte[] frame) {
        write(Unpooled.wrappedBuffer(frame));
    }

    @Override
    public void ended(String why) {
        fleet.failed(seat + " was told: " + why, null);
    }

    // --- what it writes ---

    private void retry() {
        answered();
        context().flush();
    }

    private void answered() {
        if (!fleet.isWriting()) {
            return;
        }
        switch (fleet.pace()) {
            case Pace.Closed closed -> {
                // One that waited to be sent again may meet a new phase, whose pipe is full already.
                if (sentAt.size() < closed.inFlight()) {
                    send(System.nanoTime());
                }
            }
            case Pace.Open _, Pace.Office _ -> {
                Long dueAt = backlog.poll();
                if (dueAt != null) {
                    send(dueAt);
                }
            }
        }
    }

    /** Every update is a frame of its own; what is written in one turn of the event loop shares a packet. */
    private void send(long countedFrom) {
        long number = check().sending(seat.member());
        sentAt.put(number, countedFrom);
        ByteBuf frame = context().alloc().buffer(512);
        fleet.wire().writeUpdate(seat, number, fleet.textFor(number), frame);
        if (frame.isReadable()) {
            write(frame);
        } else {
            frame.release();
        }
        if (fleet.wire().isAskedByPing()) {
            ByteBuf asked = context().alloc().buffer(Long.BYTES).writeLong(number);
            var _ = context().write(new PingWebSocketFrame(asked), context().voidPromise());
        }
    }

    /** A failure comes to {@link #exceptionCaught}. */
    private void write(ByteBuf frame) {
        var _ = context()
                .write(
                        fleet.wire().isBinary() ? new BinaryWebSocketFrame(frame) : new TextWebSocketFrame(frame),
                        context().voidPromise());
    }

    private ChannelHandlerContext context() {
        return required(context);
    }

    private RoomCheck check() {
        return required(check);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not joined yet");
        }
        return value;
    }
}
