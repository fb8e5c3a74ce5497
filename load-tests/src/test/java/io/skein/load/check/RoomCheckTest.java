package io.skein.load.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** One fault at a time, planted by hand: each must be called by its name. */
class RoomCheckTest {
    private final Violations violations = new Violations();
    private final RoomCheck room = new RoomCheck("room", 2, 2, RoomCheck.Order.SEQ, 10, violations);

    @Test
    void isContentWhenEveryoneHearsEverythingInOrder() {
        write(0, 11);
        write(1, 12);
        write(0, 14);
        assertTrue(room.isQuiet());
        room.finish();
        assertEquals(0, violations.total(), violations::toString);
    }

    @Test
    void O2_reportsAnAcknowledgedUpdateThatAMemberNeverHeard() {
        long number = room.sending(0);
        room.heard(0, 11, 0, number);
        room.acknowledged(0, number, 11);
        write(0, 12);
        assertFalse(room.isQuiet());
        room.finish();
        assertEquals(Map.of(Fault.LOST, 1L), violations.counts());
    }

    @Test
    void O2_reportsTheLastUpdateWhenItIsTheOneThatIsMissing() {
        write(0, 11);
        long number = room.sending(0);
        room.heard(0, 12, 0, number);
        room.acknowledged(0, number, 12);
        room.finish();
        assertEquals(Map.of(Fault.LOST, 1L), violations.counts());
    }

    @Test
    void O2_reportsAnUpdateThatIsHeardTwiceUnderOneSeq() {
        write(0, 11);
        room.heard(1, 11, 0, 1);
        assertEquals(Map.of(Fault.SEQ_BACKWARDS, 1L, Fault.DUPLICATE, 1L), violations.counts());
    }

    @Test
    void O2_reportsAnUpdateThatIsHeardAgainUnderALaterSeq() {
        write(0, 11);
        room.heard(1, 12, 0, 1);
        assertEquals(Map.of(Fault.DUPLICATE, 1L), violations.counts());
    }

    @Test
    void O2_reportsTwoUpdatesInTheWrongOrder() {
        long first = room.sending(0);
        long second = room.sending(0);
        room.heard(0, 11, 0, first);
        room.heard(0, 12, 0, second);
        room.heard(1, 12, 0, second);
        room.heard(1, 11, 0, first);
        assertEquals(Map.of(Fault.SEQ_BACKWARDS, 1L, Fault.REORDERED, 1L), violations.counts());
    }

    @Test
    void O2_reportsMembersWhoDisagreeAboutTheOrderOfTwoAuthors() {
        long here = room.sending(0);
        long there = room.sending(1);
        room.heard(0, 11, 0, here);
        room.heard(0, 12, 1, there);
        room.heard(1, 11, 1, there);
        room.heard(1, 12, 0, here);
        assertEquals(Map.of(Fault.DIVERGED, 2L), violations.counts());
    }

    @Test
    void D1_reportsAnAcknowledgementBeforeItsAuthorHeardTheUpdate() {
        long number = room.sending(0);
        room.acknowledged(0, number, 11);
        assertEquals(Map.of(Fault.UNFOUNDED_ACKNOWLEDGEMENT, 1L), violations.counts());
    }

    @Test
    void D1_reportsAnAcknowledgementUnderAnotherSeq() {
        long number = room.sending(0);
        room.heard(0, 11, 0, number);
        room.acknowledged(0, number, 12);
        assertEquals(Map.of(Fault.UNFOUNDED_ACKNOWLEDGEMENT, 1L), violations.counts());
    }

    @Test
    void I1_reportsASecondAnswer() {
        write(0, 11);
        room.acknowledged(0, 1, 11);
        assertEquals(Map.of(Fault.UNFOUNDED_ACKNOWLEDGEMENT, 1L), violations.counts());
    }

    @Test
    void V1_reportsARefusedUpdateThatHappened() {
        long number = room.sending(0);
        room.heard(0, 11, 0, number);
        room.heard(1, 11, 0, number);
        room.refused(0, number, true);
        room.finish();
        assertEquals(Map.of(Fault.REFUSED_YET_HEARD, 2L), violations.counts());
    }

    @Test
    void V1_acceptsARefusedUpdateThatNobodyHears() {
        room.refused(0, room.sending(0), true);
        write(0, 11);
        assertTrue(room.isQuiet());
        room.finish();
        assertEquals(0, violations.total(), violations::toString);
    }

    @Test
    void acceptsADoubtfulRefusalThatHappened() {
        long number = room.sending(0);
        room.heard(0, 11, 0, number);
        room.heard(1, 11, 0, number);
        room.refused(0, number, false);
        room.finish();
        assertEquals(0, violations.total(), violations::toString);
    }

    @Test
    void reportsAnUpdateThatNobodySent() {
        room.heard(0, 11, 1, 1);
        room.heard(0, 12, -1, 0);
        assertEquals(Map.of(Fault.STRANGER, 2L), violations.counts());
    }

    @Test
    void countsWhatHasNoAnswerAndDoesNotCallItLost() {
        room.sending(0);
        room.sending(1);
        assertEquals(2, room.unanswered());
        assertFalse(room.isQuiet());
        room.finish();
        assertEquals(0, violations.total(), violations::toString);
    }

    @Test
    void keepsWhatASlowMemberHasNotHeardYetAndComparesItThen() {
        int behind = 5_000;
        for (int i = 0; i < behind; i++) {
            int author = i % 2;
            long number = room.sending(author);
            room.heard(0, 11 + i, author, number);
        }
        for (int i = 0; i < behind; i++) {
            room.heard(1, 11 + i, i % 2, i / 2 + 1);
        }
        assertEquals(0, violations.total(), violations::toString);
        long first = room.sending(0);
        long second = room.sending(1);
        room.heard(0, 11 + behind, 0, first);
        room.heard(1, 11 + behind, 1, second);
        assertEquals(Map.of(Fault.DIVERGED, 1L), violations.counts());
    }

    @Test
    void givesUpRatherThanGrowWithoutEnd() {
        room.sending(0);
        assertThrows(IllegalStateException.class, () -> room.heard(0, 11 + (1 << 20), 0, 1));
    }

    /** An update that goes as it should: both members hear it, the author gets its answer. */
    @Test
    void withoutAnOrder_othersHearEachUpdateOnceInAnyOrder() {
        var unordered = new RoomCheck("room", 3, 2, RoomCheck.Order.NONE, 0, violations);
        long first = unordered.sending(0);
        long second = unordered.sending(0);
        unordered.heard(1, 0, 0, second);
        unordered.heard(1, 0, 0, first);
        unordered.heard(0, 0, 0, first);
        unordered.acknowledged(0, first, 0);
        unordered.acknowledged(0, second, 0);
        unordered.heard(2, 0, 0, first);
        assertFalse(unordered.isQuiet(), "one has heard one of two");
        unordered.heard(2, 0, 0, second);
        assertTrue(unordered.isQuiet(), "nobody waits for what an author hears of itself");
        unordered.finish();
        assertEquals(0, violations.total(), violations::toString);
        unordered.heard(2, 0, 0, second);
        assertEquals(Map.of(Fault.DUPLICATE, 1L), violations.counts());
    }

    @Test
    void withoutAnOrder_oneThatIsMissingIsLost() {
        var unordered = new RoomCheck("room", 2, 1, RoomCheck.Order.NONE, 0, violations);
        unordered.acknowledged(0, unordered.sending(0), 0);
        assertFalse(unordered.isQuiet());
        unordered.finish();
        assertEquals(Map.of(Fault.LOST, 1L), violations.counts());
    }

    private void write(int author, long seq) {
        long number = room.sending(author);
        room.heard(0, seq, author, number);
        room.heard(1, seq, author, number);
        room.acknowledged(author, number, seq);
    }
}
