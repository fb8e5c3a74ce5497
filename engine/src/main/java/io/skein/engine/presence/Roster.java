package io.skein.engine.presence;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Everybody who is in a workspace, in which sessions, and what of it was told. Whatever happens between two calls of {@link #publish} is
 * told as one change: who comes and goes in between was never there, and of several states the last one counts (rule P2).
 *
 * <p>A session that has lost its socket keeps its seat for the grace. The next session of the same identity takes that seat, so
 * that nobody sees a difference (rule P4).
 */
final class Roster {
    private static final class Seated {
        final Seat seat;
        final Identity identity;
        Json state;
        boolean active;
        /** When the seat is given up; 0 as long as the session has a socket. */
        long awayUntilNanos;

        Seated(Seat seat, Identity identity, Json state, boolean active) {
            this.seat = seat;
            this.identity = identity;
            this.state = state;
            this.active = active;
        }
    }

    /** When a seat is given up, if it still says so then. */
    private record Deadline(Seated seated, long nanos) {}

    private static final SequencedMap<Seat, Seated> NONE = Collections.unmodifiableSequencedMap(new LinkedHashMap<>());

    private final PresenceSettings settings;
    /** By relay and session. */
    private final Map<Long, Map<Long, Seated>> seats = new HashMap<>();
    /** Whose seats they are; who did something last is last, and so is of somebody's seats the one that changed last. */
    private final SequencedMap<Identity, SequencedMap<Seat, Seated>> people = new LinkedHashMap<>();

    private final PriorityQueue<Deadline> deadlines =
            new PriorityQueue<>((one, other) -> Long.compare(one.nanos - other.nanos, 0));
    private final Set<Identity> touched = new LinkedHashSet<>();
    private final SequencedMap<Identity, Person> shown = new LinkedHashMap<>();
    private Mode mode = Mode.LIST;
    private int shownUsers;
    private int shownSessions;
    private int sessions;
    private long stateBytes;
    private long n;

    Roster(PresenceSettings settings) {
        this.settings = settings;
    }

    // ---- what relays see

    void see(long relay, Sighting sighting, long nowNanos) {
        var seat = new Seat(relay, sighting.session());
        switch (sighting) {
            case Sighting.Here(var _, var identity, var state, var active) -> here(seat, identity, state, active);
            case Sighting.Away _ -> away(seat, nowNanos + settings.grace().toNanos());
            case Sighting.Left _ -> leave(find(seat));
        }
    }

    /** A relay says who is there, all of them: of those that it had and does not name nothing more will be heard. */
    void seeAll(long relay, List<Sighting> sightings, long nowNanos) {
        var named = new HashSet<Long>();
        sightings.forEach(sighting -> named.add(sighting.session()));
        seatsOf(relay, seated -> seated.awayUntilNanos == 0 && !named.contains(seated.seat.session()))
                .forEach(seated -> away(seated.seat, nowNanos + settings.grace().toNanos()));
        sightings.forEach(sighting -> see(relay, sighting, nowNanos));
    }

    /** A relay is gone without a word, and its sessions with it, but for those that had no socket before. */
    void lose(long relay) {
        seatsOf(relay, seated -> seated.awayUntilNanos == 0).forEach(this::leave);
    }

    private List<Seated> seatsOf(long relay, Predicate<Seated> which) {
        return seats.getOrDefault(relay, Map.of()).values().stream()
                .filter(which)
                .toList();
    }

    private @Nullable Seated find(Seat seat) {
        return seats.getOrDefault(seat.relay(), Map.of()).get(seat.session());
    }

    private void here(Seat seat, Identity identity, Json state, boolean active) {
        Seated seated = find(seat);
        if (seated == null) {
            seated = new Seated(seat, identity, Person.NO_STATE, active);
            seats.computeIfAbsent(seat.relay(), _ -> new HashMap<>()).put(seat.session(), seated);
            sessions++;
            stateBytes += Person.NO_STATE.text().length();
            people.getOrDefault(identity, NONE).values().stream()
                    .filter(other -> other.awayUntilNanos != 0)
                    .min((one, other) -> Long.compare(one.awayUntilNanos - other.awayUntilNanos, 0))
                    .ifPresent(this::leave);
        }
        seated.awayUntilNanos = 0;
        seated.active = active;
        stateBytes -= seated.state.text().length();
        seated.state = stateBytes + state.text().length() <= settings.maxStateBytesInAll() ? state : Person.NO_STATE;
        stateBytes += seated.state.text().length();
        SequencedMap<Seat, Seated> own = people.computeIfAbsent(identity, _ -> new LinkedHashMap<>());
        own.putLast(seat, seated);
        people.putLast(identity, own);
        touched.add(identity);
    }

    private void away(Seat seat, long untilNanos) {
        Seated seated = find(seat);
        if (seated != null && seated.awayUntilNanos == 0) {
            seated.awayUntilNanos = untilNanos == 0 ? 1 : untilNanos;
            deadlines.add(new Deadline(seated, seated.awayUntilNanos));
        }
    }

    private void leave(@Nullable Seated seated) {
        Map<Long, Seated> relay = seated == null ? null : seats.get(seated.seat.relay());
        if (seated == null || relay == null || relay.remove(seated.seat.session()) == null) {
            return;
        }
        if (relay.isEmpty()) {
            seats.remove(seated.seat.relay());
        }
        sessions--;
        stateBytes -= seated.state.text().length();
        touched.add(seated.identity);
        SequencedMap<Seat, Seated> own = Objects.requireNonNull(people.get(seated.identity));
        own.remove(seated.seat);
        if (own.isEmpty()) {
            people.remove(seated.identity);
        }
    }

    // ---- time

    /** Gives up the seats whose grace is over. */
    void expire(long nowNanos) {
        for (Deadline next = deadlines.peek(); next != null && next.nanos - nowNanos <= 0; next = deadlines.peek()) {
            deadlines.remove();
            if (next.seated.awayUntilNanos == next.nanos) {
                leave(next.seated);
            }
        }
    }

    /**
     * Those whose seats the next board has to keep; no more than a list may have.
     *
     * @param unsure relays that may never talk to the next board
     */
    List<Absent> absent(Set<Long> unsure, long nowNanos) {
        return seats.values().stream()
                .flatMap(relay -> relay.values().stream())
                .filter(seated -> seated.awayUntilNanos != 0 || unsure.contains(seated.seat.relay()))
                .limit(settings.listMax())
                .map(seated -> new Absent(
                        seated.seat, seated.identity, seated.state, seated.active, leftMillis(seated, nowNanos)))
                .toList();
    }

    private long leftMillis(Seated seated, long nowNanos) {
        return seated.awayUntilNanos == 0
                ? settings.grace().toMillis()
                : Math.max(0, (seated.awayUntilNanos - nowNanos) / 1_000_000);
    }

    /** Takes over seats that the board before this one kept, of those who have not come back since. */
    void inherit(List<Absent> absent, long nowNanos) {
        List<Absent> missing = absent.stream()
                .filter(one -> !people.containsKey(one.identity()))
                .toList();
        // Only then away: who has two of them would otherwise take the first one with the second.
        missing.forEach(one -> here(one.seat(), one.identity(), one.state(), one.active()));
        for (Absent one : missing) {
            long left = Math.min(one.leftMillis(), settings.grace().toMillis());
            away(one.seat(), nowNanos + left * 1_000_000);
        }
    }

    // ---- what is told

    /** How many a relay has, those counted whose seats are kept. */
    int sessionsOf(long relay) {
        return seats.getOrDefault(relay, Map.of()).size();
    }

    boolean hasChanged() {
        return !touched.isEmpty();
    }

    /**
     * What has changed since the last time; empty if nothing that shows.
     *
     * @param intervalMillis until the next one
     */
    Optional<Update> publish(int intervalMillis) {
        Mode before = mode;
        mode = settings.mode(mode, people.size());
        Set<Identity> subset = subset();
        Set<Identity> candidates = touched;
        if (mode != before) {
            shown.clear();
            candidates = subset;
        } else if (mode == Mode.ACTIVE) {
            candidates = new LinkedHashSet<>(shown.keySet());
            candidates.addAll(subset);
        }
        var put = new ArrayList<Person>();
        var removed = new ArrayList<Identity>();
        for (Identity identity : candidates) {
            if (subset.contains(identity)) {
                Person person = person(identity);
                if (!person.equals(shown.put(identity, person))) {
                    put.add(person);
                }
            } else if (shown.remove(identity) != null) {
                removed.add(identity);
            }
        }
        touched.clear();
        boolean counted = shownUsers != people.size() || shownSessions != sessions;
        shownUsers = people.size();
        shownSessions = sessions;
        if (mode == before && !counted && put.isEmpty() && removed.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Update(++n, mode != before, mode, intervalMillis, shownUsers, shownSessions, put, removed));
    }

    /** Everything that was told so far. */
    Update everything(int intervalMillis) {
        return new Update(
                n, true, mode, intervalMillis, shownUsers, shownSessions, List.copyOf(shown.values()), List.of());
    }

    /** Who is shown. */
    private Set<Identity> subset() {
        return switch (mode) {
            case LIST -> people.keySet();
            case ACTIVE -> {
                var last = new LinkedHashSet<Identity>();
                var backwards = people.reversed().keySet().iterator();
                while (last.size() < settings.activeShown() && backwards.hasNext()) {
                    last.add(backwards.next());
                }
                yield last;
            }
            case COUNTS -> Set.of();
        };
    }

    private Person person(Identity identity) {
        SequencedMap<Seat, Seated> own = Objects.requireNonNull(people.get(identity));
        boolean active = own.values().stream().anyMatch(seated -> seated.active);
        return new Person(identity, own.size(), active, own.lastEntry().getValue().state);
    }
}
