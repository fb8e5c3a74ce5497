package io.skein.engine.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.state.RecentCalls.Answer;
import io.skein.engine.state.RecentCalls.Caller;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Rule I1: a generation of remembered calls, beside a map that does the same. */
class CallsTest {
    private static final Identity ANN = Identity.of("test", "ann");
    private static final Identity BEN = Identity.of("test", "ben");

    private static Answer at(long seq) {
        return new Answer(seq * 7, -seq, seq, null, null, 1_000 + seq);
    }

    private static List<Caller> callers(Calls calls) {
        var callers = new ArrayList<Caller>();
        calls.forEach((caller, _) -> callers.add(caller));
        return callers;
    }

    @Test
    void I1_whatIsRemembered_isFound_withAllThatWasSaid() {
        var refused = new Answer(1, 2, 0, Refusal.of(ErrorCode.FORBIDDEN, "no"), null, 5);
        var answered = new Answer(3, 4, 9, null, new Json("{\"ä\":1}"), 6);
        Calls calls = Calls.empty()
                .with(ANN, "a", refused)
                .with(BEN, "a", answered)
                .with(ANN, "schlüssel-" + "ß".repeat(110), at(3));
        assertEquals(refused, calls.find(ANN, "a"));
        assertEquals(answered, calls.find(BEN, "a"));
        assertEquals(at(3), calls.find(ANN, "schlüssel-" + "ß".repeat(110)));
        assertNull(calls.find(BEN, "b"));
    }

    @Test
    void I1_anEarlierState_knowsNothingOfWhatCameLater() {
        Calls before = Calls.empty().with(ANN, "1", at(1));
        Calls after = before.with(ANN, "2", at(2));
        assertNull(before.find(ANN, "2"));
        assertEquals(List.of(new Caller(ANN, "1")), callers(before));
        assertEquals(at(2), after.find(ANN, "2"));
    }

    @Test
    void I1_twoThatFollowTheSameState_doNotMeet() {
        Calls before = Calls.empty().with(ANN, "1", at(1));
        Calls one = before.with(ANN, "2", at(2));
        Calls other = before.with(ANN, "3", at(3)).with(ANN, "2", at(4));
        assertEquals(at(2), one.find(ANN, "2"));
        assertNull(one.find(ANN, "3"));
        assertEquals(at(4), other.find(ANN, "2"));
        assertEquals(List.of(new Caller(ANN, "1"), new Caller(ANN, "3"), new Caller(ANN, "2")), callers(other));
    }

    @Test
    void I1_anotherAnswer_takesThePlaceOfTheFirst() {
        Calls before = Calls.empty().with(ANN, "1", at(1)).with(ANN, "2", at(2));
        Calls after = before.replace(ANN, "1", at(3));
        assertEquals(at(1), before.find(ANN, "1"));
        assertEquals(at(3), after.find(ANN, "1"));
        assertEquals(2, after.size());
        assertNotEquals(before, after);
    }

    @Test
    void I1_thousandsOfCalls_areAllThere_inTheOrderInWhichTheyCame() {
        var random = new Random(3);
        var expected = new HashMap<Caller, Answer>();
        var order = new ArrayList<Caller>();
        Calls calls = Calls.empty();
        for (int n = 1; n <= 20_000; n++) {
            var caller = new Caller(
                    random.nextBoolean() ? ANN : BEN,
                    "c".repeat(1 + random.nextInt(CallKey.MAX_CHARACTERS - 10)) + "-" + n);
            calls = calls.with(caller.sender(), caller.key(), at(n));
            expected.put(caller, at(n));
            order.add(caller);
        }
        assertEquals(20_000, calls.size());
        assertEquals(order, callers(calls));
        for (Map.Entry<Caller, Answer> each : expected.entrySet()) {
            assertEquals(
                    each.getValue(),
                    calls.find(each.getKey().sender(), each.getKey().key()));
        }
        assertNull(calls.find(ANN, "c-0"));
    }

    @Test
    void I1_theSameCallsInAnotherOrder_areEqual() {
        Calls one = Calls.empty().with(ANN, "1", at(1)).with(BEN, "2", at(2));
        Calls other = Calls.empty().with(BEN, "2", at(2)).with(ANN, "1", at(1));
        assertEquals(one, other);
        assertNotEquals(one, other.with(ANN, "3", at(3)));
        assertNotEquals(one, Calls.empty().with(ANN, "1", at(1)).with(BEN, "2", at(3)));
    }
}
