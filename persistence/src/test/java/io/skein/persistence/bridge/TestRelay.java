package io.skein.persistence.bridge;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * A Nostr relay on loopback that takes nothing on trust: it computes ids itself, checks signatures, and answers what a test tells it to, or nothing. It can
 * be closed and opened again at the same port.
 */
final class TestRelay implements AutoCloseable {
    /** An event as it came. */
    record Event(String id, String pubkey, long createdAt, int kind, String tags, String content) {}

    /** What is sent after {@code ["OK", id,}; empty: nothing at all. */
    private volatile Function<Event, Optional<String>> answer = _ -> Optional.of("true,\"\"]");

    private final List<Event> accepted = new CopyOnWriteArrayList<>();
    private final List<Event> seen = new CopyOnWriteArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private Channel server;
    private final int port;

    TestRelay() {
        this.server = bind(0);
        this.port = ((InetSocketAddress) server.localAddress()).getPort();
    }

    URI url() {
        return URI.create("ws://127.0.0.1:" + port + "/");
    }

    void answer(Function<Event, Optional<String>> next) {
        answer = next;
    }

    /** Those that were answered with {@code true}, each once. */
    List<Event> accepted() {
        return List.copyOf(accepted);
    }

    /** All that came, repetitions too. */
    List<Event> seen() {
        return List.copyOf(seen);
    }

    /** What was wrong with what came. */
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Refuses whoever comes, and cuts who is there. */
    void down() {
        server.close().syncUninterruptibly();
        sockets.close().awaitUninterruptibly();
    }

    void up() {
        server = bind(port);
    }

    private Channel bind(int at) {
        return new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(io.netty.channel.ChannelOption.SO_REUSEADDR, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        sockets.add(channel);
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(1 << 16),
                                        new WebSocketServerProtocolHandler("/", null, false, 1 << 20),
                                        new Ear());
                    }
                })
                .bind("127.0.0.1", at)
                .syncUninterruptibly()
                .channel();
    }

    private final class Ear extends SimpleChannelInboundHandler<TextWebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
            Event event;
            try {
                event = read(frame.text());
            } catch (IOException | RuntimeException e) {
                complaints.add("unreadable: " + e);
                return;
            }
            seen.add(event);
            boolean known = accepted.stream().anyMatch(each -> each.id().equals(event.id()));
            Optional<String> words = known ? Optional.of("true,\"duplicate: have it\"]") : answer.apply(event);
            words.ifPresent(text -> {
                if (!known && text.startsWith("true")) {
                    accepted.add(event);
                }
                var _ = context.writeAndFlush(new TextWebSocketFrame("[\"NOTICE\",\"hello\"]"));
                var _ = context.writeAndFlush(new TextWebSocketFrame("[\"OK\",\"" + event.id() + "\"," + text));
            });
        }
    }

    /** The event, once its id is what it hashes to and its signature holds. */
    private Event read(String text) throws IOException {
        Map<String, String> fields = new HashMap<>();
        try (JsonParser in = new JsonFactory().createParser(text)) {
            require(in.nextToken() == JsonToken.START_ARRAY && "EVENT".equals(in.nextTextValue()), "no EVENT");
            require(in.nextToken() == JsonToken.START_OBJECT, "no object");
            while (in.nextToken() != JsonToken.END_OBJECT) {
                String name = in.currentName();
                in.nextToken();
                fields.put(name, in.currentToken().isStructStart() ? structure(in) : in.getText());
            }
        }
        var event = new Event(
                field(fields, "id"),
                field(fields, "pubkey"),
                Long.parseLong(field(fields, "created_at")),
                Integer.parseInt(field(fields, "kind")),
                field(fields, "tags"),
                field(fields, "content"));
        byte[] id = Schnorr.sha256(canonical(event).getBytes(StandardCharsets.UTF_8));
        require(HexFormat.of().formatHex(id).equals(event.id()), "id " + event.id() + " is not the event's");
        byte[] signature = HexFormat.of().parseHex(field(fields, "sig"));
        require(Schnorr.verify(HexFormat.of().parseHex(event.pubkey()), id, signature), "the signature does not hold");
        return event;
    }

    private static String field(Map<String, String> fields, String name) {
        return Objects.requireNonNull(fields.get(name), name);
    }

    private static String structure(JsonParser in) throws IOException {
        var text = new StringWriter();
        try (var out = new JsonFactory().createGenerator(text)) {
            out.copyCurrentStructure(in);
        }
        return text.toString();
    }

    private static String canonical(Event event) {
        var content = new StringWriter();
        try (var out = new JsonFactory().createGenerator(content)) {
            out.writeString(event.content());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return "[0,\"%s\",%d,%d,%s,%s]"
                .formatted(event.pubkey(), event.createdAt(), event.kind(), event.tags(), content);
    }

    private void require(boolean holds, String complaint) {
        if (!holds) {
            throw new IllegalArgumentException(complaint);
        }
    }

    @Override
    public void close() {
        down();
        loop.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
