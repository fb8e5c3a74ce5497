package io.skein.load.nemesis;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.skein.load.drive.MemberSocket;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.Seat;
import io.skein.load.peer.SkeinApi.Person;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a run, on one event loop and one clock. The public methods are for the thread that runs the scenario; everything else
 * happens on the loop.
 */
final class Crew implements AutoCloseable {
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final long WATCH_MILLIS = 2_000;
    private static final List<String> ALL = List.of(
            "card",
            "remark",
            "nudge",
            "skein_member",
            "skein_invite",
            "skein_workspace",
            "skein_schedule",
            "skein_import");
    private static final List<String> SOME = List.of("card", "skein_invite");

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final long startNanos = System.nanoTime();
    private final List<Map.Entry<String, URI>> nodes;
    private final List<Room> rooms;
    private final List<Client> clients = new ArrayList<>();
    private final CompletableFuture<@Nullable Void> failure = new CompletableFuture<>();
    private int lastSession;
    /** What clients saw that they should not see, and how often. */
    private final Map<String, Integer> troubles = new TreeMap<>();

    private long accepted;
    private long refused;
    private boolean working;
    private boolean leaving;

    /**
     * Clients for every person of every room, who connect at once and do nothing before {@link #work}.
     *
     * @param nodes name and {@code http://host:port} of each
     */
    Crew(List<Map.Entry<String, URI>> nodes, List<Room> rooms, long seed) throws InterruptedException {
        this.nodes = List.copyOf(nodes);
        this.rooms = List.copyOf(rooms);
        var random = new Random(seed);
        onLoop(() -> {
            for (Room room : rooms) {
                for (Person person : room.people()) {
                    int number = clients.size();
                    List<String> tables = number % 3 == 2 ? SOME : ALL;
                    clients.add(new Client(
                            this, room, person, number, person.equals(room.owner()), tables, random.nextLong()));
                }
            }
            clients.forEach(Client::connect);
            return null;
        });
    }

    /** Everybody begins to work, with a pause of about so many milliseconds between one call and the next. */
    void work(int pauseMillis) throws InterruptedException {
        onLoop(() -> {
            working = true;
            for (Client client : clients) {
                watchFailure(loop.scheduleAtFixedRate(
                        client::think, client.number() % pauseMillis, pauseMillis, TimeUnit.MILLISECONDS));
                watchFailure(
                        loop.scheduleAtFixedRate(client::watch, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS));
            }
            return null;
        });
    }

    /** Nobody begins anything new; what has no outcome is still asked for. */
    void stopWorking() throws InterruptedException {
        onLoop(() -> {
            working = false;
            rooms.forEach(room -> room.gaps().end(now()));
            return null;
        });
    }

    /** Whoever is not done: has calls without outcome, or is not at its room's last seq. Empty if all are. */
    List<String> unquiet(Map<Room, Long> heads) throws InterruptedException {
        return onLoop(() -> clients.stream()
                .filter(client -> !client.isQuietAt(heads.getOrDefault(client.room(), 0L)))
                .map(Client::toString)
                .toList());
    }

    /** Calls accepted and refused so far. */
    long acceptedCalls() throws InterruptedException {
        return onLoop(() -> accepted);
    }

    /** The same, by room. */
    Map<Room, Long> acceptedByRoom() throws InterruptedException {
        return onLoop(() -> rooms.stream().collect(Collectors.toMap(room -> room, Room::acceptedCalls)));
    }

    /** For each room, the longest stretch in milliseconds, between two moments, in which somebody waited and nothing was accepted. */
    List<Long> longestGaps(long from, long to) throws InterruptedException {
        return onLoop(() -> rooms.stream()
                .map(room -> room.gaps().longestMillis(from, to))
                .sorted()
                .toList());
    }

    /** Everybody goes back to the node where they began, so that each has its share of every room again. */
    void goHome() throws InterruptedException {
        onLoop(() -> {
            clients.forEach(Client::goHome);
            return null;
        });
    }

    /** For each room, by its workspace, the same. */
    Map<String, Long> longestGapByRoom(long from, long to) throws InterruptedException {
        return onLoop(() -> rooms.stream()
                .collect(Collectors.toMap(Room::workspace, room -> room.gaps().longestMillis(from, to))));
    }

    /** What clients saw since the last time that is not a call's outcome, and how often: calls put off, sessions ended. */
    Map<String, Integer> takeTroubles() throws InterruptedException {
        return onLoop(() -> {
            var taken = Map.copyOf(troubles);
            troubles.clear();
            return taken;
        });
    }

    long refusedCalls() throws InterruptedException {
        return onLoop(() -> refused);
    }

    /**
     * Fails if a client has.
     *
     * @throws IllegalStateException with what went wrong
     */
    void requireHealthy() {
        if (failure.isCompletedExceptionally()) {
            throw new IllegalStateException("the clients failed", failure.exceptionNow());
        }
    }

    @Override
    public void close() {
        if (!loop.isShuttingDown()) {
            loop.execute(() -> leaving = true);
        }
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /** Microseconds since the run began. */
    long now() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - startNanos);
    }

    // ---- on the loop, for clients

    List<Map.Entry<String, URI>> nodes() {
        return nodes;
    }

    boolean isWorking() {
        return working;
    }

    boolean isLeaving() {
        return leaving;
    }

    void accepted() {
        accepted++;
    }

    void refused() {
        refused++;
    }

    void trouble(String what) {
        troubles.merge(what, 1, Integer::sum);
    }

    Link open(Client client, Map.Entry<String, URI> node) {
        Link link = new Link(client, ++lastSession, node.getKey());
        URI at = node.getValue();
        URI socket = URI.create(
                "ws://" + at.getAuthority() + "/v1/workspaces/" + client.room().workspace() + "/socket");
        Seat seat = new Seat(
                0,
                client.number(),
                client.room().workspace(),
                socket,
                NativeSkeinPeer.SUBPROTOCOL,
                client.person().token());
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new MemberSocket(seat, link))
                .connect(at.getHost(), at.getPort())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        client.lost(link, String.valueOf(done.cause()));
                    }
                });
        return link;
    }

    void later(Runnable work, long delayMillis) {
        if (!leaving) {
            watchFailure(loop.schedule(work, delayMillis, TimeUnit.MILLISECONDS));
        }
    }

    private void watchFailure(io.netty.util.concurrent.Future<?> scheduled) {
        scheduled.addListener(done -> {
            if (!done.isSuccess() && !done.isCancelled() && !leaving) {
                failure.completeExceptionally(done.cause());
            }
        });
    }

    private <T extends @Nullable Object> T onLoop(Callable<T> work) throws InterruptedException {
        try {
            return loop.submit(work).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
