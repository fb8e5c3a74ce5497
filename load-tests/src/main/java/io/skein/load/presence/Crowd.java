package io.skein.load.presence;

import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.drive.ClientLoop;
import io.skein.load.drive.MemberSocket;
import io.skein.load.drive.SourceAddresses;
import io.skein.load.peer.Seat;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All clients of a room on one event loop, and who is really here. The methods of the first part are for the one thread that runs the scenario;
 * everything else happens on the loop.
 */
final class Crowd implements AutoCloseable {
    private static final int CONNECTING_AT_ONCE = 64;
    /** Sockets leave from several addresses of loopback: one has ports for 28,000 to the same server, those just closed included. */
    private static final int MOST_COMPLAINTS = 10;

    private static final long POLL_MILLIS = 20;
    private static final long LASTING_MILLIS = 500;

    private final ClientLoop loop = new ClientLoop();
    private final Host.Open room;
    private final Frames frames;
    private final Tidings tidings = new Tidings();
    private final BitSet truth = new BitSet();
    private final List<Guest> here = new ArrayList<>();
    private final Queue<Integer> waiting = new ArrayDeque<>();
    private final List<String> complaints = new ArrayList<>();
    private final FrameCount frameCount = new FrameCount();
    private int connecting;
    private int nextPerson;
    private final SourceAddresses addresses = new SourceAddresses();
    private int nextOrdinal;
    private long lastChangeNanos = System.nanoTime();
    private boolean closing;

    Crowd(Host.Open room) {
        this.room = room;
        this.frames = new Frames(room.dialect());
    }

    ClientLoop loop() {
        return loop;
    }

    /**
     * More people come, as fast as the server lets them in; returns when they are.
     *
     * @throws IllegalStateException if they are not within the time
     */
    void bring(int people, int atMostSeconds) throws InterruptedException {
        invite(people);
        if (!loop.await(this::isComplete, atMostSeconds)) {
            throw new IllegalStateException(
                    "only " + loop.call(here::size) + " could come in within " + atMostSeconds + " s");
        }
    }

    /** More people come, as fast as the server lets them in. Does not wait. */
    void invite(int people) throws InterruptedException {
        loop.call(() -> {
            for (int i = 0; i < people; i++) {
                waiting.add(newcomer());
            }
            connectWaiting();
            return null;
        });
    }

    /** The connections of all but the first one break, and all come again at once. Does not wait. */
    void breakAll() throws InterruptedException {
        loop.call(() -> {
            for (Guest guest : List.copyOf(here.subList(1, here.size()))) {
                remove(guest);
                guest.drop();
                waiting.add(guest.person().number());
            }
            connectWaiting();
            return null;
        });
    }

    @Override
    public void close() {
        loop.close(() -> {
            closing = true;
            here.forEach(Guest::drop);
        });
    }

    // --- on the event loop ---

    /** Nobody is on the way. */
    boolean isComplete() {
        return waiting.isEmpty() && connecting == 0;
    }

    /** How many are on their way in. */
    int connecting() {
        return connecting;
    }

    int size() {
        return here.size();
    }

    /** One of those who are here, by its place. */
    Guest at(int place) {
        return here.get(place);
    }

    /** Who never leaves. */
    Guest observer() {
        return here.getFirst();
    }

    BitSet truth() {
        return truth;
    }

    /** When somebody last said that he is here, or not. */
    long lastChangeNanos() {
        return lastChangeNanos;
    }

    Tidings tidings() {
        return tidings;
    }

    /** Counts the frames of the second that is over, and was really so long. */
    FrameCount.Second second(double seconds) {
        return frameCount.second(here, seconds);
    }

    FrameCount frameCount() {
        return frameCount;
    }

    /** The number of somebody who was never here. */
    int newcomer() {
        if (nextPerson == room.people().size()) {
            throw new IllegalStateException("all %,d people have been here".formatted(nextPerson));
        }
        return nextPerson++;
    }

    /** The ordinals of those who are here and of whom something is true. */
    BitSet ordinals(Predicate<Guest> which) {
        var ordinals = new BitSet(nextOrdinal);
        here.stream().filter(which).forEach(guest -> ordinals.set(guest.ordinal()));
        return ordinals;
    }

    /** Comes at once, whoever else is on the way. */
    void come(int person) {
        connecting++;
        var guest = new Guest(
                this,
                room.people().at(person),
                room.dialect().speaker(room.people().at(person)));
        var seat = new Seat(
                0,
                person,
                "room",
                room.socket(),
                room.subprotocol(),
                room.people().at(person).token());
        var server =
                new InetSocketAddress(room.socket().getHost(), room.socket().getPort());
        loop.bootstrap()
                .handler(new MemberSocket(seat, guest))
                .connect(server, addresses.next())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        fail(guest + " cannot connect", done.cause());
                    }
                });
    }

    /** Says so and goes. */
    void leave(Guest guest) {
        remove(guest);
        tidings.deaf(guest.ordinal());
        truth.clear(guest.person().number());
        guest.leave();
        lastChangeNanos = System.nanoTime();
    }

    private void connectWaiting() {
        while (connecting < CONNECTING_AT_ONCE && !waiting.isEmpty()) {
            come(waiting.remove());
        }
    }

    /** The last one takes the place. */
    private void remove(Guest guest) {
        Guest last = here.removeLast();
        if (last != guest) {
            here.set(guest.place(), last);
            last.placed(guest.place());
        }
    }

    // --- for guests ---

    List<News> read(WebSocketFrame frame) throws IOException {
        return frames.read(frame);
    }

    /** Gives it its ordinal. */
    int entered(Guest guest) {
        connecting--;
        guest.placed(here.size());
        here.add(guest);
        truth.set(guest.person().number());
        lastChangeNanos = System.nanoTime();
        tidings.entered(guest.person().number());
        connectWaiting();
        return nextOrdinal++;
    }

    /** What a server should not have said. */
    void wrong(String what) {
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(what);
        }
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }

    void fail(String what, @Nullable Throwable cause) {
        if (!closing) {
            loop.fail(what, cause);
        }
    }

    /**
     * How a room came to rest.
     *
     * @param right whether every picture is the truth
     * @param millis from the last change to the last picture becoming right; until the end of patience if one is not
     * @param tickMillis shortest time between two frames of one session then; 0 where nobody says
     * @param mode how much sessions were told then
     * @param wrong how many pictures are not the truth
     * @param examples what is wrong with some
     */
    record Rest(boolean right, double millis, int tickMillis, String mode, int wrong, List<String> examples) {
        /** {@code millis} in ticks; 0 where there are none. */
        double ticks() {
            return tickMillis == 0 ? 0 : millis / tickMillis;
        }
    }

    /** Waits until everyone knows who is here, and still does a little later. For the thread that runs the scenario. */
    Rest settle(int atMostSeconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(atMostSeconds);
        Rest rest = loop.call(this::look);
        boolean lasting = false;
        while (!lasting && System.nanoTime() < deadline) {
            boolean wasRight = rest.right();
            long pauseMillis = wasRight ? LASTING_MILLIS + 3L * rest.tickMillis() : POLL_MILLIS;
            loop.waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis));
            rest = loop.call(this::look);
            lasting = wasRight && rest.right();
        }
        return rest;
    }

    private Rest look() {
        int wrong = 0;
        long lastNanos = lastChangeNanos;
        var examples = new ArrayList<String>();
        Picture first = observer().picture();
        Guest latest = observer();
        for (Guest guest : here) {
            String fault = guest.picture().fault(truth, first);
            lastNanos = Math.max(lastNanos, guest.picture().changedNanos());
            // A tick is told with a list: the one who came last knows the one that holds.
            latest = guest.ordinal() > latest.ordinal() ? guest : latest;
            if (fault != null) {
                wrong++;
                if (examples.size() < MOST_COMPLAINTS) {
                    examples.add(guest + ": " + fault);
                }
            }
        }
        long restNanos = wrong == 0 ? lastNanos : System.nanoTime();
        double millis = (restNanos - lastChangeNanos) / 1e6;
        return new Rest(wrong == 0, millis, latest.picture().tickMillis(), first.mode(), wrong, examples);
    }
}
