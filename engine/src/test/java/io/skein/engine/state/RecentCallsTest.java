package io.skein.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.Refusal;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import org.junit.jupiter.api.Test;

/** Rules I1 and L1: what is remembered is bounded by number, and by the length of what was said. */
class RecentCallsTest {
    private static final Identity WHO = Identity.of("test", "who");
    private static final Bytes DIGEST = Bytes.of(new byte[CallKey.DIGEST_BYTES]);
    private static final Json LONGEST = new Json("x".repeat(Tx.MAX_ANSWER_BYTES));
    private static final int FULL = RecentCalls.MAX_CHARACTERS / Tx.MAX_ANSWER_BYTES;

    private static CallKey key(int n) {
        return new CallKey("k" + n, DIGEST);
    }

    private static RecentCalls answered(RecentCalls calls, int n, Json answer) {
        return calls.with(WHO, key(n), RecentCalls.Answer.of(key(n), n, null, answer, 0));
    }

    private static RecentCalls refused(RecentCalls calls, int n) {
        Refusal refusal = Refusal.rejected("no", "no", LONGEST);
        return calls.with(WHO, key(n), RecentCalls.Answer.of(key(n), 0, refusal, null, 0));
    }

    @Test
    void L1_longAnswersAndDetails_areBoundedTogether() {
        RecentCalls calls = RecentCalls.empty(1_000_000);
        for (int n = 1; n <= 3 * FULL; n++) {
            calls = n % 2 == 0 ? answered(calls, n, LONGEST) : refused(calls, n);
            assertTrue(calls.size() <= 2 * FULL, "remembered: " + calls.size());
        }
        assertNull(calls.find(WHO, "k1"));
        for (int n = 2 * FULL; n <= 3 * FULL; n++) {
            assertNotNull(calls.find(WHO, "k" + n), "a thousand of the longest are remembered");
        }
    }

    @Test
    void L1_anAnswerThatTakesTheSamePlace_isCountedOnce() {
        RecentCalls calls = answered(RecentCalls.empty(1_000_000), 1, LONGEST);
        for (int i = 0; i < 2 * FULL; i++) {
            calls = answered(calls, 2, LONGEST);
        }
        assertNotNull(calls.find(WHO, "k1"));
        assertEquals(2, calls.size());
    }

    @Test
    void A1_whetherAnybodyAnswered_isKnown() {
        RecentCalls calls = RecentCalls.empty(2);
        for (int n = 1; n <= 4; n++) {
            calls = calls.with(WHO, key(n), RecentCalls.Answer.of(key(n), n, null, null, 0));
            assertFalse(calls.hasAnswers());
        }
        calls = answered(calls, 5, new Json("{}"));
        for (int n = 6; n <= 8; n++) {
            assertTrue(calls.hasAnswers(), "before call " + n);
            calls = calls.with(WHO, key(n), RecentCalls.Answer.of(key(n), n, null, null, 0));
        }
        calls = calls.with(WHO, key(9), RecentCalls.Answer.of(key(9), 9, null, null, 0));
        assertFalse(calls.hasAnswers(), "it is forgotten");
    }
}
