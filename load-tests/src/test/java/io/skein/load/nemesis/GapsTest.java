package io.skein.load.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class GapsTest {
    private final Gaps gaps = new Gaps();

    @Test
    void timeInWhichNobodyWantsAnythingIsNoGap() {
        gaps.wants(0);
        gaps.accepted(10_000);
        gaps.wants(5_000_000);
        gaps.accepted(5_400_000);
        assertEquals(400, gaps.longestMillis(0, Long.MAX_VALUE));
    }

    @Test
    void aGapLastsFromTheLastAcceptedCallWhileAnotherWaits() {
        gaps.wants(0);
        gaps.wants(0);
        gaps.accepted(1_000_000);
        gaps.accepted(4_000_000);
        assertEquals(3_000, gaps.longestMillis(0, Long.MAX_VALUE));
        assertEquals(1_000, gaps.longestMillis(0, 500_000));
    }

    @Test
    void whoWaitsAtTheEndHasWaitedUntilThen() {
        gaps.wants(0);
        gaps.end(2_000_000);
        assertEquals(2_000, gaps.longestMillis(0, Long.MAX_VALUE));
    }
}
