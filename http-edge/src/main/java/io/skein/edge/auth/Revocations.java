package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Problem;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import io.skein.persistence.auth.Revocation;
import io.skein.persistence.auth.RevocationTable;
import io.skein.persistence.auth.RevocationTable.Numbered;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a node's revocations as they are in the database (rule K3): it asks for those that others have made since it last did, so a node that was away
 * catches up, and ends the sockets that they concern. A node that gets no answer is not ready soon, and lets nobody new in later on.
 */
public final class Revocations implements Standing, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final int PAGE = 10_000;
    private static final int WRITERS = 16;
    private static final Duration WRITE_RETRY = Duration.ofSeconds(1);
    private static final Duration COMPLAIN_AFTER = Duration.ofSeconds(5);
    private static final Duration EXPIRE_EVERY = Duration.ofSeconds(1);
    private static final Duration FORGET_EVERY = Duration.ofMinutes(1);
    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final RevocationTable table;
    private final AuthSettings.Revocations settings;
    private final InstantSource clock;
    private final AuthMeters meters;
    private final RevokedTokens revoked = new RevokedTokens();
    private final Permits permits;
    private final Readers writers = new Readers("skein-revocations", WRITERS, WRITE_RETRY);
    /** Two threads: sockets expire also while the database does not answer. */
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(
            2, Thread.ofPlatform().daemon().name("skein-tokens-", 0).factory());

    /** Of the thread that asks. */
    private long last;

    private volatile long heardNanos = System.nanoTime();
    private volatile boolean isSilent;

    private Revocations(
            RevocationTable table, AuthSettings settings, AuthMeters meters, Guard guard, InstantSource clock) {
        this.table = table;
        this.settings = settings.revocations();
        this.clock = clock;
        this.meters = meters;
        this.permits = new Permits(revoked, meters, guard, settings.clockSkew(), clock);
    }

    /**
     * Asks for all there are, and goes on asking.
     *
     * @throws SQLException if the database does not tell; without it nobody may be let in
     */
    static Revocations start(
            RevocationTable table, AuthSettings settings, AuthMeters meters, Guard guard, InstantSource clock)
            throws SQLException {
        var started = new Revocations(table, settings, meters, guard, clock);
        started.ask();
        long poll = started.settings.poll().toMillis();
        var _ = started.threads.scheduleWithFixedDelay(started::poll, poll, poll, TimeUnit.MILLISECONDS);
        started.every(FORGET_EVERY, started::forget);
        started.every(EXPIRE_EVERY, started.permits::expire);
        return started;
    }

    private void every(Duration interval, Runnable work) {
        var _ = threads.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        LOG.error("what is done about tokens every {} failed", interval, e); // and is done again
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Of this node's sockets. */
    public Permits permits() {
        return permits;
    }

    // ---- what others have revoked

    private void poll() {
        try {
            ask();
            if (isSilent) LOG.info("the database tells again which tokens are revoked");
            isSilent = false;
        } catch (SQLException | RuntimeException e) {
            if (!isSilent) LOG.warn("the database does not tell which tokens are revoked", e);
            isSilent = true;
        }
    }

    private void ask() throws SQLException {
        long asked = System.nanoTime();
        List<Numbered> found;
        do {
            found = table.since(last, clock.instant(), PAGE);
            for (Numbered one : found) {
                take(one.revocation());
                last = one.id();
            }
        } while (found.size() == PAGE);
        heardNanos = asked;
    }

    private void take(Revocation revocation) {
        revoked.add(revocation);
        permits.revoked(revocation);
    }

    private void forget() {
        revoked.forget(clock.instant());
        try {
            table.forget(clock.instant());
        } catch (SQLException e) {
            LOG.debug("revocations that have expired stay a while", e);
        }
    }

    // ---- whether a token counts

    @Override
    public Optional<Refused> objection(Verified who) {
        if (silence().compareTo(settings.patience()) > 0) {
            return Optional.of(new Refused(
                    Failure.UNKNOWABLE,
                    Problem.of(Refusal.later(
                            ErrorCode.UNAVAILABLE,
                            "whether tokens were revoked cannot be asked now",
                            RETRY_AFTER_MILLIS))));
        }
        return revoked.cover(who) ? Optional.of(Refused.revoked()) : Optional.empty();
    }

    private Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }

    /** What a node's health has to say. */
    public Optional<String> complaint() {
        return silence().compareTo(COMPLAIN_AFTER) > 0
                ? Optional.of("which tokens are revoked cannot be asked")
                : Optional.empty();
    }

    // ---- what is revoked here

    /**
     * Revokes, durably and on this node at once.
     *
     * @param by who does it, with what
     * @param from where they come from
     * @param isOperators whether an operator does; the bound on all of them holds for others
     * @return refused: {@code overloaded}, {@code too_large}, {@code unavailable}
     */
    public CompletableFuture<Answer<Revocation>> revoke(
            Revocation revocation, Verified by, Address from, boolean isOperators) {
        if (revoked.size() >= settings.most() && !isOperators) {
            return CompletableFuture.completedFuture(new Answer.Refused<>(Refusal.later(
                    ErrorCode.OVERLOADED, "too many revocations are kept already", WRITE_RETRY.toMillis())));
        }
        return writers.start(_ -> {
            if (!table.put(revocation, settings.mostOfOne(), by.origin(from))) {
                return new Answer.Refused<>(Refusal.of(
                        ErrorCode.TOO_LARGE,
                        "at most %d revocations of one user are kept: revoke all of their tokens"
                                .formatted(settings.mostOfOne())));
            }
            meters.countRevocation();
            take(revocation);
            return new Answer.Found<>(revocation);
        });
    }

    /** For how long a revocation has to be kept. */
    public Duration kept() {
        return settings.kept();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        writers.close();
    }
}
