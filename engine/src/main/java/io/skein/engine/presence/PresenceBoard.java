package io.skein.engine.presence;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

/**
 * Who is in a workspace: gathers what its relays see, and tells all of them the same, at most once a tick. It lives beside the ledger and shares
 * nothing with it, so that no commit waits for it (rule P1).
 *
 * <p>Messages between nodes can get lost. So each side says one thing at a time and waits until the other has it; what happens
 * meanwhile is told as one change. Where either is in doubt, everything is said anew.
 */
public final class PresenceBoard {
    /** What a board hears. */
    public sealed interface Command {}

    /** A relay looks for its board; answered by {@link FromBoard.Met}. */
    public record Meet(ActorRef<FromBoard> relay) implements Command {}

    /**
     * What a relay has seen since its last report, or everything.
     *
     * @param uid the relay's random number
     * @param number of this report at the relay
     * @param all whether these are all of its sessions
     * @param returning whether it knew a board before this one, so that sessions know who was here
     * @param inherited whose seats the board before this one kept
     */
    public record Report(
            ActorRef<FromBoard> relay,
            long uid,
            long number,
            boolean all,
            boolean returning,
            List<Sighting> sightings,
            List<Absent> inherited)
            implements Command {}

    /** A relay has the update with this number. */
    public record Seen(long uid, long n) implements Command {}

    /**
     * Who is here? Answered with everything that was told last.
     *
     * @param byName whether names may be told, or only how many there are
     */
    public record Ask(boolean byName, ActorRef<PresenceAnswer> replyTo) implements Command {}

    private record Gone(long uid) implements Command {}

    private record Tick() implements Command {}

    private record Look() implements Command {}

    /** A relay and what it has been told. */
    private static final class Listener {
        final ActorRef<FromBoard> relay;
        int sessions;
        /** The update that it has not said it has; 0 if it has all. */
        long unseen;
        /** Whether it missed one since. */
        boolean behind = true;

        long toldNanos;

        Listener(ActorRef<FromBoard> relay) {
            this.relay = relay;
        }
    }

    /** Long beside the time between two nodes, short beside what people notice. */
    private static final Duration LOOKS = Duration.ofSeconds(1);

    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final PresenceSettings settings;
    private final int tickMillis;
    private final Roster roster;
    private final Map<Long, Listener> listeners = new HashMap<>();
    private final long startedNanos = System.nanoTime();
    private long notBeforeNanos = startedNanos;

    private PresenceBoard(
            ActorContext<Command> context, TimerScheduler<Command> timers, PresenceSettings settings, int tickMillis) {
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.tickMillis = tickMillis;
        this.roster = new Roster(settings);
        timers.startTimerWithFixedDelay(new Look(), LOOKS);
    }

    /** @param tickMillis what happens within it is told at once */
    public static Behavior<Command> create(PresenceSettings settings, int tickMillis) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            var board = new PresenceBoard(context, timers, settings, tickMillis);
            return Behaviors.receive(Command.class)
                    .onAnyMessage(board::onCommand)
                    .onSignal(PostStop.class, _ -> board.stopped())
                    .build();
        }));
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Meet(var relay) -> relay.tell(new FromBoard.Met(context.getSelf()));
            case Report report -> hear(report);
            case Seen(var uid, var n) -> seen(uid, n);
            case Ask(var byName, var replyTo) -> {
                Update everything = roster.everything(intervalMillis());
                replyTo.tell(new PresenceAnswer.Here(byName ? everything : everything.counts()));
            }
            case Gone(var uid) -> {
                listeners.remove(uid);
                roster.lose(uid);
            }
            case Tick _ -> {}
            case Look _ -> look();
        }
        tellWhenDue();
        return Behaviors.same();
    }

    // ---- up

    private void hear(Report report) {
        Listener listener = listeners.get(report.uid());
        if (listener == null && !report.all()) {
            report.relay().tell(new FromBoard.SayAll());
            return;
        }
        long now = System.nanoTime();
        if (listener == null) {
            listener = new Listener(report.relay());
            listeners.put(report.uid(), listener);
            context.watchWith(report.relay(), new Gone(report.uid()));
            if (report.returning()) {
                settle();
            }
        }
        if (report.all()) {
            listener.behind = true;
            listener.unseen = 0;
            listener.sessions = 0;
            roster.seeAll(report.uid(), report.sightings(), now);
            roster.inherit(report.inherited(), now);
        } else {
            report.sightings().forEach(sighting -> roster.see(report.uid(), sighting, now));
        }
        listener.sessions = roster.sessionsOf(report.uid());
        report.relay().tell(new FromBoard.Heard(report.number()));
    }

    /** Other relays are about to say whom they have: until they have had the time, those would look as if they had left. */
    private void settle() {
        long until = startedNanos + settings.settle().toNanos();
        if (until - notBeforeNanos > 0) {
            notBeforeNanos = until;
        }
    }

    // ---- down

    private void seen(long uid, long n) {
        Listener listener = listeners.get(uid);
        if (listener != null && listener.unseen == n) {
            listener.unseen = 0;
        }
    }

    /** Tells what has changed, if the last time is long enough ago; otherwise when it will be. */
    private void tellWhenDue() {
        if (!roster.hasChanged() && listeners.values().stream().noneMatch(PresenceBoard::wants)) {
            return;
        }
        long now = System.nanoTime();
        if (notBeforeNanos - now > 0) {
            if (!timers.isTimerActive(new Tick())) {
                timers.startSingleTimer(new Tick(), Duration.ofNanos(notBeforeNanos - now));
            }
            return;
        }
        int interval = intervalMillis();
        notBeforeNanos = now + Duration.ofMillis(interval).toNanos();
        tell(interval, now);
    }

    private static boolean wants(Listener listener) {
        return listener.behind && listener.unseen == 0;
    }

    private void tell(int interval, long now) {
        Optional<Update> news = roster.publish(interval);
        @Nullable Update everything = null;
        for (Listener listener : listeners.values()) {
            if (listener.unseen != 0) {
                listener.behind |= news.isPresent();
                continue;
            }
            Update update = news.orElse(null);
            if (listener.behind) {
                everything = everything == null ? roster.everything(interval) : everything;
                update = everything;
            }
            if (update != null) {
                listener.behind = false;
                listener.unseen = update.n();
                listener.toldNanos = now;
                listener.relay.tell(new FromBoard.Told(update));
            }
        }
    }

    private int intervalMillis() {
        int most = listeners.values().stream()
                .mapToInt(listener -> listener.sessions)
                .max()
                .orElse(0);
        return settings.intervalMillis(tickMillis, most);
    }

    // ---- housekeeping

    /** Gives up seats, and tells those anew who should long have said that they have what they were told. */
    private void look() {
        long now = System.nanoTime();
        roster.expire(now);
        for (Listener listener : listeners.values()) {
            if (listener.unseen != 0 && now - listener.toldNanos > PATIENCE_NANOS) {
                listener.unseen = 0;
                listener.behind = true;
            }
        }
    }

    /** The node may be leaving, and then its own relays end as well, perhaps before they find the next board. */
    private Behavior<Command> stopped() {
        Set<Long> unsure = listeners.entrySet().stream()
                .filter(entry -> entry.getValue().relay.path().address().hasLocalScope())
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
        List<Absent> absent = roster.absent(unsure, System.nanoTime());
        listeners.values().forEach(listener -> listener.relay.tell(new FromBoard.Farewell(absent)));
        return Behaviors.same();
    }
}
