package io.skein.engine.relay;

import io.skein.engine.presence.Absent;
import io.skein.engine.presence.FromBoard;
import io.skein.engine.presence.PresenceBoard;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.presence.Seat;
import io.skein.engine.presence.Sighting;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;

/**
 * A relay's way to the board of its workspace: gathers what happens to the relay's sessions, says it as one report, and waits until that has
 * arrived before it says the next. A session that came and went in between was never there. Belongs to the relay.
 */
final class BoardLink {
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    /** Seats of sessions that lost their socket while there was no board to tell. */
    private record Kept(Absent absent, long sinceNanos) {}

    private final ActorRef<FromBoard> self;
    private final PresenceSettings settings;
    private final Supplier<List<Sighting.Here>> everybody;
    private final long uid = ThreadLocalRandom.current().nextLong();
    private final Map<Long, Sighting> pending = new LinkedHashMap<>();
    /** Sessions of which the board has heard. */
    private final Set<Long> told = new HashSet<>();

    private final ArrayDeque<Kept> kept = new ArrayDeque<>();
    private @Nullable ActorRef<PresenceBoard.Command> board;
    private boolean all = true;
    private boolean returning;
    private long number;
    /** Number of the report that is on its way; 0 if none is. */
    private long awaited;

    private long sentNanos = System.nanoTime() - PATIENCE_NANOS;

    /**
     * @param self where the board says to
     * @param everybody who is here of the relay's sessions
     */
    BoardLink(ActorRef<FromBoard> self, PresenceSettings settings, Supplier<List<Sighting.Here>> everybody) {
        this.self = self;
        this.settings = settings;
        this.everybody = everybody;
    }

    boolean isUp() {
        return board != null;
    }

    void up(ActorRef<PresenceBoard.Command> found) {
        board = found;
        all = true;
        awaited = 0;
    }

    /** There is no board now; the next one hears everything. */
    void down() {
        board = null;
        awaited = 0;
    }

    /** An actor has ended; perhaps it was the board. */
    void gone(ActorRef<PresenceBoard.Command> ended) {
        if (ended.equals(board)) {
            down();
        }
    }

    /** A board tells who is here: the next one is not the first. */
    void hearsOfOthers() {
        returning = true;
    }

    // ---- up

    void here(Sighting.Here sighting) {
        pending.put(sighting.session(), sighting);
    }

    /** A session has no socket any more. */
    void away(Sighting.Here last) {
        if (board == null) {
            keep(last);
        }
        gone(new Sighting.Away(last.session()));
    }

    void left(long session) {
        gone(new Sighting.Left(session));
    }

    private void gone(Sighting sighting) {
        if (told.contains(sighting.session())) {
            pending.put(sighting.session(), sighting);
        } else {
            pending.remove(sighting.session());
        }
    }

    private void keep(Sighting.Here last) {
        long left = settings.grace().toMillis();
        var absent = new Absent(new Seat(uid, last.session()), last.identity(), last.state(), last.active(), left);
        keep(new Kept(absent, System.nanoTime()));
    }

    private void keep(Kept one) {
        if (kept.size() == settings.listMax()) {
            kept.removeFirst();
        }
        kept.addLast(one);
    }

    /** The board that was has said whose seats it kept. */
    void inherit(List<Absent> absent) {
        long now = System.nanoTime();
        absent.forEach(one -> keep(new Kept(one, now)));
    }

    /** Whether there is something to say and a board that waits for it. */
    boolean wants() {
        return board != null && awaited == 0 && (all || !pending.isEmpty());
    }

    /** Says what has gathered. */
    void report() {
        ActorRef<PresenceBoard.Command> to = board;
        if (to == null || !wants()) {
            return;
        }
        List<Sighting> sightings = new ArrayList<>();
        if (all) {
            List<Sighting.Here> here = everybody.get();
            told.clear();
            here.forEach(sighting -> pending.put(sighting.session(), sighting));
        }
        sightings.addAll(pending.values());
        for (Sighting sighting : sightings) {
            switch (sighting) {
                case Sighting.Here(var session, var _, var _, var _) -> told.add(session);
                case Sighting.Away(var session) -> told.remove(session);
                case Sighting.Left(var session) -> told.remove(session);
            }
        }
        List<Absent> inherited = all ? takeKept() : List.of();
        awaited = ++number;
        sentNanos = System.nanoTime();
        to.tell(new PresenceBoard.Report(self, uid, number, all, returning, sightings, inherited));
        pending.clear();
        all = false;
    }

    private List<Absent> takeKept() {
        long now = System.nanoTime();
        var absent = new ArrayList<Absent>();
        for (Kept one : kept) {
            Absent was = one.absent();
            long left = was.leftMillis() - (now - one.sinceNanos()) / 1_000_000;
            if (left > 0) {
                absent.add(new Absent(was.seat(), was.identity(), was.state(), was.active(), left));
            }
        }
        kept.clear();
        return absent;
    }

    /** How long ago the last report is. */
    long sinceReportNanos() {
        return System.nanoTime() - sentNanos;
    }

    // ---- down

    void heard(long report) {
        if (report == awaited) {
            awaited = 0;
        }
    }

    /** The board wants to hear of everybody. */
    void sayAll() {
        all = true;
        awaited = 0;
    }

    void seen(long n) {
        if (board != null) {
            board.tell(new PresenceBoard.Seen(uid, n));
        }
    }

    /** Whether the board should long have said that it has the last report. */
    boolean isUnheardTooLong() {
        return awaited != 0 && sinceReportNanos() > PATIENCE_NANOS;
    }

    /** The relay ends: whoever is here has lost its socket, and who went before that may not have been reported yet. */
    void farewell() {
        if (board != null) {
            everybody.get().forEach(this::away);
            var last = new ArrayList<>(pending.values());
            board.tell(new PresenceBoard.Report(self, uid, ++number, false, true, last, List.of()));
        }
    }
}
