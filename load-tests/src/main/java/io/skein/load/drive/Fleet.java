package io.skein.load.drive;

import io.netty.buffer.ByteBuf;
import io.skein.load.check.RoomCheck;
import io.skein.load.check.Violations;
import io.skein.load.peer.Seat;
import io.skein.load.peer.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All members of all rooms on one event loop: the client shares the machine with the system it loads, and one thread
 * without locks costs it least. The public methods are for the one thread that runs the scenario; everything else
 * happens on the loop.
 */
public final class Fleet implements AutoCloseable {
    private static final long TICK_MILLIS = 1;
    private static final int CONNECTING_AT_ONCE = 32;

    private final ClientLoop loop = new ClientLoop();
    private final Wire wire;
    private final SourceAddresses addresses = new SourceAddresses();
    /** How many of each room may write: the first ones. */
    private final int writersInRoom;

    private final Texts texts;
    private final List<Member> members = new ArrayList<>();
    private final List<RoomCheck> checks = new ArrayList<>();
    private final Violations violations = new Violations();
    private final Tally tally = new Tally();
    private byte[] scratch = new byte[64 * 1024];
    private int joinedCount;
    private Pace pace = new Pace.Closed(1);
    private @Nullable Runnable endClock;
    private boolean writing;
    private boolean leaving;

    private Fleet(Wire wire, int writersInRoom, int textBytes) {
        this.wire = wire;
        this.writersInRoom = writersInRoom;
        this.texts = new Texts(textBytes);
    }

    /**
     * Connects every member and waits until all have joined; nobody writes before that.
     *
     * @param seats room by room
     * @param writersInRoom how many members of each room will write: the first ones
     * @throws IllegalStateException if one cannot join within the time
     */
    public static Fleet join(Wire wire, List<Seat> seats, int writersInRoom, int textBytes, long timeoutSeconds)
            throws InterruptedException {
        Fleet fleet = new Fleet(wire, writersInRoom, textBytes);
        try {
            fleet.connect(seats, timeoutSeconds);
            fleet.loop.call(fleet::openRooms);
            return fleet;
        } catch (RuntimeException | InterruptedException | Error e) {
            fleet.close();
            throw e;
        }
    }

    /** All writers start to write at a pace; nobody is writing when it is called. */
    public void start(Pace wanted) throws InterruptedException {
        loop.call(() -> {
            writing = true;
            pace = wanted;
            List<Member> writers = members.stream()
                    .filter(member -> member.seat().member() < writersInRoom)
                    .toList();
            endClock = switch (wanted) {
                case Pace.Closed closed -> {
                    writers.forEach(member -> member.startWriting(closed.inFlight()));
                    yield null;
                }
                case Pace.Open open -> loop.every(new Metronome(this, writers, open.updatesPerSecond()), TICK_MILLIS);
                case Pace.Office office -> loop.every(new Office(this, writers, office), TICK_MILLIS);
            };
            return null;
        });
    }

    /**
     * Nobody writes any more; waits until every update has its answer and everyone has heard of it.
     *
     * @return whether all have, within the time
     */
    public boolean rest(int atMostSeconds) throws InterruptedException {
        loop.call(() -> {
            writing = false;
            if (endClock != null) {
                endClock.run();
                endClock = null;
            }
            members.forEach(Member::forgetBacklog);
            return null;
        });
        return loop.await(() -> checks.stream().allMatch(RoomCheck::isQuiet), atMostSeconds);
    }

    /** What is told of each second of a window while it runs. */
    public interface Listener {
        /** @param second of the window, from 1 */
        void second(int second, long acknowledged);
    }

    /** The same without anybody who listens. */
    public Window run(int seconds) throws InterruptedException {
        return run(seconds, (second, acknowledged) -> {});
    }

    /**
     * Lets it run for a while and says what was counted in it. What was counted before the call is forgotten.
     *
     * @throws IllegalStateException if a member fails meanwhile
     */
    public Window run(int seconds, Listener listener) throws InterruptedException {
        loop.call(() -> tally.cut(0, List.of()));
        long start = System.nanoTime();
        List<Long> perSecond = new ArrayList<>();
        long before = 0;
        for (int second = 1; second <= seconds; second++) {
            loop.waitUntil(start + TimeUnit.SECONDS.toNanos(second));
            long now = loop.call(tally::acknowledged);
            perSecond.add(now - before);
            listener.second(second, now - before);
            before = now;
        }
        return loop.call(() -> tally.cut((System.nanoTime() - start) / 1e9, perSecond));
    }

    /**
     * Nobody writes any more; waits until every update has its answer and everyone has heard of it, then looks for what
     * is missing.
     *
     * @return what went wrong, from the first update on, and how many updates never got an answer
     */
    public Verdict finish(int atMostSeconds) throws InterruptedException {
        boolean quiet = rest(atMostSeconds);
        return loop.call(() -> {
            checks.forEach(RoomCheck::finish);
            return new Verdict(
                    violations, checks.stream().mapToLong(RoomCheck::unanswered).sum(), quiet);
        });
    }

    /** What breaks from now on is meant to: no failure of a connection ends the run. */
    public void expectTheEnd() throws InterruptedException {
        loop.call(() -> leaving = true);
    }

    /** Where the streams of all members began: the least, where they differ. */
    public long joinedSeq() throws InterruptedException {
        return loop.call(
                () -> members.stream().mapToLong(Member::joinedSeq).min().orElse(0));
    }

    /** Waits until so many updates were acknowledged; false if the time is over first. */
    public boolean awaitAcknowledged(long count, int atMostSeconds) throws InterruptedException {
        return loop.await(
                () -> checks.stream().mapToLong(RoomCheck::acknowledged).sum() >= count, atMostSeconds);
    }

    /** Updates that were acknowledged since the start, in a window or not. */
    public long acknowledged() throws InterruptedException {
        return loop.call(
                () -> checks.stream().mapToLong(RoomCheck::acknowledged).sum());
    }

    /**
     * How a run ended.
     *
     * @param unanswered updates without an answer when the waiting was over
     * @param quiet whether everything had arrived everywhere before that
     */
    public record Verdict(Violations violations, long unanswered, boolean quiet) {
        /** Everything that was acknowledged was heard by everyone, once and in order, and nothing was left open. */
        public boolean isClean() {
            return quiet && unanswered == 0 && violations.total() == 0;
        }
    }

    @Override
    public void close() {
        loop.close(() -> {
            leaving = true;
            members.forEach(Member::leave);
        });
    }

    // --- on the event loop, for members ---

    Wire wire() {
        return wire;
    }

    Pace pace() {
        return pace;
    }

    Tally tally() {
        return tally;
    }

    boolean isWriting() {
        return writing;
    }

    byte[] textFor(long number) {
        return texts.at(number);
    }

    /** The buffer's bytes from index 0 of an array that the next call overwrites. */
    byte[] bytes(ByteBuf content) {
        int length = content.readableBytes();
        if (length > scratch.length) {
            scratch = new byte[Integer.highestOneBit(length) * 2];
        }
        content.readBytes(scratch, 0, length);
        return scratch;
    }

    void joined() {
        joinedCount++;
    }

    /** Runs something on the loop after a while; if it throws, the run fails. */
    void later(Runnable work, long delayMillis) {
        loop.later(work, delayMillis);
    }

    void failed(String what, @Nullable Throwable cause) {
        if (!leaving) {
            writing = false;
            loop.fail(what, cause);
        }
    }

    // --- inside ---

    private void connect(List<Seat> seats, long timeoutSeconds) throws InterruptedException {
        for (Seat wanted : seats) {
            Seat seat = reserve(wanted);
            Member member = new Member(this, seat);
            loop.call(() -> members.add(member));
            loop.bootstrap()
                    .handler(new MemberSocket(seat, member))
                    .connect(
                            new InetSocketAddress(
                                    seat.socket().getHost(), seat.socket().getPort()),
                            addresses.next())
                    .addListener(done -> {
                        if (!done.isSuccess()) {
                            failed(seat + " cannot connect", done.cause());
                        }
                    });
            int allowed = members.size() - CONNECTING_AT_ONCE;
            requireJoined(() -> joinedCount >= allowed, timeoutSeconds);
        }
        requireJoined(() -> joinedCount == seats.size(), timeoutSeconds);
    }

    private Seat reserve(Seat seat) throws InterruptedException {
        try {
            return wire.reserve(seat);
        } catch (IOException e) {
            throw new IllegalStateException(seat + " gets no place", e);
        }
    }

    private void requireJoined(BooleanSupplier condition, long timeoutSeconds) throws InterruptedException {
        if (!loop.await(condition, timeoutSeconds)) {
            throw new IllegalStateException("only " + loop.call(() -> joinedCount) + " members could join");
        }
    }

    private @Nullable Void openRooms() {
        int from = 0;
        while (from < members.size()) {
            int room = members.get(from).seat().room();
            int to = from;
            long joinedSeq = Long.MAX_VALUE;
            while (to < members.size() && members.get(to).seat().room() == room) {
                joinedSeq = Math.min(joinedSeq, members.get(to).joinedSeq());
                to++;
            }
            RoomCheck check = new RoomCheck(
                    members.get(from).seat().roomName(),
                    to - from,
                    Math.min(writersInRoom, to - from),
                    wire.order(),
                    joinedSeq,
                    violations);
            checks.add(check);
            members.subList(from, to).forEach(member -> member.watchedBy(check));
            from = to;
        }
        return null;
    }
}
