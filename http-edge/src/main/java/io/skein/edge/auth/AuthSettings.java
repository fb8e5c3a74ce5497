package io.skein.edge.auth;

import io.skein.cluster.TrustedIssuer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How identities are made and checked.
 *
 * @param issuer the {@code iss} of Skein's own tokens; with the subject it makes the identity, so it must stay the same
 * @param audience the {@code aud} a token must have to be meant for this installation
 * @param tokenLifetime of tokens issued here
 * @param madeLifetime of tokens made from others, where no lifetime is asked for
 * @param clockSkew how far another machine's clock may be off
 * @param ticketLifetime of socket tickets
 * @param maxUsedTickets how many used tickets are remembered until they expire; beyond that sockets are refused as {@code overloaded}
 * @param development whether anyone gets an identity who asks for one
 * @param issuers others whose tokens are taken
 * @param revocations how they are kept
 */
public record AuthSettings(
        String issuer,
        String audience,
        Duration tokenLifetime,
        Duration madeLifetime,
        Duration clockSkew,
        Duration ticketLifetime,
        int maxUsedTickets,
        boolean development,
        List<TrustedIssuer> issuers,
        Revocations revocations) {
    /**
     * How revocations are kept.
     *
     * @param kept for how long, and so how long a token may live at most
     * @param poll how often a node asks for those made at others
     * @param patience after so long without an answer nobody new is let in
     * @param most of all users
     * @param mostOfOne of one user
     */
    public record Revocations(Duration kept, Duration poll, Duration patience, int most, int mostOfOne) {}

    /** What Skein ships with, outside of development mode. */
    public static final AuthSettings DEFAULT = new AuthSettings(
            "skein",
            "skein",
            Duration.ofDays(30),
            Duration.ofMinutes(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            100_000,
            false,
            List.of(),
            new Revocations(Duration.ofDays(31), Duration.ofMillis(500), Duration.ofSeconds(30), 100_000, 1_000));

    public AuthSettings {
        issuers = List.copyOf(issuers);
    }

    public AuthSettings withDevelopment(boolean on) {
        return new AuthSettings(
                issuer,
                audience,
                tokenLifetime,
                madeLifetime,
                clockSkew,
                ticketLifetime,
                maxUsedTickets,
                on,
                issuers,
                revocations);
    }

    /** For whose users our own tokens may stand. */
    private Set<String> vouchers() {
        return issuers.stream().map(TrustedIssuer::issuer).collect(Collectors.toSet());
    }

    /** What tokens of others must say. */
    Claims claims(TrustedIssuer other, InstantSource clock) {
        return new Claims(
                other.issuer(),
                other.audience(),
                false,
                Set.of(),
                other.scopeClaim(),
                clockSkew,
                revocations.kept(),
                clock);
    }

    /** What tokens issued here must say. */
    Claims ownClaims(InstantSource clock) {
        return new Claims(issuer, audience, true, vouchers(), "scope", clockSkew, revocations.kept(), clock);
    }
}
