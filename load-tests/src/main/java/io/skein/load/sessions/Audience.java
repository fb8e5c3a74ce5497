package io.skein.load.sessions;

import io.skein.load.drive.ClientLoop;
import io.skein.load.drive.MemberSocket;
import io.skein.load.drive.SourceAddresses;
import io.skein.load.peer.Seat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Sessions that listen, on one event loop. Public methods are for the one thread that runs the scenario. */
final class Audience implements AutoCloseable {
    private final ClientLoop loop = new ClientLoop();
    private final SourceAddresses addresses = new SourceAddresses();
    private final List<Sitter> sitters = new ArrayList<>();
    private final Queue<Sitter> waiting = new ArrayDeque<>();
    private final Map<String, Integer> beginnings = new HashMap<>();
    private int connecting;
    private int atOnce = 1;
    private int currentCount;
    private int endedCount;

    /** @param cursors where each goes on from, by its place in {@code seats}; empty for a beginning */
    void come(List<Seat> seats, List<Sitter.@Nullable Cursor> cursors, int connectingAtOnce)
            throws InterruptedException {
        loop.call(() -> {
            atOnce = connectingAtOnce;
            for (int i = 0; i < seats.size(); i++) {
                var sitter = new Sitter(this, seats.get(i), cursors.isEmpty() ? null : cursors.get(i));
                sitters.add(sitter);
                waiting.add(sitter);
            }
            connectWaiting();
            return null;
        });
    }

    /** Waits until all who came have heard all there was when they came in; how long that took, or -1 if it took longer than {@code atMostSeconds}. */
    double awaitCurrent(long sinceNanos, int atMostSeconds) throws InterruptedException {
        boolean all = loop.await(() -> currentCount == sitters.size(), atMostSeconds);
        return all ? (System.nanoTime() - sinceNanos) / 1e9 : -1;
    }

    int currentCount() throws InterruptedException {
        return loop.call(() -> currentCount);
    }

    /** Cuts all connections without a word, forgets those who had them, and gives their cursors, in the order in which they came. */
    List<Sitter.@Nullable Cursor> cutAll() throws InterruptedException {
        return loop.call(() -> {
            var cursors = new ArrayList<Sitter.@Nullable Cursor>();
            for (Sitter sitter : sitters) {
                cursors.add(sitter.cursor());
                sitter.cut();
            }
            sitters.clear();
            beginnings.clear();
            currentCount = 0;
            return cursors;
        });
    }

    /** The first so many stop reading. */
    void stopReading(int count) throws InterruptedException {
        loop.call(() -> {
            sitters.subList(0, count).forEach(sitter -> sitter.setReading(false));
            return null;
        });
    }

    /** The first so many read again. */
    void readAgain(int count) throws InterruptedException {
        loop.call(() -> {
            sitters.subList(0, count).forEach(sitter -> sitter.setReading(true));
            return null;
        });
    }

    /** How sessions began since the last cut: by {@code snapshot} or {@code resumed}. */
    Map<String, Integer> beginnings() throws InterruptedException {
        return loop.call(() -> Map.copyOf(beginnings));
    }

    /** Connections that ended unasked, so far. */
    int ended() throws InterruptedException {
        return loop.call(() -> endedCount);
    }

    /** Waits until something that is asked on the loop holds; false if the time is over first. */
    boolean await(BooleanSupplier condition, int atMostSeconds) throws InterruptedException {
        return loop.await(condition, atMostSeconds);
    }

    @Override
    public void close() {
        loop.close(() -> sitters.forEach(Sitter::cut));
    }

    // --- on the loop ---

    /** Whether all of a workspace who are still connected have heard as much as the one of them who has heard most. */
    boolean haveHeardAll() {
        var most = new HashMap<Integer, Long>();
        sitters.forEach(sitter -> most.merge(sitter.seat().room(), sitter.seq(), Math::max));
        return sitters.stream()
                .filter(Sitter::isConnected)
                .allMatch(sitter ->
                        sitter.seq() == most.getOrDefault(sitter.seat().room(), 0L));
    }

    void began(String how) {
        beginnings.merge(how, 1, Integer::sum);
    }

    void current() {
        currentCount++;
        connecting--;
        connectWaiting();
    }

    void ended(boolean asked) {
        if (!asked) {
            endedCount++;
        }
    }

    void failed(Sitter sitter, Throwable cause) {
        if (cause instanceof IOException) {
            return; // The connection's end is told as well.
        }
        loop.fail(sitter.seat() + " failed", cause);
    }

    private void connectWaiting() {
        while (connecting < atOnce && !waiting.isEmpty()) {
            connecting++;
            connect(waiting.remove());
        }
    }

    private void connect(Sitter sitter) {
        Seat seat = sitter.seat();
        loop.bootstrap()
                .handler(new MemberSocket(seat, sitter))
                .connect(
                        new InetSocketAddress(
                                seat.socket().getHost(), seat.socket().getPort()),
                        addresses.next())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        loop.fail(seat + " cannot connect", done.cause());
                    }
                });
    }
}
