package io.skein.load.presence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;

class TidingsTest {
    private static final int COMES = 7;
    private static final int GOES = 3;

    private final Tidings tidings = new Tidings();

    @Test
    void aPairIsDoneWhenEveryoneWasToldOfBothAndWhoComesIsIn() {
        begin(set(1, 2), set(1, 2));
        tidings.heard(1, COMES, true);
        tidings.heard(1, GOES, false);
        tidings.heard(2, COMES, true);
        tidings.heard(2, GOES, false);
        assertEquals(1, tidings.openPairs());
        assertFalse(tidings.isSettled(COMES));
        tidings.entered(COMES);
        assertEquals(0, tidings.openPairs());
        assertTrue(tidings.isSettled(COMES));
        Tidings.Told told = tidings.cut();
        assertEquals(1, told.pairs());
        assertEquals(4, told.told().getTotalCount());
        assertEquals(0, tidings.cut().pairs());
    }

    @Test
    void countsOnceWhatSomebodyIsToldTwiceAndNothingOfWhoWasNotThere() {
        begin(set(1, 2), set(1, 2));
        tidings.entered(COMES);
        for (int i = 0; i < 2; i++) {
            tidings.heard(1, COMES, true);
            tidings.heard(1, GOES, false);
            tidings.heard(9, COMES, true);
            tidings.heard(-1, GOES, false);
        }
        assertEquals(1, tidings.openPairs());
        assertEquals(2, tidings.cut().told().getTotalCount());
    }

    @Test
    void waitsForNobodyWhoHasLeftOrNeverKnewWhoGoes() {
        begin(set(1, 2), set(1));
        tidings.entered(COMES);
        tidings.heard(1, COMES, true);
        tidings.heard(1, GOES, false);
        assertEquals(1, tidings.openPairs());
        tidings.deaf(2);
        assertEquals(0, tidings.openPairs());
    }

    private void begin(BitSet listeners, BitSet knowing) {
        tidings.begin(COMES, GOES, System.nanoTime(), listeners, knowing);
    }

    private static BitSet set(int... members) {
        var set = new BitSet();
        for (int member : members) {
            set.set(member);
        }
        return set;
    }
}
