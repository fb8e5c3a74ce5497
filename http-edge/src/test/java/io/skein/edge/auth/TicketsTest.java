package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.engine.module.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00.9Z"));
    private static final AuthSettings USUAL = AuthSettings.DEFAULT;
    private final AuthSettings settings = new AuthSettings(
            USUAL.issuer(),
            USUAL.audience(),
            USUAL.tokenLifetime(),
            USUAL.madeLifetime(),
            USUAL.clockSkew(),
            USUAL.ticketLifetime(),
            3,
            false,
            USUAL.issuers(),
            USUAL.revocations());
    private final SigningKey key = SigningKey.generate();
    private final Tickets tickets = new Tickets(key, settings, clock);
    /** A ticket keeps all of it. */
    private final Verified holder = new Verified(
            "elsewhere",
            "somebody",
            Instant.parse("2026-01-02T00:00:00Z"),
            new Binding("t2", List.of("t0", "t1"), "phone", "s1", Instant.parse("2025-12-31T00:00:00Z")),
            Scopes.asked(List.of("skein:read:w1", "skein:call:w1:append")));

    private void assertRefused(String detail, Verification verification) {
        Refused refused = assertInstanceOf(Refused.class, verification);
        assertEquals(ErrorCode.UNAUTHENTICATED, refused.problem().refusal().code());
        assertEquals(detail, refused.problem().refusal().message());
    }

    @Test
    void a_ticket_is_worth_its_token_once() {
        String ticket = tickets.issue(holder);
        assertEquals(holder, tickets.redeem(ticket));
        assertRefused("the ticket was used before", tickets.redeem(ticket));
        clock.forward(Duration.ofSeconds(59));
        assertRefused("the ticket was used before", tickets.redeem(ticket));
    }

    @Test
    void any_node_with_the_same_key_takes_it() {
        Tickets elsewhere = new Tickets(SigningKey.parse(key.jwk().toJSONString()), settings, clock);
        assertEquals(holder, elsewhere.redeem(tickets.issue(holder)));
        Tickets stranger = new Tickets(SigningKey.generate(), settings, clock);
        assertRefused("this is no ticket of ours", stranger.redeem(tickets.issue(holder)));
    }

    @Test
    void V3_a_ticket_expires_after_a_minute() {
        String ticket = tickets.issue(holder);
        clock.forward(Duration.ofSeconds(59));
        assertEquals(holder, tickets.redeem(ticket));
        String other = tickets.issue(holder);
        clock.forward(Duration.ofSeconds(61));
        assertRefused("the ticket has expired", tickets.redeem(other));
    }

    @Test
    void V3_a_token_is_no_ticket_and_a_ticket_no_token() {
        String token = new TokenIssuer(key, settings, clock, new GenuineTokens())
                .issue("somebody")
                .token();
        assertRefused("this is no ticket of ours", tickets.redeem(token));
        Verification asToken = new OwnTokenVerifier(key, settings, clock, new GenuineTokens())
                .verify(tickets.issue(holder))
                .toCompletableFuture()
                .join();
        assertRefused("the token is not signed with ES256", asToken);
        for (String text : new String[] {"", "a.b.c", "e30.e30.e30"}) {
            assertRefused("this is no ticket of ours", tickets.redeem(text));
        }
    }

    @Test
    void L2_more_tickets_than_can_be_remembered_are_overloaded_until_some_expire() {
        for (int i = 0; i < 3; i++) {
            assertEquals(holder, tickets.redeem(tickets.issue(holder)));
            clock.forward(Duration.ofSeconds(1));
        }
        Refused refused = assertInstanceOf(Refused.class, tickets.redeem(tickets.issue(holder)));
        assertEquals(ErrorCode.OVERLOADED, refused.problem().refusal().code());
        assertEquals(5_000, refused.problem().refusal().retryAfterMillis());
        // The first was used 90.001 s ago, which is the ticket's life and the skew of clocks.
        clock.forward(Duration.ofMillis(87_001));
        assertEquals(holder, tickets.redeem(tickets.issue(holder)));
        assertEquals(
                ErrorCode.OVERLOADED,
                assertInstanceOf(Refused.class, tickets.redeem(tickets.issue(holder)))
                        .problem()
                        .refusal()
                        .code());
    }
}
