package io.skein.engine.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RosterTest {
    private static final int TICK = 50;
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final PresenceSettings USUAL = PresenceSettings.DEFAULT;
    private static final PresenceSettings SMALL = new PresenceSettings(
            USUAL.tick(), USUAL.grace(), 10, 4, 30, 4_096, 1_000, 20_000, USUAL.idleAfter(), USUAL.settle());

    private final Roster roster = new Roster(USUAL);
    private Crowd crowd = Crowd.NOBODY;

    private static Identity who(int number) {
        return Identity.of("test", "p" + number);
    }

    private static Sighting.Here here(long session, int who, String state) {
        return new Sighting.Here(session, who(who), new Json(state), true);
    }

    private Optional<Update> publish(Roster of) {
        Optional<Update> update = of.publish(TICK);
        update.ifPresent(told -> crowd = crowd.after(told).crowd());
        return update;
    }

    private Person person(int who) {
        return java.util.Objects.requireNonNull(crowd.people().get(who(who)));
    }

    @Test
    void P2_whatHappensWithinATickIsOneChange() {
        roster.see(1, here(1, 1, "{\"x\":1}"), 0);
        roster.see(1, here(2, 2, "{}"), 0);
        roster.see(1, new Sighting.Left(2), 0);
        roster.see(1, here(1, 1, "{\"x\":2}"), 0);
        Update update = publish(roster).orElseThrow();
        assertEquals(List.of(new Person(who(1), 1, true, new Json("{\"x\":2}"))), update.put());
        assertEquals(List.of(), update.removed());
        assertEquals(1, update.n());
    }

    @Test
    void P2_whatChangesBackWithinATickIsNotTold() {
        roster.see(1, here(1, 1, "{\"x\":1}"), 0);
        publish(roster);
        roster.see(1, here(1, 1, "{\"x\":2}"), 0);
        roster.see(1, here(1, 1, "{\"x\":1}"), 0);
        roster.see(1, here(9, 1, "{\"x\":1}"), 0);
        roster.see(1, new Sighting.Left(9), 0);
        assertTrue(roster.hasChanged());
        assertEquals(Optional.empty(), publish(roster));
    }

    @Test
    void severalSessionsOfOneAreOneEntryWithTheStateThatChangedLast() {
        roster.see(1, here(1, 1, "{\"tab\":1}"), 0);
        roster.see(2, new Sighting.Here(1, who(1), new Json("{\"tab\":2}"), false), 0);
        publish(roster);
        assertEquals(new Person(who(1), 2, true, new Json("{\"tab\":2}")), person(1));
        roster.see(1, here(1, 1, "{\"tab\":3}"), 0);
        publish(roster);
        assertEquals(new Person(who(1), 2, true, new Json("{\"tab\":3}")), person(1));
        roster.see(1, new Sighting.Left(1), 0);
        publish(roster);
        assertEquals(new Person(who(1), 1, false, new Json("{\"tab\":2}")), person(1));
    }

    @Test
    void P4_whoComesBackWithinTheGraceHasNeverBeenAway() {
        roster.see(1, here(1, 1, "{\"x\":1}"), 0);
        publish(roster);
        roster.see(1, new Sighting.Away(1), SECOND);
        assertEquals(Optional.empty(), publish(roster));
        roster.expire(10 * SECOND);
        assertEquals(Optional.empty(), publish(roster));
        roster.see(2, here(1, 1, "{\"x\":1}"), 10 * SECOND);
        roster.expire(12 * SECOND);
        assertEquals(Optional.empty(), publish(roster));
        roster.expire(60 * SECOND);
        assertEquals(Optional.empty(), publish(roster));
    }

    @Test
    void P3_whoStaysAwayLeavesWhenTheGraceIsOver() {
        roster.see(1, here(1, 1, "{}"), 0);
        roster.see(1, here(2, 2, "{}"), 0);
        publish(roster);
        roster.see(1, new Sighting.Away(1), SECOND);
        roster.expire(11 * SECOND - 1);
        assertEquals(Optional.empty(), publish(roster));
        roster.expire(11 * SECOND);
        assertEquals(List.of(who(1)), publish(roster).orElseThrow().removed());
        assertEquals(1, crowd.users());
    }

    @Test
    void P3_aLostRelayTakesItsSessionsWithItAtOnceAndKeepsTheSeatsOfThoseWhoWereAway() {
        for (int i = 1; i <= 20; i++) {
            roster.see(i % 2, here(i, i, "{}"), 0);
        }
        publish(roster);
        roster.see(1, new Sighting.Away(1), 0);
        roster.lose(1);
        Update update = publish(roster).orElseThrow();
        assertEquals(9, update.removed().size());
        assertEquals(11, update.users());
        roster.expire(11 * SECOND);
        assertEquals(List.of(who(1)), publish(roster).orElseThrow().removed());
    }

    @Test
    void P4_seatsThatOneBoardKeptAreKeptByTheNext() {
        roster.see(1, here(1, 1, "{\"x\":1}"), 0);
        roster.see(1, here(2, 2, "{}"), 0);
        roster.see(1, new Sighting.Away(1), 0);
        List<Absent> absent = roster.absent(Set.of(), 4 * SECOND);
        assertEquals(List.of(6_000L), absent.stream().map(Absent::leftMillis).toList());
        var next = new Roster(USUAL);
        next.inherit(absent, 0);
        next.seeAll(1, List.of(here(2, 2, "{}")), 0);
        publish(next);
        assertEquals(new Person(who(1), 1, true, new Json("{\"x\":1}")), person(1));
        next.see(1, here(3, 1, "{\"x\":1}"), SECOND);
        assertEquals(Optional.empty(), publish(next));
        next.expire(20 * SECOND);
        assertEquals(Optional.empty(), publish(next));
    }

    @Test
    void P4_seatsAtANodeThatMayBeLeavingAreKeptByTheNext() {
        roster.see(1, here(1, 1, "{}"), 0);
        roster.see(1, here(2, 1, "{}"), 0);
        roster.see(1, here(3, 2, "{}"), 0);
        roster.see(2, here(1, 3, "{}"), 0);
        List<Absent> absent = roster.absent(Set.of(1L), 0);
        assertEquals(3, absent.size());
        var next = new Roster(USUAL);
        next.see(2, here(1, 3, "{}"), 0);
        next.inherit(absent, 0);
        next.inherit(absent, 0);
        assertEquals(4, publish(next).orElseThrow().sessions(), "two of them are tabs of one person");
        next.see(2, here(2, 1, "{}"), SECOND);
        next.see(1, here(3, 2, "{}"), SECOND);
        assertEquals(Optional.empty(), publish(next), "one came back elsewhere, one was there all the time");
        next.expire(11 * SECOND);
        assertEquals(3, publish(next).orElseThrow().sessions(), "the other tab did not come back");
    }

    @Test
    void P5_theModeFollowsTheNumberAndDoesNotFlutterAtItsLimit() {
        var small = new Roster(SMALL);
        var modes = new ArrayList<String>();
        int[] numbers = {10, 11, 10, 9, 8, 9, 11, 30, 31, 30, 25, 24, 9, 8, 31, 3};
        int present = 0;
        for (int number : numbers) {
            for (; present < number; present++) {
                small.see(1, here(present, present, "{}"), 0);
            }
            for (; present > number; present--) {
                small.see(1, new Sighting.Left(present - 1), 0);
            }
            publish(small);
            modes.add(crowd.mode().wire());
            assertEquals(number, crowd.users());
            int shown = switch (crowd.mode()) {
                case LIST -> number;
                case ACTIVE -> 4;
                case COUNTS -> 0;
            };
            assertEquals(shown, crowd.people().size());
        }
        assertEquals(
                "list active active active list list active active counts counts counts active active list counts list",
                String.join(" ", modes));
    }

    @Test
    void P5_amongManyThoseAreShownWhoDidSomethingLast() {
        var small = new Roster(SMALL);
        IntStream.range(0, 20).forEach(i -> small.see(1, here(i, i, "{}"), 0));
        publish(small);
        assertEquals(
                List.of(who(19), who(18), who(17), who(16)),
                List.copyOf(crowd.people().keySet()));
        small.see(1, here(3, 3, "{\"x\":1}"), 0);
        Update update = publish(small).orElseThrow();
        assertEquals(List.of(new Person(who(3), 1, true, new Json("{\"x\":1}"))), update.put());
        assertEquals(List.of(who(16)), update.removed());
        assertFalse(update.fresh());
    }

    @Test
    void L1_statesBeyondWhatAWorkspaceMayHaveAreNotShown() {
        var small = new Roster(SMALL);
        String large = "{\"x\":\"" + "y".repeat(600) + "\"}";
        small.see(1, here(1, 1, large), 0);
        small.see(1, here(2, 2, large), 0);
        publish(small);
        assertEquals(large, person(1).state().text());
        assertEquals("{}", person(2).state().text());
        small.see(1, new Sighting.Left(1), 0);
        small.see(1, here(2, 2, large), 0);
        publish(small);
        assertEquals(large, person(2).state().text());
    }

    /** Churn over several relays beside a plain model of who is here: after every tick everything told so far folds to that. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void P3_whatWasToldIsTheTrueSet(long seed) {
        var dice = new Random(seed);
        var small = new Roster(SMALL);
        var truth = new HashMap<Seat, Integer>();
        var away = new HashMap<Seat, Long>();
        long next = 0;
        long now = 0;
        for (int tick = 0; tick < 400; tick++) {
            for (int action = dice.nextInt(6); action > 0; action--) {
                long relay = dice.nextInt(3);
                List<Seat> there = truth.keySet().stream()
                        .filter(seat -> seat.relay() == relay && !away.containsKey(seat))
                        .sorted((a, b) -> Long.compare(a.session(), b.session()))
                        .toList();
                int what = dice.nextInt(100);
                if (what < 50 || there.isEmpty()) {
                    int person = dice.nextInt(tick < 200 ? 40 : 12);
                    var seat = new Seat(relay, next++);
                    Optional<Seat> kept = away.keySet().stream()
                            .filter(other -> truth.getOrDefault(other, -1) == person)
                            .min(Comparator.comparing(away::get));
                    kept.ifPresent(other -> {
                        away.remove(other);
                        truth.remove(other);
                    });
                    truth.put(seat, person);
                    small.see(relay, here(seat.session(), person, "{\"s\":" + dice.nextInt(5) + "}"), now);
                } else if (what < 97) {
                    Seat seat = there.get(dice.nextInt(there.size()));
                    if (dice.nextBoolean()) {
                        truth.remove(seat);
                        small.see(relay, new Sighting.Left(seat.session()), now);
                    } else {
                        away.put(seat, now + 10 * SECOND);
                        small.see(relay, new Sighting.Away(seat.session()), now);
                    }
                } else {
                    there.forEach(truth::remove);
                    small.lose(relay);
                }
            }
            now += SECOND / 4;
            long at = now;
            small.expire(at);
            truth.keySet().removeIf(seat -> away.getOrDefault(seat, Long.MAX_VALUE) <= at);
            away.values().removeIf(until -> until <= at);
            publish(small);
            check(truth);
        }
        assertTrue(crowd.n() > 100, "ticks with news");
    }

    private void check(Map<Seat, Integer> truth) {
        var sessions = new HashMap<Identity, Integer>();
        truth.values().forEach(person -> sessions.merge(who(person), 1, Integer::sum));
        assertEquals(sessions.size(), crowd.users());
        assertEquals(truth.size(), crowd.sessions());
        crowd.people().values().forEach(shown -> assertEquals(sessions.get(shown.identity()), shown.sessions()));
        if (crowd.mode() == Mode.LIST) {
            assertEquals(sessions.keySet(), crowd.people().keySet());
        }
    }
}
