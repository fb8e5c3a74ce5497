package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A server that speaks as much of the native wire as the client of the load tests needs, keeps nothing, and makes one
 * mistake on purpose: toward the second member of each workspace, around the 20th update.
 */
public final class FakeSkein implements AutoCloseable {
    /** What it does wrong. */
    public enum Mistake {
        NONE,
        DROP,
        DUPLICATE,
        REORDER,
        OUTCOME_FIRST,
        OUTCOME_OF_ANOTHER_SEQ,
        REFUSE_AND_DO,
        SNAPSHOT_IN_BETWEEN,
        NO_ANSWER,
        /** No mistake: it refuses every tenth call and means it. */
        REFUSE,
        BYE,
        GARBAGE
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long WHEN = 20;

    private final Mistake mistake;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel listener;
    private final Map<String, Workspace> workspaces = new HashMap<>();
    private final Set<String> tokens = new HashSet<>();

    /** Listens on a port, 0 for any. */
    public FakeSkein(Mistake mistake, int port) {
        this.mistake = mistake;
        this.listener = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(65_536), new Http());
                    }
                })
                .bind("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }

    /** As a process of its own: takes the port from the environment, as Skein does. */
    public static void main(String[] args) throws InterruptedException {
        String mistake = System.getProperty("fake.mistake", "NONE");
        try (FakeSkein server =
                new FakeSkein(Mistake.valueOf(mistake), Integer.parseInt(System.getenv("SKEIN_HTTP_PORT")))) {
            server.listener.closeFuture().sync();
        }
    }

    /** Where it listens. */
    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static final class Workspace {
        private long seq;
        private long calls;
        private String held = "";
        private final List<Channel> members = new ArrayList<>();
    }

    private final class Http extends SimpleChannelInboundHandler<FullHttpRequest> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) throws Exception {
            String path = request.uri();
            String bearer = String.valueOf(request.headers().get(HttpHeaderNames.AUTHORIZATION))
                    .replaceFirst("^Bearer ", "");
            if (request.method().equals(HttpMethod.POST) && path.equals("/v1/identity")) {
                String token = "token-" + tokens.size();
                tokens.add(token);
                answer(ctx, HttpResponseStatus.CREATED, "{\"token\":\"" + token + "\"}");
            } else if (!tokens.contains(bearer)) {
                answer(ctx, HttpResponseStatus.UNAUTHORIZED, "{}");
            } else if (request.method().equals(HttpMethod.POST) && path.equals("/v1/workspaces")) {
                JsonNode wanted = JSON.readTree(request.content().toString(UTF_8));
                boolean fine = wanted.path("module").asText().equals("board")
                        && wanted.path("access").asText().equals("public-write")
                        && workspaces.putIfAbsent(wanted.path("id").asText(), new Workspace()) == null;
                answer(ctx, fine ? HttpResponseStatus.CREATED : HttpResponseStatus.BAD_REQUEST, "{}");
            } else {
                upgrade(ctx, request, path);
            }
        }

        private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, String path) {
            Workspace workspace = workspaces.get(path.split("/", -1)[3]);
            if (workspace == null) {
                answer(ctx, HttpResponseStatus.NOT_FOUND, "{}");
                return;
            }
            ctx.pipeline().addLast(new WebSocketServerProtocolHandler(path, NativeSkeinWire.SUBPROTOCOL));
            ctx.pipeline().addLast(new Session(workspace));
            ctx.fireChannelRead(request.retain());
        }

        private static void answer(ChannelHandlerContext ctx, HttpResponseStatus status, String body) {
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, UTF_8));
            response.headers()
                    .set(HttpHeaderNames.CONTENT_LENGTH, response.content().readableBytes());
            ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }

    private final class Session extends SimpleChannelInboundHandler<TextWebSocketFrame> {
        private final Workspace workspace;

        Session(Workspace workspace) {
            this.workspace = workspace;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, TextWebSocketFrame frame) throws Exception {
            JsonNode message = JSON.readTree(frame.text());
            switch (message.path("type").asText()) {
                case "hello" -> {
                    workspace.members.add(ctx.channel());
                    send(
                            ctx.channel(),
                            "{\"type\":\"welcome\",\"id\":0,\"role\":\"editor\",\"seq\":" + workspace.seq
                                    + ",\"heartbeat\":15000}");
                    send(ctx.channel(), snapshot(workspace));
                }
                case "call" -> call(ctx.channel(), message);
                default -> throw new IllegalStateException(message.toString());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            workspace.members.remove(ctx.channel());
        }

        /** A client that leaves in the middle of what it was told. */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.channel().close().addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
        }

        private void call(Channel sender, JsonNode call) {
            long id = call.path("id").asLong();
            boolean now = ++workspace.calls == WHEN;
            if (mistake == Mistake.REFUSE && workspace.calls % 10 == 0) {
                send(sender, refusal(id));
                return;
            }
            workspace.seq++;
            String tx = tx(workspace.seq, call);
            String outcome = "{\"type\":\"outcome\",\"id\":" + id + ",\"ok\":true,\"seq\":" + workspace.seq
                    + ",\"repeated\":false}";
            if (now && mistake == Mistake.OUTCOME_FIRST) {
                send(sender, outcome);
            }
            for (int member = 0; member < workspace.members.size(); member++) {
                tell(workspace.members.get(member), tx, member == 1);
            }
            if (!now) {
                send(sender, outcome);
                return;
            }
            switch (mistake) {
                case OUTCOME_FIRST, NO_ANSWER -> {}
                case OUTCOME_OF_ANOTHER_SEQ ->
                    send(sender, outcome.replace("\"seq\":" + workspace.seq, "\"seq\":" + (workspace.seq + 1)));
                case REFUSE_AND_DO -> send(sender, refusal(id));
                case NONE, DROP, DUPLICATE, REORDER, SNAPSHOT_IN_BETWEEN, REFUSE, BYE, GARBAGE -> send(sender, outcome);
            }
        }

        private void tell(Channel member, String tx, boolean unlucky) {
            if (!unlucky || workspace.calls < WHEN || workspace.calls > WHEN + 1) {
                send(member, tx);
                return;
            }
            boolean now = workspace.calls == WHEN;
            switch (mistake) {
                case DROP -> send(member, now ? "{\"type\":\"position\",\"seq\":" + workspace.seq + "}" : tx);
                case DUPLICATE -> send(member, now ? "[" + tx + "," + tx + "]" : tx);
                case REORDER -> {
                    if (now) {
                        workspace.held = tx;
                    } else {
                        send(member, "[" + tx + "," + workspace.held + "]");
                    }
                }
                case SNAPSHOT_IN_BETWEEN -> send(member, now ? snapshot(workspace) : tx);
                case BYE ->
                    send(
                            member,
                            now
                                    ? "{\"type\":\"bye\",\"code\":\"unavailable\",\"message\":\"closing\",\"retryAfter\":10}"
                                    : tx);
                case GARBAGE -> send(member, now ? tx.substring(1) : tx);
                case NONE, OUTCOME_FIRST, OUTCOME_OF_ANOTHER_SEQ, REFUSE_AND_DO, NO_ANSWER, REFUSE -> send(member, tx);
            }
        }
    }

    private static String tx(long seq, JsonNode call) {
        JsonNode args = call.path("args");
        return "{\"type\":\"tx\",\"seq\":" + seq
                + ",\"time\":\"2026-01-01T00:00:00.000000Z\",\"sender\":\"ab\",\"reducer\":\"add_card\","
                + "\"hash\":\"cd\",\"subs\":{\"1\":{\"card\":{\"insert\":[{\"title\":" + args.path("title") + ",\"id\":"
                + args.path("id")
                + ",\"column\":" + args.path("column").asInt() + ",\"rank\":0.0}],\"update\":[],\"delete\":[]}}}}";
    }

    private static String snapshot(Workspace workspace) {
        return "{\"type\":\"snapshot\",\"seq\":" + workspace.seq
                + ",\"view\":\"9f\",\"subs\":{\"1\":{\"card\":{\"rows\":[],\"versions\":[]}}}}";
    }

    private static String refusal(long id) {
        return "{\"type\":\"outcome\",\"id\":" + id
                + ",\"ok\":false,\"error\":{\"code\":\"overloaded\",\"message\":\"later\",\"retryAfter\":5}}";
    }

    private static void send(Channel channel, String text) {
        if (channel.isActive()) {
            channel.writeAndFlush(new TextWebSocketFrame(text)).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
        }
    }
}
