package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.StrangerLimit;
import io.skein.engine.schema.Identity;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Rule L3: identities are cheap, so one is bounded, and all of them together. */
class StrangersTest {
    private long nanos;
    private final Strangers strangers = new Strangers(new StrangerLimit(2, 3, 4, 5), () -> nanos);

    private static Identity identity(int n) {
        return Identity.of("test", "stranger-" + n);
    }

    private int admitted(int who, int calls) {
        int admitted = 0;
        for (int i = 0; i < calls; i++) {
            if (strangers.admit(identity(who)).isEmpty()) {
                admitted++;
            }
        }
        return admitted;
    }

    @Test
    void L3_oneStranger_hasABurstAndThenARate() {
        assertEquals(3, admitted(1, 10));
        nanos += TimeUnit.SECONDS.toNanos(1);
        assertEquals(2, admitted(1, 10));
    }

    @Test
    void L3_manyStrangers_haveOneBoundTogether() {
        int admitted = 0;
        for (int who = 0; who < 100; who++) {
            admitted += admitted(who, 1);
        }
        assertEquals(5, admitted);
        nanos += TimeUnit.SECONDS.toNanos(1);
        assertEquals(3, admitted(200, 10));
        assertEquals(1, admitted(201, 10));
    }

    @Test
    void L3_whoIsRefused_hearsWhenToComeBack_andThatIsEnough() {
        admitted(1, 10);
        Optional<Refusal> refusal = strangers.admit(identity(1));
        assertEquals(ErrorCode.RATE_LIMITED, refusal.orElseThrow().code());
        long wait = refusal.get().retryAfterMillis();
        assertTrue(wait > 0 && wait <= 500, () -> wait + " ms");
        nanos += TimeUnit.MILLISECONDS.toNanos(wait);
        assertEquals(1, admitted(1, 10));
    }

    @Test
    void L3_whoIsRefused_takesNothingFromOthers() {
        assertEquals(3, admitted(1, 1_000));
        assertEquals(2, admitted(2, 10));
    }

    @Test
    void L1_howManyAreKnownIsBounded() {
        for (int who = 0; who < 3 * Strangers.MAX_KNOWN; who++) {
            nanos += TimeUnit.SECONDS.toNanos(1);
            assertEquals(1, admitted(who, 1));
        }
        assertEquals(Strangers.MAX_KNOWN, strangers.known());
    }
}
