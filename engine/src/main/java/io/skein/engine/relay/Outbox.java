package io.skein.engine.relay;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a session has yet to send: a cursor into the log of its view, and the few things that are the session's own, each with the {@code seq}
 * after which it belongs. Nothing is queued for a socket that does not read; when it reads again, {@link #poll} takes everything after
 * the cursor, up to a budget, as one frame.
 *
 * <p>Belongs to the session's event loop; no other thread touches it.
 */
public final class Outbox {
    /** Something of the session's own, at its place in the stream. */
    sealed interface Insert {
        /** It goes out once everything up to this {@code seq} has. */
        long at();

        record Say(long at, ServerMessage message) implements Insert {}

        /**
         * Says something and goes on behind another node.
         *
         * @param say in any case
         * @param sayIfAhead only if the session is not past that node already, because a snapshot took it there
         */
        record Jump(long at, List<ServerMessage> say, List<ServerMessage> sayIfAhead, DeltaNode to) implements Insert {}

        /** Nothing goes past this until {@link Outbox#release}. */
        record Barrier(long at) implements Insert {}
    }

    /** What a session may have waiting of its own; calls in flight are bounded far below, so only a socket that never reads gets here. */
    private static final int MAX_INSERTS = 4_096;

    /** And of rows: once so much waits, no more may come. What is there already may be as large as it is. */
    private static final long MAX_ROW_BYTES = 8L << 20;

    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final WireFormat format;
    private final SessionFormat own;
    private final int frameBudgetBytes;
    private final ArrayDeque<Insert> inserts = new ArrayDeque<>();
    private @Nullable DeltaNode cursor;
    private PresenceFeed.@Nullable Cursor presence;
    private boolean welcomed;
    private @Nullable Restart restart;
    private boolean behind;
    private @Nullable Refusal farewell;
    /** Said once its place is reached, or at once if it never will be. */
    private ServerMessage.@Nullable Bye parting;

    private long announcedSeq;
    private long allowedSeq;
    private int resultsSaid;

    private record Restart(ServerMessage message, DeltaNode to) {}

    /**
     * @param format of what it shares with other sessions
     * @param own of what it does not
     * @param frameBudgetBytes a frame is closed once it has so many bytes; one transaction or snapshot may exceed it
     */
    public Outbox(WireFormat format, SessionFormat own, int frameBudgetBytes) {
        this.format = format;
        this.own = own;
        this.frameBudgetBytes = frameBudgetBytes;
    }

    public WireFormat format() {
        return format;
    }

    void insert(Insert insert) {
        if (inserts.size() < MAX_INSERTS && hasRoomFor(insert)) {
            inserts.addLast(insert);
        } else if (farewell == null) {
            end(new ServerMessage.Bye(Refusal.later(
                    ErrorCode.OVERLOADED, "the session does not read what is sent to it", RETRY_AFTER_MILLIS)));
        }
    }

    private boolean hasRoomFor(Insert insert) {
        return rowBytes(insert) == 0
                || inserts.stream().mapToLong(Outbox::rowBytes).sum() < MAX_ROW_BYTES;
    }

    private static long rowBytes(Insert insert) {
        return switch (insert) {
            case Insert.Say(var _, var message) -> rowBytes(message);
            case Insert.Jump jump ->
                jump.say().stream().mapToLong(Outbox::rowBytes).sum();
            case Insert.Barrier _ -> 0;
        };
    }

    private static long rowBytes(ServerMessage message) {
        return switch (message) {
            case ServerMessage.Own(var parts) ->
                parts.stream().mapToLong(part -> part.length).sum();
            case ServerMessage.Subscribed subscribed -> subscribed.rows().bytes();
            case ServerMessage.Unsubscribed gone ->
                gone.rows().map(EncodedRows::bytes).orElse(0L);
            default -> 0;
        };
    }

    /** Transactions up to this {@code seq} may go out. */
    void allow(long seq) {
        allowedSeq = seq;
    }

    /** How many outcomes of calls have gone into frames since the last time: so many calls fewer are in flight. */
    public int takeResultsSaid() {
        int said = resultsSaid;
        resultsSaid = 0;
        return said;
    }

    /** From now on the session is told who is here; null: no more. */
    void watchPresence(PresenceFeed.@Nullable Cursor cursor) {
        byte[] back = presence == null ? null : presence.takeBack();
        if (back != null) {
            say(new ServerMessage.Own(List.of(back)));
        }
        presence = cursor;
    }

    /** The session wants to be told anew who is here. */
    void refreshPresence() {
        if (presence != null) {
            presence.refresh();
        }
    }

    /** Says something as soon as everything before it is said. */
    public void say(ServerMessage message) {
        insert(new Insert.Say(Long.MIN_VALUE, message));
    }

    /** Says this and nothing after it; what was not sent yet never will be. */
    public void end(ServerMessage.Bye bye) {
        forget();
        restart = null;
        cursor = null;
        presence = null;
        inserts.addLast(new Insert.Say(Long.MIN_VALUE, bye));
    }

    /** Nobody reads any more: what waits here is never said. */
    public void forget() {
        for (Insert insert : inserts) {
            if (insert instanceof Insert.Say(var _, ServerMessage.Result result)) {
                result.trace().unheard();
            }
        }
        inserts.clear();
    }

    /** Says this after everything up to {@code seq}, and nothing after it. The relay forgets the session: nothing else can come for it. */
    void endAfter(long seq, ServerMessage.Bye bye) {
        boolean starts = restart != null || inserts.stream().anyMatch(Insert.Jump.class::isInstance);
        if (cursor == null && !starts) {
            end(bye);
            return;
        }
        inserts.removeIf(Insert.Barrier.class::isInstance);
        allowedSeq = Math.max(allowedSeq, seq);
        parting = bye;
        inserts.addLast(new Insert.Say(seq, bye));
    }

    /** Puts what a barrier waited for in its place. */
    void release(Insert insteadOfBarrier) {
        if (!hasRoomFor(insteadOfBarrier)) {
            insert(insteadOfBarrier);
            return;
        }
        var rest = new ArrayList<>(inserts);
        inserts.clear();
        boolean open = true;
        for (Insert insert : rest) {
            if (open && insert instanceof Insert.Barrier) {
                inserts.addLast(insteadOfBarrier);
                open = false;
            } else {
                inserts.addLast(insert);
            }
        }
    }

    /** Starts over from a snapshot, whatever the cursor. */
    void restart(ServerMessage snapshot, DeltaNode to) {
        // A start that was not said yet, a resumption for example, would be said behind what takes its place.
        inserts.removeIf(insert -> insert instanceof Insert.Jump && insert.at() == Long.MIN_VALUE);
        restart = new Restart(snapshot, to);
        behind = false;
    }

    /** Whether the log has let go what this session needs next; true once for each time it happens. */
    public boolean takeBehind() {
        boolean now = behind && restart == null && cursor != null;
        if (now) {
            cursor = null;
        }
        return now;
    }

    /** Whether {@code bye} has gone out; nothing follows. */
    public boolean isEnded() {
        return farewell != null;
    }

    /** Why the session ended, once {@code bye} has gone out. */
    public Optional<Refusal> farewell() {
        return Optional.ofNullable(farewell);
    }

    /** What the session has sent up to; 0 before a view. */
    public long seq() {
        return cursor == null ? 0 : cursor.seq();
    }

    /** Says how far the stream has come, if the client does not know. */
    public void announcePosition() {
        DeltaNode at = cursor;
        if (at != null && at.seq() > announcedSeq) {
            inserts.addLast(new Insert.Say(at.seq(), new ServerMessage.Position(at.seq())));
        }
    }

    /** The next frame, or null if there is nothing to send. */
    public @Nullable Frame poll() {
        if (farewell != null) {
            return null;
        }
        Frame who = presence == null || !welcomed ? null : presence.poll();
        if (who != null) {
            return who;
        }
        Frame shared = sharedRun();
        if (shared != null) {
            return shared;
        }
        var frame = new Frame.Builder(format.framing());
        Restart over = restart;
        if (over != null) {
            sayWhatIsDue(frame, over.to().seq());
            if (farewell != null || frame.isFull()) {
                return frame.build(); // where a frame is one message, the snapshot comes with the next
            }
            restart = null;
            frame.add(own.encode(over.message()));
            cursor = over.to();
            announcedSeq = over.to().seq();
        }
        boolean more = true;
        while (more) {
            more = farewell == null && hasRoom(frame) && (addInsert(frame) || addNext(frame));
        }
        return frame.isEmpty() ? null : frame.build();
    }

    /**
     * A snapshot that was ready at once still comes after the welcome, and after the roles that lead to its view. Of what else waits for
     * places in front of it, outcomes are said behind it.
     */
    private void sayWhatIsDue(Frame.Builder frame, long snapshotSeq) {
        var rest = new ArrayList<Insert>();
        for (Insert insert : inserts) {
            if (frame.isFull()) {
                rest.add(insert);
            } else if (insert instanceof Insert.Jump jump && jump.at() < snapshotSeq) {
                jump.say().forEach(message -> say(frame, message));
            } else if (insert instanceof Insert.Say said
                    && (said.message() instanceof ServerMessage.RoleChanged
                            || (said.at() == Long.MIN_VALUE && rest.isEmpty()))) {
                say(frame, said.message());
            } else {
                rest.add(insert);
            }
        }
        inserts.clear();
        inserts.addAll(rest);
    }

    /** Where nothing of the session's own is due, the frame is the same for every session at this node. */
    private @Nullable Frame sharedRun() {
        DeltaNode from = cursor;
        if (from == null || restart != null || !inserts.isEmpty() || own.follows()) {
            return null;
        }
        boolean announced = announcedSeq >= from.seq();
        DeltaNode.Run run = from.run();
        if (run != null && run.announced() == announced && (run.full() || isTip(run.last()))) {
            cursor = run.last();
            announcedSeq = run.announcedSeq();
            return run.frame();
        }
        var frame = new Frame.Builder(format.framing());
        boolean more = true;
        while (more) {
            more = hasRoom(frame) && addNext(frame);
        }
        if (frame.isEmpty()) {
            return null;
        }
        boolean full = !hasRoom(frame);
        Frame built = frame.build();
        from.remember(new DeltaNode.Run(from, announced, Objects.requireNonNull(cursor), built, full, announcedSeq));
        return built;
    }

    private boolean hasRoom(Frame.Builder frame) {
        return frame.bytes() < frameBudgetBytes && !frame.isFull();
    }

    /** Whether nothing may go out behind this node now. */
    private boolean isTip(DeltaNode node) {
        DeltaNode next = node.next();
        return next == null || next.seq() > allowedSeq;
    }

    private boolean addInsert(Frame.Builder frame) {
        Insert insert = inserts.peekFirst();
        DeltaNode at = cursor;
        if (insert == null || insert instanceof Insert.Barrier || insert.at() > (at == null ? 0 : at.seq())) {
            return false;
        }
        inserts.removeFirst();
        switch (insert) {
            case Insert.Say said -> say(frame, said.message());
            case Insert.Jump jump -> addJump(frame, jump, at);
            case Insert.Barrier _ -> throw new IllegalStateException("handled above");
        }
        return true;
    }

    private void addJump(Frame.Builder frame, Insert.Jump jump, @Nullable DeltaNode at) {
        var said = new ArrayList<>(jump.say());
        if (at == null || jump.to().seq() > at.seq()) {
            said.addAll(jump.sayIfAhead());
        }
        said.forEach(message -> say(frame, message));
        if (at == null || jump.to().seq() >= at.seq()) {
            cursor = jump.to();
            // A role is told before its transaction; where that moves no row, the client does not know yet that it has
            // come so far.
            if (said.isEmpty() || !(said.getLast() instanceof ServerMessage.RoleChanged)) {
                announcedSeq = Math.max(announcedSeq, jump.to().seq());
            }
        }
    }

    private void say(Frame.Builder frame, ServerMessage message) {
        if (message instanceof ServerMessage.Position(var seq) && seq <= announcedSeq) {
            return; // it waited behind something else, and the client has heard of more since
        }
        frame.add(own.encode(message));
        if (message instanceof ServerMessage.Bye(var refusal)) {
            farewell = refusal;
        } else if (message instanceof ServerMessage.Position(var seq)) {
            announcedSeq = seq;
        } else if (message instanceof ServerMessage.Result result) {
            resultsSaid++;
            result.trace().said();
        } else if (message instanceof ServerMessage.Welcome) {
            welcomed = true;
        }
    }

    private boolean addNext(Frame.Builder frame) {
        DeltaNode at = cursor;
        DeltaNode next = at == null ? null : at.next();
        if (at == null || next == null || next.seq() > allowedSeq || isHeld(at)) {
            return false;
        }
        if (next.seq() < 0) {
            if (parting != null) {
                end(parting);
                return true;
            }
            behind = true;
            return false;
        }
        if (own.outcomesCarryTransactions() && addOutcome(frame, next)) {
            cursor = next;
            return true;
        }
        if (next.bytes() != null) {
            if (at.bytes() == null && at.seq() > announcedSeq) {
                frame.add(own.encode(new ServerMessage.Position(at.seq())));
            }
            frame.add(next.bytes());
            announcedSeq = next.seq();
            if (own.follows()) {
                own.follow(next.bytes());
            }
        }
        cursor = next;
        return true;
    }

    /** If this transaction is of the session's own call, says both in one. */
    private boolean addOutcome(Frame.Builder frame, DeltaNode next) {
        if (inserts.peekFirst() instanceof Insert.Say(long at, ServerMessage.Result result)
                && at == next.seq()
                && result.outcome() instanceof Outcome.Accepted accepted
                && accepted.seq() == next.seq()) {
            inserts.removeFirst();
            frame.add(own.outcome(result, next.timeMicros(), next.bytes()));
            announcedSeq = next.seq();
            resultsSaid++;
            result.trace().said();
            return true;
        }
        return false;
    }

    /** Something that belongs after the present node is not ready yet, or is due before the next. */
    private boolean isHeld(DeltaNode at) {
        Insert insert = inserts.peekFirst();
        return insert != null && insert.at() <= at.seq();
    }
}
