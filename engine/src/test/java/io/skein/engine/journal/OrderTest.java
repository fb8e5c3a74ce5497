package io.skein.engine.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.codec.CorruptException;
import io.skein.engine.everything.SampleHistory;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Rules O1 and O4 on the way into the journal and back. */
class OrderTest {
    private final TestWorkspace sample = SampleHistory.play();
    private final List<Committed> history = sample.history();
    private final WorkspaceState empty =
            WorkspaceState.empty(sample.state().schema(), sample.state().workspace(), 100);

    private static Group group(List<Committed> transactions, List<RefusedCall> refused) {
        return new Group(
                "everything",
                1,
                transactions.getFirst().seq(),
                transactions.stream().map(Committed::canonical).toList(),
                Bytes.of(transactions.getLast().hash()),
                refused);
    }

    @Test
    void O1_seqsAreConsecutiveFromOne() {
        assertEquals(
                LongStream.rangeClosed(1, history.size()).boxed().toList(),
                history.stream().map(Committed::seq).toList());
        for (Committed committed : history) {
            assertEquals(committed.seq() - 1, committed.before().seq());
            assertEquals(committed.seq(), committed.after().seq());
        }
    }

    @Test
    void O1_timesNeverGoBack() {
        sample.setTime(TestWorkspace.BEGINNING.minusSeconds(100));
        long before = sample.state().timeMicros();
        sample.member("bob", io.skein.engine.module.Role.VIEWER);
        assertEquals(before, sample.state().timeMicros());
    }

    @Test
    void O1_gapsAndRepetitionsAreNotReplayed() {
        replays(group(history, List.of()));
        corrupt(group(history.subList(1, history.size()), List.of()));
        var gap = new ArrayList<>(history);
        gap.remove(2);
        corrupt(group(gap, List.of()));
        var twice = new ArrayList<>(history);
        twice.add(2, history.get(2));
        corrupt(group(twice, List.of()));
        var swapped = new ArrayList<>(history);
        swapped.set(2, history.get(3));
        swapped.set(3, history.get(2));
        corrupt(group(swapped, List.of()));
    }

    @Test
    void O1_refusalsHaveTheirPlace() {
        RefusedCall refused = sample.journal().getLast().refused().getFirst();
        var last = history.getLast().after();
        assertEquals(last.seq(), refused.afterSeq());
        assertEquals(sample.state(), GroupCodec.replay(empty, group(history, List.of(refused)), _ -> {}));
        for (long seq : new long[] {-1, last.seq() + 1, Long.MAX_VALUE}) {
            corrupt(group(history, List.of(after(refused, seq))));
        }
        corrupt(group(history, List.of(refused, after(refused, 1))));
        replays(group(history, List.of(after(refused, 0), after(refused, 0), after(refused, 3))));
    }

    private static RefusedCall after(RefusedCall call, long seq) {
        return new RefusedCall(call.sender(), call.key(), seq, call.timeMicros(), call.refusal());
    }

    private void replays(Group group) {
        assertEquals(
                history.getLast().seq(),
                GroupCodec.replay(empty, group, _ -> {}).seq());
    }

    private void corrupt(Group group) {
        assertThrows(CorruptException.class, () -> GroupCodec.replay(empty, group, _ -> {}));
    }

    /** Replay hands on whole transactions, each with the state before it and after it. */
    @Test
    void O4_replayGivesWholeTransactions() {
        var seen = new ArrayList<Committed>();
        GroupCodec.replay(empty, GroupCodec.decode(GroupCodec.encode(group(history, List.of()))), seen::add);
        assertEquals(
                history.stream().map(Committed::transaction).toList(),
                seen.stream().map(Committed::transaction).toList());
        assertEquals(
                history.stream().map(Committed::before).toList(),
                seen.stream().map(Committed::before).toList());
    }
}
