package io.skein.engine.relay;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.PresenceRule;
import io.skein.engine.module.Refusal;
import io.skein.engine.presence.Crowd;
import io.skein.engine.presence.FromBoard;
import io.skein.engine.presence.PresenceBoard;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.presence.Sighting;
import io.skein.engine.presence.Update;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * A relay's part in presence: what its sessions say of themselves goes up to the board, and what the board tells of everybody is shown to the
 * sessions that watch. Belongs to the relay.
 */
final class PresenceDesk {
    /** A session that has said something of itself. */
    private static final class Guest {
        final Member member;
        final Map<String, Json> state = new LinkedHashMap<>();
        Json text = new Json("{}");
        /** Whether others are shown it. */
        boolean here;

        boolean active = true;
        /** What the client says of that, if it does. */
        Optional<Boolean> saidActive = Optional.empty();

        PresenceRequest.Watch watch = new PresenceRequest.Watch.Off();

        @Nullable
        PresenceFeed feed;

        /** Who it is to others. */
        Identity identity;

        long lastNanos = System.nanoTime();

        Guest(Member member) {
            this.member = member;
            this.identity = member.identity();
        }

        Sighting.Here sighting() {
            return new Sighting.Here(member.session(), identity, text, active);
        }
    }

    private static final long RETRY_NANOS = 500_000_000L;

    private final ActorContext<Relay.Command> context;
    private final PresenceSettings settings;
    private final RelayCounters counters;
    private final Consumer<ActorRef<FromBoard>> findBoard;
    private final ActorRef<FromBoard> self;
    private final BoardLink link;
    private final Map<Long, Guest> guests = new HashMap<>();
    private final Map<PresenceFormat, PresenceFeed> feeds = new HashMap<>();
    private PresenceRule rule = PresenceRule.DEFAULT;
    private @Nullable Crowd crowd;
    private boolean scheduled;
    private long askedNanos = System.nanoTime() - RETRY_NANOS;

    /**
     * @param self where the board says to
     * @param findBoard asks the workspace for it
     */
    PresenceDesk(
            ActorContext<Relay.Command> context,
            ActorRef<FromBoard> self,
            PresenceSettings settings,
            RelayCounters counters,
            Consumer<ActorRef<FromBoard>> findBoard) {
        this.context = context;
        this.settings = settings;
        this.counters = counters;
        this.self = self;
        this.findBoard = findBoard;
        this.link = new BoardLink(self, settings, this::everybody);
    }

    private List<Sighting.Here> everybody() {
        return guests.values().stream()
                .filter(guest -> guest.here && guest.member.isIn())
                .map(Guest::sighting)
                .toList();
    }

    // ---- sessions

    /**
     * A session says something; until the owner has let it in nobody hears of it.
     *
     * @return why it cannot be done; then nothing of it is
     */
    Optional<Refusal> request(Member member, PresenceRequest request) {
        counters.presenceAsked();
        boolean first = !guests.containsKey(member.session());
        Guest guest = guests.computeIfAbsent(member.session(), _ -> new Guest(member));
        if (!merge(guest, request.state())) {
            return Optional.of(Refusal.of(
                    ErrorCode.TOO_LARGE, "the state would be larger than " + settings.maxStateBytes() + " bytes"));
        }
        guest.lastNanos = System.nanoTime();
        request.place()
                .ifPresent(
                        place -> guest.identity = Identity.of(member.identity().toString(), place));
        request.active().ifPresent(said -> guest.saidActive = Optional.of(said));
        guest.active = guest.saidActive.orElse(true);
        request.watch().ifPresent(watch -> guest.watch = watch);
        boolean was = guest.here;
        if (request.leave()) {
            guest.here = false;
        } else if (first || !request.state().isEmpty()) {
            guest.here = true;
        }
        count(was, guest.here);
        if (member.isIn()) {
            tell(guest, was);
            follow(guest);
            if (request.refresh() && guest.feed != null) {
                member.group.change(member.hello.port(), Outbox::refreshPresence);
            }
        }
        return Optional.empty();
    }

    private void count(boolean was, boolean here) {
        if (here && !was) {
            counters.presenceJoined();
        } else if (was && !here) {
            counters.presenceLeft();
        }
    }

    private boolean merge(Guest guest, Map<String, Json> patch) {
        if (patch.isEmpty()) {
            return true;
        }
        var merged = new LinkedHashMap<>(guest.state);
        patch.forEach((name, value) -> {
            if (value.equals(Json.NULL)) {
                merged.remove(name);
            } else {
                merged.put(name, value);
            }
        });
        Json text = object(merged);
        if (text.text().length() > settings.maxStateBytes()) {
            return false;
        }
        guest.state.clear();
        guest.state.putAll(merged);
        guest.text = text;
        return true;
    }

    private static Json object(Map<String, Json> members) {
        var text = new StringBuilder("{");
        members.forEach((name, value) -> {
            text.append(text.length() == 1 ? "\"" : ",\"");
            JsonStringEncoder.getInstance().quoteAsString(name, text);
            text.append("\":").append(value.text());
        });
        return new Json(text.append('}').toString());
    }

    private void tell(Guest guest, boolean was) {
        if (guest.here) {
            link.here(guest.sighting());
        } else if (was) {
            link.left(guest.member.session());
        }
        reportSoon();
    }

    /** The owner has let a session in. */
    void entered(Member member) {
        Guest guest = guests.get(member.session());
        if (guest != null) {
            tell(guest, false);
            follow(guest);
        }
    }

    /** A session's role is another: perhaps it may see more of others, or less. */
    void roleChanged(Member member) {
        Guest guest = guests.get(member.session());
        if (guest != null) {
            follow(guest);
        }
    }

    /**
     * A session is gone.
     *
     * @param mayReturn whether it is so by accident: then nobody hears of it within the grace
     */
    void gone(Member member, boolean mayReturn) {
        Guest guest = guests.remove(member.session());
        if (guest == null) {
            return;
        }
        unfollow(guest);
        count(guest.here, false);
        boolean shown = guest.here && member.isIn();
        if (shown && mayReturn) {
            link.away(guest.sighting());
        } else if (shown) {
            link.left(member.session());
        }
        reportSoon();
    }

    /** A session does something: somebody is at it. */
    void touch(long session) {
        Guest guest = guests.get(session);
        if (guest != null) {
            guest.lastNanos = System.nanoTime();
            activate(guest, guest.saidActive.orElse(true));
        }
    }

    private void activate(Guest guest, boolean active) {
        if (guest.active != active) {
            guest.active = active;
            if (guest.here && guest.member.isIn()) {
                tell(guest, true);
            }
        }
    }

    // ---- what they are shown

    private void follow(Guest guest) {
        Optional<PresenceFormat> wanted = switch (guest.watch) {
            case PresenceRequest.Watch.Off _ -> Optional.empty();
            case PresenceRequest.Watch.With(var format) ->
                Optional.of(guest.member.role().atLeast(rule.listFor()) ? format : format.counts());
        };
        PresenceFeed feed = wanted.map(format -> feeds.computeIfAbsent(format, any -> new PresenceFeed(any, crowd)))
                .orElse(null);
        if (feed == guest.feed) {
            return;
        }
        unfollow(guest);
        guest.feed = feed;
        if (feed != null) {
            feed.followers++;
        }
        var cursor = feed == null ? null : new PresenceFeed.Cursor(feed);
        guest.member.group.change(guest.member.hello.port(), outbox -> outbox.watchPresence(cursor));
    }

    private void unfollow(Guest guest) {
        PresenceFeed old = guest.feed;
        guest.feed = null;
        if (old != null && --old.followers == 0) {
            feeds.values().remove(old);
        }
    }

    /** @return whether sessions have something to send */
    private boolean show(Update update) {
        Crowd before = crowd == null ? Crowd.NOBODY : crowd;
        Crowd.Next next = before.after(update);
        if (crowd != null && next.crowd().says(before)) {
            return false;
        }
        crowd = next.crowd();
        feeds.values().forEach(feed -> feed.show(before, next));
        return !feeds.isEmpty();
    }

    // ---- the board

    /** The workspace's owner is there, and what its module says of presence. */
    void ownerUp(PresenceRule module) {
        rule = module;
        look();
    }

    /** It is not, and with it the board is gone. */
    void ownerLost() {
        link.down();
    }

    /** @return whether sessions have something to send */
    boolean hear(FromBoard message) {
        boolean news = false;
        switch (message) {
            case FromBoard.Met(var board) -> {
                if (!link.isUp()) {
                    link.up(board);
                    context.watchWith(board, new Relay.BoardGone(board));
                }
            }
            case FromBoard.Heard(var report) -> link.heard(report);
            case FromBoard.SayAll _ -> link.sayAll();
            case FromBoard.Told(var update) -> {
                link.seen(update.n());
                link.hearsOfOthers();
                news = show(update);
            }
            case FromBoard.Farewell(var absent) -> {
                link.inherit(absent);
                link.down();
            }
        }
        reportSoon();
        return news;
    }

    /** The board's actor has ended. */
    void boardGone(ActorRef<PresenceBoard.Command> board) {
        link.gone(board);
        look();
    }

    private void look() {
        if (!link.isUp() && !guests.isEmpty()) {
            askedNanos = System.nanoTime();
            findBoard.accept(self);
        }
    }

    private void reportSoon() {
        if (!link.isUp() && !guests.isEmpty() && System.nanoTime() - askedNanos > RETRY_NANOS) {
            look();
        }
        if (scheduled || !link.wants()) {
            return;
        }
        scheduled = true;
        long wait = tick().toNanos() - link.sinceReportNanos();
        if (wait <= 0) {
            context.getSelf().tell(new Relay.ReportPresence()); // behind everything that has arrived
        } else {
            context.scheduleOnce(Duration.ofNanos(wait), context.getSelf(), new Relay.ReportPresence());
        }
    }

    private Duration tick() {
        return rule.tick().orElse(settings.tick());
    }

    /** It is time to say what has gathered. */
    void report() {
        scheduled = false;
        link.report();
    }

    // ---- housekeeping

    void tick(long nowNanos) {
        long idleNanos = settings.idleAfter().toNanos();
        var idle = new ArrayList<Guest>();
        for (Guest guest : guests.values()) {
            if (guest.active && guest.saidActive.isEmpty() && nowNanos - guest.lastNanos > idleNanos) {
                idle.add(guest);
            }
        }
        idle.forEach(guest -> activate(guest, false));
        if (link.isUnheardTooLong()) {
            link.down();
        }
        reportSoon();
    }

    /** The relay ends. */
    void stopped() {
        link.farewell();
    }
}
