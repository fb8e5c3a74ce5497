package io.skein.edge.auth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import io.skein.cluster.TrustedIssuer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys of one other issuer, as it last published them. Fetched on a virtual thread, never on an event loop; one fetch at a time, and not more
 * often than the pace says, whatever tokens come: a token that names a key which nobody has is no reason to ask the issuer again and again.
 * While the issuer is away the keys that it had go on. Thread-safe.
 */
final class IssuerKeys {
    private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

    /**
     * How often keys are fetched.
     *
     * @param refreshAfter keys that are older are fetched anew beside the next token, so that those withdrawn go
     * @param oldAfter keys that are older are not used before it was tried to fetch them anew
     * @param notWithin of the last attempt, whatever it came to
     */
    record Pace(Duration refreshAfter, Duration oldAfter, Duration notWithin) {
        static final Pace USUAL = new Pace(Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofSeconds(20));
    }

    /** What there is to check a token with. */
    sealed interface Found {
        /** @param genuine tokens whose signature one of the present keys made */
        record Keys(List<JWK> keys, GenuineTokens genuine) implements Found {}

        /** The issuer has no such key. */
        record Unknown() implements Found {}

        /** Its keys were never to be had. */
        record Away() implements Found {}
    }

    private record Published(JWKSet set, GenuineTokens genuine, Instant at) {}

    private final TrustedIssuer issuer;
    private final Pace pace;
    private final AuthMeters meters;
    private final Consumer<List<String>> changes;
    private final InstantSource clock;
    private final KeyFetch fetch;
    private volatile @Nullable Published published;
    private @Nullable CompletableFuture<Void> fetching;
    /** Of the thread that fetches, of which there is one at a time. */
    private volatile @Nullable List<String> told;

    private Instant triedAt = Instant.MIN;

    /** @param changes told, on a thread that may wait, the ids of the keys whenever they are other ones */
    IssuerKeys(
            TrustedIssuer issuer, Pace pace, AuthMeters meters, Consumer<List<String>> changes, InstantSource clock) {
        this.issuer = issuer;
        this.pace = pace;
        this.meters = meters;
        this.changes = changes;
        this.clock = clock;
        this.fetch = new KeyFetch(issuer);
    }

    /** Fetches them before anybody asks. */
    void warm() {
        var _ = fetched();
    }

    /** Tokens of the present keys; with other keys, another one. */
    GenuineTokens genuine() {
        Published known = published;
        return known == null ? new GenuineTokens() : known.genuine();
    }

    /** Whether the keys have to be looked at before a token is believed that was checked with them earlier. */
    boolean areOld() {
        Published known = published;
        return known == null || isPast(known.at(), pace.refreshAfter());
    }

    /** The keys that may have signed something with this header. Never fails. */
    CompletionStage<Found> find(JWSHeader header) {
        Published known = published;
        Found found = select(header, known);
        if (known != null && found instanceof Found.Keys && !isPast(known.at(), pace.oldAfter())) {
            if (isPast(known.at(), pace.refreshAfter())) {
                var _ = fetched();
            }
            return CompletableFuture.completedFuture(found);
        }
        return fetched()
                .<CompletionStage<Found>>map(done -> done.thenApply(_ -> select(header, published)))
                .orElseGet(() -> CompletableFuture.completedFuture(select(header, published)));
    }

    private static Found select(JWSHeader header, @Nullable Published known) {
        if (known == null) return new Found.Away();
        List<JWK> keys = new JWKSelector(JWKMatcher.forJWSHeader(header)).select(known.set());
        return keys.isEmpty() ? new Found.Unknown() : new Found.Keys(keys, known.genuine());
    }

    private boolean isPast(Instant since, Duration after) {
        return clock.instant().isAfter(since.plus(after));
    }

    /** The fetch that is under way, or one that begins now; empty: it is too soon for one. */
    private synchronized Optional<CompletableFuture<Void>> fetched() {
        CompletableFuture<Void> running = fetching;
        if (running != null && !running.isDone()) return Optional.of(running);
        Instant now = clock.instant();
        if (!triedAt.equals(Instant.MIN) && now.isBefore(triedAt.plus(pace.notWithin()))) return Optional.empty();
        triedAt = now;
        var begun = new CompletableFuture<Void>();
        fetching = begun;
        Thread.ofVirtual().name("skein-issuer-keys").start(() -> {
            try {
                publish(fetch.keys(), now);
            } catch (Exception e) {
                meters.countKeysFailed();
                LOG.warn("the keys of {} cannot be fetched: {}", issuer.issuer(), e.toString());
            } finally {
                begun.complete(null); // whatever happened: requests wait for it
            }
            tellChanges();
        });
        return Optional.of(begun);
    }

    /** Not while requests wait. */
    private void tellChanges() {
        Published now = published;
        if (now == null) return;
        List<String> ids = now.set().getKeys().stream()
                .map(JWK::getKeyID)
                .filter(Objects::nonNull)
                .sorted()
                .toList();
        if (!ids.equals(told)) {
            told = ids;
            changes.accept(ids);
        }
    }

    /** Signatures of keys that stay need not be checked again; of one that goes they must count no more. */
    private void publish(JWKSet set, Instant at) {
        Published before = published;
        if (before != null && before.set().getKeys().equals(set.getKeys())) {
            published = new Published(set, before.genuine(), at);
        } else {
            published = new Published(set, new GenuineTokens(), at);
            LOG.info("{} has {} keys", issuer.issuer(), set.size());
        }
    }
}
