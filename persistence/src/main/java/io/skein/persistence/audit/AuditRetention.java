package io.skein.persistence.audit;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets old rows of the audit log go, a few thousand at a time. Every node does it, each at its own moments; two at once do no harm, the second finds
 * less.
 */
public final class AuditRetention implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuditRetention.class);
    private static final int BATCH = 5_000;
    /** What is left then goes the next time. */
    private static final int MOST_BATCHES = 200;

    private final AuditLog log;
    private final Duration kept;
    private final InstantSource clock;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("skein-audit-retention").factory());

    private AuditRetention(AuditLog log, Duration kept, InstantSource clock) {
        this.log = log;
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * @param kept how long rows stay; zero: for ever
     * @param every how often it looks
     */
    public static AuditRetention start(AuditLog log, Duration kept, Duration every, InstantSource clock) {
        var started = new AuditRetention(log, kept, clock);
        if (!kept.isZero()) {
            var _ = started.thread.scheduleWithFixedDelay(
                    started::forget, every.toMillis(), every.toMillis(), TimeUnit.MILLISECONDS);
        }
        return started;
    }

    private void forget() {
        try {
            int gone = 0;
            for (int i = 0, batch = BATCH; i < MOST_BATCHES && batch == BATCH; i++) {
                batch = log.forget(clock.instant().minus(kept), BATCH);
                gone += batch;
            }
            if (gone > 0) {
                LOG.info("{} entries of the audit log were older than {} and are gone", gone, kept);
            }
        } catch (SQLException | RuntimeException e) {
            LOG.warn("old entries of the audit log stay until the next look", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
