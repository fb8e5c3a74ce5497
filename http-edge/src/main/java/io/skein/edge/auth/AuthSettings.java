package io.skein.edge.auth;

import java.time.Duration;

/**
 * How identities are made and checked.
 *
 * @param issuer the {@code iss} of Skein's own tokens; with the subject it makes the identity, so it must stay the same
 * @param audience the {@code aud} a token must have to be meant for this installation
 * @param tokenLifetime of tokens issued here
 * @param clockSkew how far another machine's clock may be off
 * @param ticketLifetime of socket tickets
 * @param maxUsedTickets how many used tickets are remembered until they expire; beyond that sockets are refused as {@code overloaded}
 * @param development whether anyone gets an identity who asks for one
 */
public record AuthSettings(
        String issuer,
        String audience,
        Duration tokenLifetime,
        Duration clockSkew,
        Duration ticketLifetime,
        int maxUsedTickets,
        boolean development) {
    /** What Skein ships with, outside of development mode. */
    public static final AuthSettings DEFAULT = new AuthSettings(
            "skein", "skein", Duration.ofDays(30), Duration.ofSeconds(30), Duration.ofSeconds(60), 100_000, false);

    public AuthSettings withDevelopment(boolean on) {
        return new AuthSettings(issuer, audience, tokenLifetime, clockSkew, ticketLifetime, maxUsedTickets, on);
    }
}
