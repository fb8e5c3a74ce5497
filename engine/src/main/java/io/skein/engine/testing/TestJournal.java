package io.skein.engine.testing;

import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.WorkspaceState;
import java.util.ArrayList;
import java.util.List;

/** A journal in memory, in the form in which it would be on disk; whatever goes in is read back and compared. */
final class TestJournal {
    private final List<Group> groups = new ArrayList<>();
    private final WorkspaceState empty;
    private WorkspaceState replayed;

    TestJournal(WorkspaceState empty) {
        this.empty = empty;
        this.replayed = empty;
    }

    /** The same journal, read by another version of the module from now on. */
    TestJournal reopened(WorkspaceState newEmpty, WorkspaceState state) {
        var next = new TestJournal(newEmpty);
        next.groups.addAll(groups);
        next.replayed = state;
        return next;
    }

    List<Group> groups() {
        return List.copyOf(groups);
    }

    void commit(Committed committed) {
        var answers = new ArrayList<Group.Answered>();
        if (committed.transaction().key().isPresent()) {
            committed.answer().ifPresent(answer -> answers.add(new Group.Answered(committed.seq(), answer)));
        }
        write(committed.before(), List.of(committed.canonical()), List.of(), answers, committed.after());
    }

    /** Gives back the workspace that remembers the refusal. */
    WorkspaceState remember(WorkspaceState before, RefusedCall refused) {
        WorkspaceState after = before.remember(refused);
        write(before, List.of(), List.of(refused), List.of(), after);
        return after;
    }

    private void write(
            WorkspaceState before,
            List<byte[]> transactions,
            List<RefusedCall> refused,
            List<Group.Answered> answers,
            WorkspaceState after) {
        var group = new Group(
                before.schema().name(),
                before.schema().version(),
                before.seq() + 1,
                transactions,
                Bytes.of(after.hash()),
                refused,
                answers);
        Group stored = GroupCodec.decode(GroupCodec.encode(group));
        groups.add(stored);
        replayed = GroupCodec.replay(replayed, stored, _ -> {});
        requireSame("replaying the last transaction", after, replayed);
    }

    void requireReplayGives(WorkspaceState live) {
        WorkspaceState state = empty;
        for (Group group : groups) {
            state = GroupCodec.replay(state, group, _ -> {});
        }
        requireSame("replaying the whole journal", live, state);
    }

    static void requireSame(String what, WorkspaceState live, WorkspaceState other) {
        if (!live.equals(other)) {
            throw new AssertionError(what + " gives another workspace than the one at seq " + live.seq());
        }
    }
}
