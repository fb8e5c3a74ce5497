package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.everything.SampleHistory;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.state.Committed;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.RecentTransactions.Remembered;
import io.skein.modules.board.BoardModule;
import io.skein.modules.board.BoardModule.AddCard;
import io.skein.modules.board.BoardModule.AddRemark;
import io.skein.modules.board.BoardModule.EditCard;
import io.skein.modules.board.BoardModule.MoveCard;
import io.skein.modules.board.BoardModule.NudgeCard;
import io.skein.modules.board.BoardModule.RemoveCard;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Rule R1: what relays that come late are told is what those heard who were there. */
class RecentTransactionsTest {
    /** A board on which everything is done that changes rows: of its own tables, with keys and without, events, and members. */
    private static TestWorkspace board() {
        TestWorkspace board = TestWorkspace.of(new BoardModule());
        TestCaller eve = board.member("eve", Role.EDITOR);
        eve.accepted("add_card", new AddCard("c1", "Buy milk", 0, 1.5));
        eve.accepted("add_card", new AddCard("c2", "ä".repeat(300), 0, 2));
        eve.accepted("edit_card", new EditCard("c1", "Buy oat milk", "green"));
        eve.accepted("move_card", new MoveCard("c2", 2, -1));
        eve.accepted("add_remark", new AddRemark("c1", "why?"));
        eve.accepted("add_remark", new AddRemark("c1", "because"));
        eve.accepted("nudge_card", new NudgeCard("c1"));
        eve.accepted("remove_card", new RemoveCard("c1"));
        board.member("vic", Role.VIEWER);
        return board;
    }

    private static RecentTransactions remembering(TestWorkspace workspace) {
        ModuleSchema schema = workspace.state().schema();
        var recent = new RecentTransactions(schema, Visibility.strict(schema), WorkspaceSettings.DEFAULT);
        workspace.history().forEach(recent::add);
        return recent;
    }

    private static void sameAsHeard(TestWorkspace workspace, Audience audience) {
        ModuleSchema schema = workspace.state().schema();
        var visibility = Visibility.strict(schema);
        List<Remembered> told = remembering(workspace).upTo(workspace.state().seq());
        assertEquals(workspace.history().size(), told.size());
        for (int i = 0; i < told.size(); i++) {
            Committed heard = workspace.history().get(i);
            Remembered remembered = told.get(i);
            assertEquals(TxHeader.of(heard), remembered.header());
            assertEquals(visibility.ops(heard, audience), remembered.lens().ops(audience), "" + heard.seq());
            assertEquals(heard.canonical().length, remembered.bytes());
            int member = schema.ordinal(SystemTables.MEMBER);
            assertEquals(heard.transaction().ops().stream().anyMatch(op -> op.table() <= member), remembered.moves());
        }
    }

    @Test
    void R1_aBoard_isRememberedAsItWasHeard_rowsBeforeAndAfter() {
        sameAsHeard(board(), new Audience(Role.OWNER, Optional.empty()));
        sameAsHeard(board(), new Audience(Role.VIEWER, Optional.empty()));
    }

    @Test
    void R1_whereRulesLookAtRows_too() {
        sameAsHeard(SampleHistory.play(), new Audience(Role.EDITOR, Optional.of(TestWorkspace.person("ann"))));
    }

    @Test
    void D2_whatIsNotDurable_isToldToNobody() {
        TestWorkspace board = board();
        long durable = board.state().seq() - 3;
        List<Remembered> told = remembering(board).upTo(durable);
        assertEquals(durable, told.getLast().header().seq());
    }
}
