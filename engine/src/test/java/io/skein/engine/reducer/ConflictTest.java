package io.skein.engine.reducer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Expectation.AtSeq;
import io.skein.engine.reducer.Expectation.RowVersion;
import io.skein.engine.reducer.TroubleModule.Put;
import io.skein.engine.reducer.TroubleModule.PutPlace;
import io.skein.engine.reducer.TroubleModule.PutSecret;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rule V2: a command may state what it expects; if it is not so, it is a conflict that names what is. */
class ConflictTest {
    private final TestWorkspace workspace = TestWorkspace.of(new TroubleModule());
    private final TestCaller owner = workspace.owner();

    private Refusal conflict(TestCaller caller, long current) {
        WorkspaceState before = workspace.state();
        Refusal refusal = caller.refused("put", new Put(TroubleModule.row("r")));
        assertEquals(ErrorCode.CONFLICT, refusal.code(), refusal.message());
        assertEquals(current, refusal.current());
        assertSame(before, workspace.state());
        return refusal;
    }

    @Test
    void V2_seq_mustBeTheLastOne() {
        long seq = workspace.state().seq();
        conflict(owner.expecting(new AtSeq(seq + 1)), seq);
        conflict(owner.expecting(new AtSeq(seq - 1)), seq);
        owner.expecting(new AtSeq(seq)).accepted("put", new Put(TroubleModule.row("r")));
        conflict(owner.expecting(new AtSeq(seq)), seq + 1);
    }

    @Test
    void V2_rowVersion_isTheSeqThatWroteIt() {
        conflict(owner.expecting(new RowVersion("row", "r", 1)), 0);
        long first = owner.expecting(new RowVersion("row", "r", 0))
                .accepted("put", new Put(TroubleModule.row("r")))
                .seq();
        conflict(owner.expecting(new RowVersion("row", "r", 0)), first);
        workspace.accepted("put", new Put(TroubleModule.row("another")));
        owner.expecting(new RowVersion("row", "r", first))
                .accepted("put", new Put(new TroubleModule.Row("r", "new", 2, workspace.time(), List.of())));
        conflict(
                owner.expecting(new RowVersion("row", "r", first)),
                workspace.state().seq());
    }

    @Test
    void V2_compositeKeys_areTheListOfTheirParts() {
        long seq = workspace.accepted("put_place", new PutPlace(1, "a", "x")).seq();
        owner.expecting(new RowVersion("place", List.of(1L, "a"), seq))
                .expecting(new RowVersion("place", List.of(1L, "b"), 0))
                .accepted("put", new Put(TroubleModule.row("q")));
        conflict(owner.expecting(new RowVersion("place", List.of(1L, "a"), 0)), seq);
    }

    @Test
    void V2_severalExpectations_mustAllHold() {
        long seq = workspace.accepted("put_place", new PutPlace(1, "a", "x")).seq();
        conflict(owner.expecting(new AtSeq(seq)).expecting(new RowVersion("row", "r", 7)), 0);
        conflict(owner.expecting(new RowVersion("row", "r", 0)).expecting(new AtSeq(0)), seq);
    }

    @Test
    void V2_expectationsThatMakeNoSense_areInvalid() {
        for (var expectation : List.of(
                new RowVersion("nothing", "r", 0),
                new RowVersion("copy", "r", 0),
                new RowVersion("signal", "r", 0),
                new RowVersion("row", 1, 0),
                new RowVersion("row", List.of("r"), 0),
                new RowVersion("place", "a", 0),
                new RowVersion("place", List.of(1, "a"), 0),
                new RowVersion("place", List.of(1L, "a", "b"), 0))) {
            Refusal refusal = owner.expecting(expectation).refused("put", new Put(TroubleModule.row("r")));
            assertEquals(ErrorCode.INVALID_ARGS, refusal.code(), expectation.toString());
        }
    }

    /** Versions of rows that the caller may not see are nobody's business: to the caller there is no such row. */
    @Test
    void M2_expectations_tellNothingOfHiddenRows() {
        TestCaller editor = workspace.member("eve", Role.EDITOR);
        long seq = workspace
                .accepted("put_secret", new PutSecret("mine", owner.identity()))
                .seq();
        owner.expecting(new RowVersion("secret", "mine", seq)).accepted("put", new Put(TroubleModule.row("q")));
        conflict(editor.expecting(new RowVersion("secret", "mine", seq)), 0);
        editor.expecting(new RowVersion("secret", "mine", 0)).accepted("put", new Put(TroubleModule.row("q")));
        Refusal refusal =
                editor.expecting(new RowVersion("staff_row", "q", 0)).refused("put", new Put(TroubleModule.row("r")));
        assertEquals(ErrorCode.INVALID_ARGS, refusal.code());
        assertEquals(
                editor.expecting(new RowVersion("no_row", "q", 0))
                        .refused("put", new Put(TroubleModule.row("r")))
                        .message()
                        .replace("no_row", "staff_row"),
                refusal.message());
    }
}
