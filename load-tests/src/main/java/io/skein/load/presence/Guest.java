package io.skein.load.presence;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.presence.People.Person;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One socket of one person: comes in, hears who is here, goes. Belongs to the event loop. */
final class Guest extends SimpleChannelInboundHandler<WebSocketFrame> implements Picture.Watcher {
    /** A server answers a close frame by closing; one that does not is not waited for. */
    private static final long CLOSE_SECONDS = 10;

    private enum State {
        COMING,
        HERE,
        GONE
    }

    private final Crowd crowd;
    private final Person person;
    private final Dialect.Speaker speaker;
    private final Picture picture = new Picture(this);
    private State state = State.COMING;
    private int ordinal = -1;
    private int framesThisSecond;
    private int place;
    private @Nullable ChannelHandlerContext context;

    Guest(Crowd crowd, Person person, Dialect.Speaker speaker) {
        this.crowd = crowd;
        this.person = person;
        this.speaker = speaker;
    }

    Person person() {
        return person;
    }

    Picture picture() {
        return picture;
    }

    /** Its own among all who have ever been in; -1 before it is. */
    int ordinal() {
        return ordinal;
    }

    /** Its index among those who are here. */
    int place() {
        return place;
    }

    void placed(int index) {
        place = index;
    }

    /** Frames heard since the last call, without those with which it came in. */
    int takeFrames() {
        int frames = framesThisSecond;
        framesThisSecond = 0;
        return frames;
    }

    /** Says that it leaves, and closes as one does. */
    void leave() {
        state = State.GONE;
        ChannelHandlerContext open = open();
        speaker.leave(this::say);
        say(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));
        open.flush();
        var _ = open.executor().schedule(this::drop, CLOSE_SECONDS, TimeUnit.SECONDS);
    }

    /** Its connection is gone without a word. */
    void drop() {
        state = State.GONE;
        if (context != null) {
            // Nobody waits for a socket to be closed.
            var _ = context.channel().close();
        }
    }

    // --- the socket ---

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && state == State.COMING) {
            speaker.enter(this::say);
            ctx.flush();
            renewLater(ctx);
        }
        ctx.fireUserEventTriggered(event);
    }

    private void renewLater(ChannelHandlerContext ctx) {
        var _ = ctx.executor().schedule(() -> renew(ctx), Dialect.RENEWAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void renew(ChannelHandlerContext ctx) {
        if (state != State.GONE && ctx.channel().isActive()) {
            speaker.renew(this::say);
            ctx.flush();
            renewLater(ctx);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) throws IOException {
        if (!(frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame)) {
            throw new IOException("unexpected frame: " + frame);
        }
        if (state == State.GONE) {
            return;
        }
        if (state == State.HERE) {
            framesThisSecond++;
        }
        for (News news : crowd.read(frame)) {
            hear(news);
        }
    }

    private void hear(News news) {
        switch (news) {
            case News.Everyone everyone -> {
                picture.everyone(everyone.people(), everyone.count());
                entered();
            }
            case News.Change change -> {
                String wrong = picture.change(change);
                if (wrong != null) {
                    crowd.wrong(this + ": " + wrong);
                }
                if (picture.has(person.number())) {
                    entered();
                }
            }
            case News.Counted counted -> {
                picture.count(counted.count());
                entered();
            }
            case News.Question question -> speaker.answer(question, this::say);
            case News.Refusal refusal -> crowd.fail(this + " was told: " + refusal.why(), null);
        }
    }

    private void entered() {
        if (state == State.COMING) {
            state = State.HERE;
            ordinal = crowd.entered(this);
        }
    }

    @Override
    public void appeared(int other) {
        crowd.tidings().heard(ordinal, other, true);
    }

    @Override
    public void vanished(int other) {
        crowd.tidings().heard(ordinal, other, false);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (state != State.GONE) {
            crowd.fail(this + " lost its connection", null);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (state == State.GONE) {
            drop();
        } else {
            crowd.fail(this + " failed", cause);
        }
    }

    private void say(WebSocketFrame frame) {
        var _ = open().write(frame, open().voidPromise());
    }

    private ChannelHandlerContext open() {
        if (context == null) {
            throw new IllegalStateException("not connected");
        }
        return context;
    }

    @Override
    public String toString() {
        return "person " + person.number();
    }
}
