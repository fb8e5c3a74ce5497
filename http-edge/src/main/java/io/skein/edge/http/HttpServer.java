package io.skein.edge.http;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.skein.engine.meters.Meters;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.trace.Tracing;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP/1.1 and WebSocket on one port, on Linux by epoll and elsewhere by java.nio. */
public final class HttpServer {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int BACKLOG = 1024;

    private final ServerContext context;
    private final EventLoopGroup loops;
    private final ChannelGroup connections;
    private final Channel listening;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private HttpServer(ServerContext context, EventLoopGroup loops, ChannelGroup connections, Channel listening) {
        this.context = context;
        this.loops = loops;
        this.connections = connections;
        this.listening = listening;
    }

    /** As {@link #start(HttpSettings, Router, HttpCounters, Gate, Tracing)}; nobody counts or traces, and nobody has too much. */
    public static HttpServer start(HttpSettings settings, Router router) throws IOException {
        return start(settings, router, new HttpCounters(new Meters()), Gate.open(), Tracing.OFF);
    }

    /** Binds and serves. Blocks until the port is bound; fails if it cannot be. What the gate has of TLS is closed with the server. */
    public static HttpServer start(
            HttpSettings settings, Router router, HttpCounters counters, Gate gate, Tracing tracing)
            throws IOException {
        ServerContext context = new ServerContext(
                settings, router, new CorsPolicy(settings.corsOrigins()), new AtomicBoolean(), counters, gate, tracing);
        boolean epoll = Epoll.isAvailable();
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(
                settings.ioThreads(),
                new DefaultThreadFactory("skein-edge"),
                epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                .channel(epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .childOption(ChannelOption.TCP_NODELAY, true)
                // Connections read what somebody has asked for.
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(settings.writeHighBytes() / 2, settings.writeHighBytes()))
                .childHandler(new Initializer(context, connections))
                .bind(settings.host(), settings.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            gate.tls().ifPresent(Tls::close);
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
            throw new IOException("cannot listen on " + settings.host() + ":" + settings.port(), bound.cause());
        }
        LOG.info(
                "listening on {}, {}, {}",
                bound.channel().localAddress(),
                epoll ? "epoll" : "java.nio",
                gate.tls().isPresent() ? "TLS" : "in the clear");
        return new HttpServer(context, loops, connections, bound.channel());
    }

    /** The port it listens on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Open connections, sockets included. */
    public int connections() {
        return connections.size();
    }

    /**
     * Stops gracefully: takes no new connection, ends idle ones, lets requests finish, and has every socket's handler
     * {@linkplain SocketHandler#leave leave}. What is still open after {@code grace} is closed. Completes when nothing is left. A
     * second call only waits with the first.
     */
    public CompletionStage<Void> stop(Duration grace) {
        if (context.stopping().getAndSet(true)) return stopped;
        context.gate().tls().ifPresent(Tls::close);
        listening.close().addListener(_ -> {
            for (Channel connection : connections) {
                connection.pipeline().fireUserEventTriggered(ServerContext.Leave.NOW);
            }
            var late = GlobalEventExecutor.INSTANCE.schedule(
                    () -> connections.forEach(Wire::close), grace.toMillis(), TimeUnit.MILLISECONDS);
            // From here on the group closes whatever is added to it.
            connections.newCloseFuture().addListener(_ -> {
                late.cancel(false);
                loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(_ -> stopped.complete(null));
            });
        });
        return stopped;
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private static final Refusal ALL_TAKEN =
                Refusal.later(ErrorCode.OVERLOADED, "this server has all the connections it takes", 5_000);

        private final ServerContext context;
        private final ChannelGroup connections;
        private final AtomicInteger turnedAway = new AtomicInteger();

        Initializer(ServerContext context, ChannelGroup connections) {
            this.context = context;
            this.connections = connections;
        }

        @Override
        protected void initChannel(Channel channel) {
            HttpSettings settings = context.settings();
            Visitor visitor = Visitor.of(channel, context.gate());
            context.gate()
                    .tls()
                    .ifPresent(
                            tls -> channel.pipeline().addLast(tls.handler(channel.alloc(), settings.requestTimeout())));
            Optional<Refusal> refusal =
                    connections.size() >= settings.maxConnections() ? Optional.of(ALL_TAKEN) : visitor.connects();
            if (refusal.isPresent()) {
                context.counters().turnedAway();
                TurnAway.tell(channel, refusal.get(), turnedAway, settings.requestTimeout());
                return;
            }
            connections.add(channel);
            context.counters().came();
            channel.closeFuture().addListener(_ -> {
                context.counters().went();
                visitor.gone();
            });
            HttpConnection connection = new HttpConnection(context, channel, visitor);
            channel.pipeline()
                    .addLast(new StrictRequestDecoder(settings, connection::bytesArrived))
                    .addLast(new HttpResponseEncoder())
                    .addLast(connection);
        }
    }
}
