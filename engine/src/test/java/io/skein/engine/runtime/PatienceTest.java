package io.skein.engine.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class PatienceTest {
    private static final Duration ATTEMPT = Duration.ofSeconds(2);
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private final List<Duration> attempts = new ArrayList<>();

    /** Gives these answers one after the other, the last one again and again. */
    private CompletionStage<String> answer(Duration within, List<CompletableFuture<String>> answers) {
        attempts.add(within);
        return answers.get(Math.min(attempts.size(), answers.size()) - 1);
    }

    private String ask(Duration whole, List<CompletableFuture<String>> answers) throws Exception {
        return new Patience(whole, ATTEMPT)
                .ask(within -> answer(within, answers), text -> text.equals("later") ? AT_ONCE : Duration.ZERO)
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static CompletableFuture<String> said(String text) {
        return CompletableFuture.completedFuture(text);
    }

    private static CompletableFuture<String> failed(Exception failure) {
        return CompletableFuture.failedFuture(failure);
    }

    @Test
    void anAnswerThatStands_isNotAskedForAgain() throws Exception {
        assertEquals("yes", ask(Duration.ofSeconds(20), List.of(said("yes"), said("no"))));
        assertEquals(List.of(ATTEMPT), attempts);
    }

    @Test
    void ownersThatAreNotThereYetOrDoNotAnswer_areAskedAgain() throws Exception {
        assertEquals(
                "yes",
                ask(Duration.ofSeconds(20), List.of(said("later"), failed(new TimeoutException("lost")), said("yes"))));
        assertEquals(3, attempts.size());
    }

    @Test
    void anotherFailure_isNot() {
        ExecutionException failure = assertThrows(
                ExecutionException.class,
                () -> ask(Duration.ofSeconds(20), List.of(failed(new IllegalStateException("broken")), said("yes"))));
        assertInstanceOf(IllegalStateException.class, failure.getCause());
        assertEquals(1, attempts.size());
    }

    @Test
    void whenTheTimeIsOver_theLastAnswerIsGiven_andNoAttemptWasToTakeLonger() throws Exception {
        assertEquals("later", ask(Duration.ofMillis(50), List.of(said("later"))));
        assertTrue(attempts.size() > 1, attempts::toString);
        assertTrue(
                attempts.stream().allMatch(within -> within.compareTo(Duration.ofMillis(50)) <= 0), attempts::toString);
        assertThrows(
                ExecutionException.class,
                () -> ask(Duration.ofMillis(50), List.of(failed(new TimeoutException("lost")))));
    }
}
