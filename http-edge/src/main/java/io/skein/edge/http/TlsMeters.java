package io.skein.edge.http;

import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a node counts of TLS with its clients. Any thread may count. */
public final class TlsMeters {
    /** How a handshake fails. */
    enum Failure {
        /** It took too long. */
        TIMEOUT,
        /** The client closed the connection, as a probe does that only tries whether there is a port. */
        CLOSED,
        /** One side does not take what the other one offers, or what came is no TLS. */
        REFUSED
    }

    private final Map<Failure, Meter.Counter> failures = new EnumMap<>(Failure.class);
    private final Meter.Counter unusable;
    private volatile @Nullable Instant expiresAt;

    public TlsMeters(Meters meters) {
        for (Failure failure : Failure.values()) {
            failures.put(
                    failure,
                    meters.counter(
                            "skein_tls_handshakes_failed_total",
                            "TLS handshakes with clients that failed.",
                            new Meter.Label("why", failure.name().toLowerCase(Locale.ROOT))));
        }
        unusable = meters.counter(
                "skein_tls_unusable_total",
                "Looks at the files of skein.http.tls that found something new, or nothing, and could not use it.");
        meters.gauge(
                "skein_tls_certificate_seconds",
                "How long the certificate is valid that clients are shown; NaN without TLS.",
                this::secondsLeft);
    }

    private double secondsLeft() {
        Instant expiry = expiresAt;
        return expiry == null
                ? Double.NaN
                : Duration.between(Instant.now(), expiry).toSeconds();
    }

    void shows(Instant validUntil) {
        expiresAt = validUntil;
    }

    void countFailed(Failure failure) {
        Objects.requireNonNull(failures.get(failure)).increment();
    }

    void countUnusable() {
        unusable.increment();
    }
}
