package io.skein.edge.auth;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What this node counts of who came, and with what. */
public final class AuthMeters {
    private final Map<Failure, Meter.Counter> failures = new EnumMap<>(Failure.class);
    private final Meter.Counter keysFailed;
    private final Meter.Counter made;
    private final Meter.Counter failed;
    private final Meter.Counter revocations;
    private final Meter.Counter revoked;
    private final Meter.Counter expired;
    private final Meter.Counter renewed;

    public AuthMeters(Meters meters) {
        for (Failure failure : Failure.values()) {
            failures.put(
                    failure,
                    meters.counter(
                            "skein_auth_failures_total",
                            "Requests in which somebody failed to show who they are, or that they may, by kind.",
                            new Meter.Label("kind", failure.kind())));
        }
        keysFailed =
                meters.counter("skein_auth_keys_failed_total", "Attempts to fetch another issuer's keys that failed.");
        made = meters.counter("skein_tokens_made_total", "Tokens made from other tokens.");
        failed = meters.counter("skein_tokens_failed_total", "Requests for a token that were refused or failed.");
        revocations = meters.counter("skein_revocations_total", "Revocations made at this node.");
        revoked = meters.counter(
                "skein_sessions_ended_revoked_total",
                "Sockets, and answers under way, that were ended because their token was revoked.");
        expired = meters.counter(
                "skein_sessions_ended_expired_total",
                "Sockets, and answers under way, that were ended because their token expired.");
        renewed = meters.counter("skein_sessions_renewed_total", "Fresh tokens taken on open sockets.");
    }

    void count(Failure failure) {
        Objects.requireNonNull(failures.get(failure)).increment();
    }

    void countKeysFailed() {
        keysFailed.increment();
    }

    public void countMade() {
        made.increment();
    }

    public void countFailed() {
        failed.increment();
    }

    void countRevocation() {
        revocations.increment();
    }

    void countRevoked() {
        revoked.increment();
    }

    void countExpired() {
        expired.increment();
    }

    void countRenewed() {
        renewed.increment();
    }
}
