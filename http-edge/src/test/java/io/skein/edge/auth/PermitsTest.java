package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Guard;
import io.skein.engine.meters.Meters;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.persistence.auth.Revocation;
import io.skein.persistence.auth.Revocation.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PermitsTest {
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration SKEW = Duration.ofSeconds(30);

    private final SettableClock clock = new SettableClock(BEGIN);
    private final RevokedTokens revoked = new RevokedTokens();
    private final Permits permits = new Permits(revoked, new AuthMeters(new Meters()), Guard.none(), SKEW, clock);
    private final List<String> ended = new ArrayList<>();

    private static Binding binding(String id, String device, String session, String... ancestors) {
        return new Binding(id, List.of(ancestors), device, session, BEGIN);
    }

    private static Verified token(Binding binding, int lifeSeconds) {
        return new Verified("skein", "ada", BEGIN.plusSeconds(lifeSeconds), binding, Scopes.EVERYTHING);
    }

    private Permit open(String name, Verified who) {
        return permits.open(who, Runnable::run, why -> ended.add(name + " " + why.reason()));
    }

    private static Revocation revocation(Kind kind, String value, Instant until) {
        Identity ada = Identity.of("skein", "ada");
        return new Revocation(ada, kind, value, until, ada, until, until.plus(Duration.ofDays(31)));
    }

    private void revoke(Revocation revocation) {
        revoked.add(revocation);
        permits.revoked(revocation);
    }

    @Test
    void K4_a_socket_ends_when_its_token_could_open_none_any_more() {
        open("short", token(binding("a", "", ""), 60));
        open("long", token(binding("b", "", ""), 120));
        clock.forward(Duration.ofSeconds(60).plus(SKEW).minusMillis(1));
        permits.expire();
        assertEquals(List.of(), ended);
        clock.forward(Duration.ofMillis(1));
        permits.expire();
        permits.expire();
        assertEquals(List.of("short token_expired"), ended);
    }

    @Test
    void K4_a_fresh_token_takes_the_place_of_the_one_that_expires() {
        Permit permit = open("socket", token(binding("a", "phone", "s"), 60));
        assertEquals(Duration.ofSeconds(60), permit.left());
        assertTrue(permit.renew(token(binding("b", "phone", "s"), 600), Scope.read("w1"))
                .isEmpty());
        clock.forward(Duration.ofSeconds(100));
        permits.expire();
        assertEquals(List.of(), ended);
        revoke(revocation(Kind.TOKEN, "a", clock.instant()));
        assertEquals(List.of(), ended, "the old token is not what it is open by");
        revoke(revocation(Kind.TOKEN, "b", clock.instant()));
        assertEquals(List.of("socket token_revoked"), ended);
    }

    @Test
    void K4_a_token_of_somebody_else_or_for_something_else_changes_nothing() {
        Permit permit = open("socket", token(binding("a", "phone", "s"), 60));
        var other = new Verified("skein", "bob", BEGIN.plusSeconds(600), binding("b", "phone", "s"), Scopes.EVERYTHING);
        var narrow = new Verified(
                "skein",
                "ada",
                BEGIN.plusSeconds(600),
                binding("b", "phone", "s"),
                Scopes.asked(List.of("skein:call:w1")));
        for (Verified next :
                List.of(other, token(binding("b", "laptop", "s"), 600), token(binding("b", "phone", ""), 600))) {
            assertEquals(
                    "other_token",
                    permit.renew(next, Scope.read("w1")).map(Refusal::reason).orElse("taken"));
        }
        assertEquals(
                "scope",
                permit.renew(narrow, Scope.read("w1")).map(Refusal::reason).orElse("taken"));
        assertEquals(Duration.ofSeconds(60), permit.left());
    }

    @Test
    void K3_a_revocation_ends_the_sockets_that_it_names_and_no_others() {
        open("plain", token(binding("a", "", ""), 600));
        open("phone", token(binding("b", "phone", "s1"), 600));
        open("laptop", token(binding("c", "laptop", "s2"), 600));
        open("child", token(binding("d", "phone2", "s3", "a", "x"), 600));
        permits.open(
                new Verified("skein", "bob", BEGIN.plusSeconds(600), binding("a", "phone", "s1"), Scopes.EVERYTHING),
                Runnable::run,
                _ -> ended.add("bob"));
        revoke(revocation(Kind.DEVICE, "phone", clock.instant()));
        assertEquals(List.of("phone token_revoked"), ended);
        revoke(revocation(Kind.SESSION, "s2", clock.instant()));
        assertEquals(List.of("phone token_revoked", "laptop token_revoked"), ended);
        revoke(revocation(Kind.TOKEN, "x", clock.instant()));
        assertEquals("child token_revoked", ended.getLast(), "made from a token that was revoked");
        revoke(revocation(Kind.ALL, "", clock.instant()));
        assertEquals("plain token_revoked", ended.getLast());
        assertEquals(4, ended.size());
    }

    @Test
    void K3_all_are_those_that_were_issued_until_then_and_those_made_from_them_later() {
        revoke(revocation(Kind.ALL, "", BEGIN));
        assertTrue(revoked.cover(token(binding("a", "", ""), 600)));
        clock.forward(Duration.ofSeconds(1));
        var later = new Verified(
                "skein",
                "ada",
                BEGIN.plusSeconds(600),
                new Binding("n", List.of(), "", "", clock.instant()),
                Scopes.EVERYTHING);
        assertFalse(revoked.cover(later));
        Binding madeLater = later.binding().child("m", "", "");
        assertFalse(revoked.cover(token(madeLater, 600)));
        // Made at a node that had not heard yet: it is as old as what it was made from.
        assertTrue(revoked.cover(token(binding("a", "", "").child("late", "", ""), 600)));
    }

    @Test
    void K3_a_socket_that_opens_with_a_token_that_has_just_been_revoked_ends_at_once() {
        revoke(revocation(Kind.TOKEN, "a", BEGIN));
        open("late", token(binding("a", "", ""), 600));
        assertEquals(List.of("late token_revoked"), ended);
    }

    @Test
    void K3_K4_an_answer_under_way_ends_as_a_socket_does() {
        var revokedWhy = new ArrayList<String>();
        var expiredWhy = new ArrayList<String>();
        Verified revokedOne = token(binding("a", "", ""), 600);
        permits.lease(revokedOne).hold(Runnable::run, why -> revokedWhy.add(why.reason()));
        var sent = permits.lease(revokedOne).hold(Runnable::run, _ -> revokedWhy.add("after it was sent"));
        permits.lease(token(binding("b", "", ""), 60)).hold(Runnable::run, why -> expiredWhy.add(why.reason()));
        sent.close();
        revoke(revocation(Kind.TOKEN, "a", clock.instant()));
        clock.forward(Duration.ofSeconds(60).plus(SKEW));
        permits.expire();
        assertEquals(List.of("token_revoked"), revokedWhy);
        assertEquals(List.of("token_expired"), expiredWhy);
    }

    @Test
    void L1_nothing_stays_of_a_socket_that_closed_and_of_a_revocation_that_expired() {
        Permit permit = open("socket", token(binding("a", "", ""), 60));
        assertTrue(
                permit.renew(token(binding("b", "", ""), 600), Scope.read("w")).isEmpty());
        permit.close();
        assertEquals(0, permits.size());
        assertTrue(
                permit.renew(token(binding("c", "", ""), 900), Scope.read("w")).isPresent());
        revoke(revocation(Kind.TOKEN, "a", BEGIN));
        revoke(revocation(Kind.ALL, "", BEGIN));
        assertEquals(2, revoked.size());
        revoked.forget(BEGIN.plus(Duration.ofDays(30)));
        assertEquals(2, revoked.size());
        revoked.forget(BEGIN.plus(Duration.ofDays(31)));
        assertEquals(0, revoked.size());
        assertFalse(revoked.cover(token(binding("a", "", ""), 600)));
        assertEquals(List.of(), ended);
    }
}
