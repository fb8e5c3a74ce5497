package io.skein.persistence;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs what waits for the database or takes long: on virtual threads, a few at once, never on an actor's. One more is refused at once.
 */
public final class Readers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

    private final String name;
    private final int atOnce;
    private final Duration retryAfter;
    private final Semaphore free;
    private volatile boolean closed;

    /**
     * @param name for the threads
     * @param atOnce how many may run
     * @param retryAfter what one too many is advised
     */
    public Readers(String name, int atOnce, Duration retryAfter) {
        this.name = name;
        this.atOnce = atOnce;
        this.retryAfter = retryAfter;
        this.free = new Semaphore(atOnce);
    }

    /** Says whether anybody still wants to know. */
    @FunctionalInterface
    public interface Wanted {
        /**
         * To be called between steps; lets others run, too.
         *
         * @throws CancellationException if the answer was cancelled or everything is closing
         */
        void check();
    }

    /** A piece of work. */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * @throws CorruptException if what is stored cannot be read; answered {@code internal}
         */
        Answer<T> run(Wanted wanted) throws SQLException;
    }

    /**
     * Starts a piece of work. Cancelling the future ends it at its next step.
     *
     * @return fails only where the work itself has a mistake
     */
    public <T> CompletableFuture<Answer<T>> start(Work<T> work) {
        var answer = new CompletableFuture<Answer<T>>();
        if (closed || !free.tryAcquire()) {
            ErrorCode code = closed ? ErrorCode.UNAVAILABLE : ErrorCode.OVERLOADED;
            answer.complete(later(code, "too many ask at once"));
            return answer;
        }
        Thread.ofVirtual().name(name).start(() -> {
            var found = new CompletableFuture<Answer<T>>();
            try {
                run(work, answer, found);
            } finally {
                // First the place, then the answer: who asks again upon it must find the place free.
                free.release();
                var _ = found.whenComplete((value, failure) -> {
                    var _ = failure == null ? answer.complete(value) : answer.completeExceptionally(failure);
                });
            }
        });
        return answer;
    }

    private <T> void run(Work<T> work, CompletableFuture<Answer<T>> answer, CompletableFuture<Answer<T>> found) {
        try {
            found.complete(work.run(() -> check(answer)));
        } catch (CancellationException _) {
            found.complete(later(ErrorCode.UNAVAILABLE, "this node is stopping"));
        } catch (SQLException e) {
            LOG.warn("{}: the database does not answer", name, e);
            found.complete(later(ErrorCode.UNAVAILABLE, "the database does not answer"));
        } catch (CorruptException e) {
            LOG.error("{}: what is stored cannot be read; `skein verify` says more", name, e);
            found.complete(new Answer.Refused<>(Refusal.of(ErrorCode.INTERNAL, "what is stored cannot be read")));
        } catch (RuntimeException | Error e) {
            found.completeExceptionally(e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")
    private void check(CompletableFuture<?> answer) {
        if (closed || answer.isDone()) {
            throw new CancellationException();
        }
        // Fairness alone rests on it: virtual threads are not preempted, and replaying is all CPU.
        Thread.yield();
    }

    private <T> Answer<T> later(ErrorCode code, String message) {
        return new Answer.Refused<>(Refusal.later(code, message, retryAfter.toMillis()));
    }

    /** Refuses what comes, and waits for what runs to reach its next step. */
    @Override
    public void close() {
        closed = true;
        free.acquireUninterruptibly(atOnce);
        free.release(atOnce);
    }
}
