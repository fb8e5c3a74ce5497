package io.skein.engine.runtime;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Asks again while the answer is that there is none yet: an owner that moves or is lost takes questions along. What is asked may be asked
 * twice, so it is a question that changes nothing, or a call with a key.
 *
 * @param whole how long somebody waits for an answer
 * @param attempt how long for that to one attempt, before it is asked again
 */
record Patience(Duration whole, Duration attempt) {
    /** How long to wait before asking again; zero for an answer that stands. */
    @FunctionalInterface
    interface Later<A> extends Function<A, Duration> {}

    /**
     * @param ask one attempt, which fails with {@link TimeoutException} after the time that it is given
     * @return the last attempt's answer, or its failure
     */
    <A> CompletionStage<A> ask(Function<Duration, CompletionStage<A>> ask, Later<A> later) {
        return ask(System.nanoTime() + whole.toNanos(), ask, later);
    }

    private <A> CompletionStage<A> ask(long giveUpNanos, Function<Duration, CompletionStage<A>> ask, Later<A> later) {
        long leftNanos = giveUpNanos - System.nanoTime();
        Duration within = Duration.ofNanos(Math.max(1, Math.min(leftNanos, attempt.toNanos())));
        return ask.apply(within)
                .handle((answer, failure) -> {
                    Duration pause = failure == null ? later.apply(answer) : Duration.ofMillis(1);
                    boolean again = failure == null ? !pause.isZero() : isTimeout(failure);
                    if (!again || giveUpNanos - System.nanoTime() <= pause.toNanos()) {
                        return failure == null
                                ? CompletableFuture.completedFuture(answer)
                                : CompletableFuture.<A>failedFuture(failure);
                    }
                    Executor then = CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
                    return CompletableFuture.supplyAsync(() -> ask(giveUpNanos, ask, later), then)
                            .thenCompose(answers -> answers);
                })
                .thenCompose(answers -> answers);
    }

    private static boolean isTimeout(Throwable failure) {
        return failure instanceof TimeoutException
                || (failure instanceof CompletionException && failure.getCause() instanceof TimeoutException);
    }
}
