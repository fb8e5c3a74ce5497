package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** A node's workspaces share the way to the journal. */
final class WriteGateTest {
    private final List<String> admitted = new ArrayList<>();

    private WriteGate.Pass pass(WriteGate gate, String name) {
        return gate.pass(() -> admitted.add(name));
    }

    @Test
    void whoComesFirstGoesFirst() {
        var gate = new WriteGate(1);
        var a = pass(gate, "a");
        var b = pass(gate, "b");
        var c = pass(gate, "c");
        assertTrue(a.enter());
        assertFalse(b.enter());
        assertFalse(c.enter());
        assertFalse(b.enter(), "asking again changes nothing");
        a.leave();
        assertEquals(List.of("b"), admitted);
        assertFalse(c.enter());
        assertTrue(b.enter(), "its turn has come");
        b.leave();
        assertEquals(List.of("b", "c"), admitted);
    }

    @Test
    void whoStopsWhileItWaitsOrAfterItWasAdmittedHoldsUpNobody() {
        var gate = new WriteGate(1);
        var a = pass(gate, "a");
        var b = pass(gate, "b");
        var c = pass(gate, "c");
        a.enter();
        b.enter();
        c.enter();
        b.leave();
        a.leave();
        assertEquals(List.of("c"), admitted);
        c.leave(); // without ever having written
        assertTrue(a.enter());
    }

    @Test
    void leavingWithoutBeingInsideMakesNoRoom() {
        var gate = new WriteGate(1);
        var a = pass(gate, "a");
        pass(gate, "b").leave();
        a.enter();
        pass(gate, "c").leave();
        assertFalse(pass(gate, "d").enter());
    }

    @Test
    void aGateHasAWidth() {
        assertThrows(IllegalArgumentException.class, () -> new WriteGate(0));
    }

    /** Whatever the workspaces do: never more inside than the width, and nobody waits while there is room. */
    @Property(tries = 200)
    void neverMoreInsideThanItsWidthAndNobodyWaitsWhileThereIsRoom(
            @ForAll @IntRange(min = 1, max = 4) int width,
            @ForAll @Size(min = 1, max = 200) List<@IntRange(min = 0, max = 15) Integer> steps) {
        var gate = new WriteGate(width);
        var inside = new boolean[8];
        var waiting = new boolean[8];
        var passes = new ArrayList<WriteGate.Pass>();
        for (int i = 0; i < 8; i++) {
            int who = i;
            passes.add(gate.pass(() -> {
                inside[who] = true;
                waiting[who] = false;
            }));
        }
        for (int step : steps) {
            int who = step / 2;
            if (step % 2 == 0) {
                inside[who] = passes.get(who).enter();
                waiting[who] = !inside[who];
            } else {
                inside[who] = false;
                waiting[who] = false;
                passes.get(who).leave();
            }
            assertTrue(count(inside) <= width);
            assertTrue(count(waiting) == 0 || count(inside) == width);
        }
    }

    private static int count(boolean[] who) {
        int count = 0;
        for (boolean each : who) {
            count += each ? 1 : 0;
        }
        return count;
    }
}
