package io.skein.load.bank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.machine.ProcessorTime;
import io.skein.load.report.Result;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TurnTest {
    /** In a window of 10 s. */
    private static Turn turn(int round, String bank, long accepted, Map<String, Long> refusals, List<String> findings) {
        return new Turn(
                round,
                1.5,
                bank,
                new Answers.Window(accepted, accepted / 10.0, new Histogram(3)),
                new ProcessorTime(4, 2, 3, 9),
                new Answers.Totals(2 * accepted, new TreeMap<>(refusals), Amounts.of(0, 0)),
                findings);
    }

    @Test
    void whoHasTooLittleIsRefusedAndThatIsRight() {
        Turn turn = turn(1, "skein", 100, Map.of("insufficient_balance", 2L, "insufficient balance", 1L), List.of());
        assertTrue(turn.isClean());
        assertEquals(3, turn.totals().refused());
    }

    @Test
    void isNotCleanWithAnotherRefusal() {
        assertFalse(turn(1, "skein", 100, Map.of("insufficient_balance", 3L, "overloaded", 1L), List.of())
                .isClean());
    }

    @Test
    void isNotCleanWithWrongBooksOrWithoutWork() {
        assertFalse(turn(1, "skein", 100, Map.of(), List.of("account 3 has 1, by its clients' answers 2"))
                .isClean());
        assertFalse(turn(1, "skein", 0, Map.of(), List.of()).isClean());
    }

    @Test
    void theTargetIsOfTheMeansOfAllRounds() {
        var turns = List.of(
                turn(1, "rpc-postgres", 100, Map.of(), List.of()),
                turn(1, "skein", 1500, Map.of(), List.of()),
                turn(2, "skein", 3000, Map.of(), List.of()),
                turn(2, "rpc-postgres", 200, Map.of(), List.of()));
        Result result = BankReport.of(new Load(10, 1, 2, 4, 2, 1, 10, 1), turns, "", Map.of(), Map.of());
        assertEquals(
                List.of(15.0),
                result.targets().stream().map(Result.Target::value).toList());
        assertEquals(List.of(), result.findings());
    }

    @Test
    void whatIsWrongIsAFinding() {
        var turns = List.of(turn(1, "skein", 100, Map.of("overloaded", 1L), List.of("account 3 has 1")));
        Result result = BankReport.of(new Load(10, 1, 2, 4, 2, 1, 10, 1), turns, "", Map.of(), Map.of());
        assertEquals(2, result.findings().size(), result::toString);
        assertEquals(List.of(), result.targets());
    }
}
