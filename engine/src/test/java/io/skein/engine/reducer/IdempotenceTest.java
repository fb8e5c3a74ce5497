package io.skein.engine.reducer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.membership.Membership;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Expectation.AtSeq;
import io.skein.engine.reducer.TroubleModule.PutPlace;
import io.skein.engine.reducer.TroubleModule.Say;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.CallKey;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules I1 and I2: the same key again gives the first outcome, or a conflict. */
class IdempotenceTest {
    private static final int REMEMBERED = 10;
    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final DecideLimits LIMITS = new DecideLimits(1_000, 1 << 20, 1 << 20, LIFETIME);

    private final TestWorkspace workspace = TestWorkspace.of(new TroubleModule(), LIMITS, REMEMBERED);
    private final TestCaller owner = workspace.owner();

    private static PutPlace place(String owner) {
        return new PutPlace(1, "a", owner);
    }

    /** Calls again, which must change nothing, and restarts on the way. */
    private Outcome again(TestCaller caller, String reducer, Record args) {
        for (int i = 0; i < 2; i++) {
            long seq = workspace.state().seq();
            Outcome outcome = caller.call(reducer, args);
            assertEquals(seq, workspace.state().seq());
            workspace.restart();
            assertEquals(outcome, caller.call(reducer, args));
        }
        return caller.call(reducer, args);
    }

    @Test
    void I1_acceptedCall_isDoneOnceAndAnsweredAlike() {
        long seq = owner.withKey("k").accepted("put_place", place("x")).seq();
        workspace.accepted("put_place", place("y"));
        assertEquals(new Outcome.Accepted(seq, true), again(owner.withKey("k"), "put_place", place("x")));
        assertEquals("y", workspace.rows(TroubleModule.PLACES).getFirst().owner());
    }

    @Test
    void I1_rejectedCall_isAnsweredAlike() {
        Refusal refusal = owner.withKey("k").refused("say", new Say("why", "because"));
        assertEquals(new Outcome.Refused(refusal, true), again(owner.withKey("k"), "say", new Say("why", "because")));
    }

    /** Also where the world has changed so that it would be accepted now. */
    @Test
    void I1_conflict_isAnsweredAlike() {
        long seq = workspace.state().seq();
        TestCaller expecting = owner.expecting(new AtSeq(seq + 1));
        Refusal refusal = expecting.withKey("k").refused("put_place", place("x"));
        workspace.accepted("put_place", place("y"));
        assertEquals(new Outcome.Refused(refusal, true), again(expecting.withKey("k"), "put_place", place("x")));
        assertEquals(seq, refusal.current());
    }

    @Test
    void I1_tooLarge_isAnsweredAlike() {
        var args = new TroubleModule.Times(1_001);
        Refusal refusal = owner.withKey("k").refused("copies", args);
        assertEquals(ErrorCode.TOO_LARGE, refusal.code());
        assertEquals(new Outcome.Refused(refusal, true), again(owner.withKey("k"), "copies", args));
    }

    /** The answer to a call may be lost exactly when the call took away the right to make it. */
    @Test
    void I1_repetitionOfWhatTookTheRightAway_isAnsweredAlike() {
        TestCaller other = workspace.member("ann", Role.OWNER);
        var step = new Membership.SetRole(other.identity(), Role.VIEWER);
        long stepped = other.withKey("k1").accepted(Membership.SET_ROLE, step).seq();
        assertEquals(new Outcome.Accepted(stepped, true), again(other.withKey("k1"), Membership.SET_ROLE, step));
        long left = other.withKey("k2").accepted(Membership.LEAVE).seq();
        assertEquals(
                new Outcome.Accepted(left, true), again(other.withKey("k2"), Membership.LEAVE, new Reducer.None()));
        long deleted = owner.withKey("k3").accepted(Membership.DELETE).seq();
        assertEquals(
                new Outcome.Accepted(deleted, true), again(owner.withKey("k3"), Membership.DELETE, new Reducer.None()));
    }

    @Test
    void I1_keysBelongToTheirSender() {
        TestCaller ann = workspace.member("ann", Role.EDITOR);
        owner.withKey("k").accepted("put_place", place("x"));
        long seq = ann.withKey("k").accepted("put_place", place("y")).seq();
        assertEquals(new Outcome.Accepted(seq, true), ann.withKey("k").call("put_place", place("y")));
    }

    @Test
    void I1_atLeastTheLastCalls_areRemembered() {
        long first = workspace.state().seq() + 1;
        for (int i = 0; i < 5 * REMEMBERED; i++) {
            if (i % 3 == 0) {
                owner.withKey("k" + i).refused("say", new Say("why", "because"));
            } else {
                owner.withKey("k" + i).accepted("put_place", place("x" + i));
            }
            for (int old = Math.max(0, i - REMEMBERED + 1); old <= i; old++) {
                assertTrue(workspace.state().calls().find(owner.identity(), "k" + old) != null, old + " at " + i);
            }
            assertTrue(workspace.state().calls().size() <= 2 * REMEMBERED);
        }
        workspace.restart();
        Outcome again = owner.withKey("k1").call("put_place", place("x1"));
        assertFalse(again.repeated(), "long forgotten");
        assertTrue(workspace.state().seq() > first);
    }

    @Test
    void I1_keysLiveForTheirLifetime() {
        var begin = workspace.time();
        owner.withKey("k").accepted("put_place", place("x"));
        workspace.setTime(begin.plus(LIFETIME));
        assertTrue(owner.withKey("k").call("put_place", place("x")).repeated());
        workspace.setTime(begin.plus(LIFETIME).plusMillis(1));
        assertFalse(owner.withKey("k").call("put_place", place("x")).repeated());
        assertTrue(owner.withKey("k").call("put_place", place("x")).repeated());
    }

    /** What was refused before a reducer or an expectation was asked is no outcome: nothing of it is kept. */
    @Test
    void I1_callsThatNobodyDecided_areNotRemembered() {
        long before = workspace.state().calls().size();
        TestCaller ann = workspace.as("ann");
        assertEquals(
                ErrorCode.FORBIDDEN,
                ann.withKey("k").refused("put_place", place("x")).code());
        assertEquals(
                ErrorCode.INTERNAL,
                owner.withKey("k")
                        .refused("go_wrong", new TroubleModule.GoWrong(TroubleModule.Way.RUNTIME_EXCEPTION))
                        .code());
        assertEquals(before, workspace.state().calls().size());
        workspace.member("ann", Role.EDITOR);
        ann.withKey("k").accepted("put_place", place("x"));
    }

    @Test
    void I2_otherReducerOrOtherArguments_isAKeyConflict() {
        owner.withKey("k").accepted("put_place", place("x"));
        for (int i = 0; i < 2; i++) {
            long seq = workspace.state().seq();
            assertEquals(
                    ErrorCode.KEY_CONFLICT,
                    owner.withKey("k").refused("put_place", place("y")).code());
            assertEquals(
                    ErrorCode.KEY_CONFLICT,
                    owner.withKey("k").refused("say", new Say("a", "b")).code());
            assertEquals(seq, workspace.state().seq());
            assertTrue(owner.withKey("k").call("put_place", place("x")).repeated(), "the conflict is not remembered");
            workspace.restart();
        }
        assertEquals("x", workspace.rows(TroubleModule.PLACES).getFirst().owner());
    }

    @Test
    void I2_alsoForRefusedCalls() {
        owner.withKey("k").refused("say", new Say("why", "because"));
        assertEquals(
                ErrorCode.KEY_CONFLICT,
                owner.withKey("k").refused("say", new Say("why", "not")).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\uD800"})
    void keys_areOneToManyWellFormedCharacters(String key) {
        var digest = Bytes.of(new byte[CallKey.DIGEST_BYTES]);
        assertThrows(IllegalArgumentException.class, () -> new CallKey(key, digest));
        assertThrows(IllegalArgumentException.class, () -> new CallKey("k", Bytes.EMPTY));
        String longest = "k".repeat(CallKey.MAX_CHARACTERS);
        assertEquals(longest, new CallKey(longest, digest).text());
        assertThrows(IllegalArgumentException.class, () -> new CallKey(longest + "k", digest));
    }
}
