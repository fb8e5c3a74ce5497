package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.edge.http.ProblemException;
import io.skein.engine.module.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PastTest {
    private final Past past = new Past(2, Duration.ofMillis(1_500));

    private void assertFull() {
        var refusal =
                assertThrows(ProblemException.class, past::place).problem().refusal();
        assertEquals(ErrorCode.OVERLOADED, refusal.code());
        assertEquals(1_500, refusal.retryAfterMillis());
    }

    @Test
    void L2_one_past_state_too_many_is_overloaded_until_one_is_done() {
        Runnable first = past.place();
        past.place();
        assertFull();
        first.run();
        past.place();
        assertFull();
    }

    @Test
    void a_place_that_is_given_back_twice_is_one_place() {
        Runnable first = past.place();
        Runnable second = past.place();
        first.run();
        first.run();
        Runnable third = past.place();
        assertFull();
        second.run();
        third.run();
        past.place();
        past.place();
        assertFull();
    }
}
