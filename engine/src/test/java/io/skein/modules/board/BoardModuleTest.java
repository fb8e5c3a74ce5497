package io.skein.modules.board;

import static io.skein.modules.board.BoardModule.CARDS;
import static io.skein.modules.board.BoardModule.NUDGES;
import static io.skein.modules.board.BoardModule.REMARKS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.board.BoardModule.AddCard;
import io.skein.modules.board.BoardModule.AddRemark;
import io.skein.modules.board.BoardModule.Card;
import io.skein.modules.board.BoardModule.EditCard;
import io.skein.modules.board.BoardModule.MoveCard;
import io.skein.modules.board.BoardModule.Nudge;
import io.skein.modules.board.BoardModule.NudgeCard;
import io.skein.modules.board.BoardModule.Remark;
import io.skein.modules.board.BoardModule.RemoveCard;
import java.util.List;
import org.junit.jupiter.api.Test;

class BoardModuleTest {
    private final TestWorkspace board = TestWorkspace.of(new BoardModule());
    private final TestCaller editor = board.member("eve", Role.EDITOR);
    private final TestCaller viewer = board.member("vic", Role.VIEWER);

    @Test
    void cards_areAddedEditedMovedAndRemoved() {
        editor.accepted("add_card", new AddCard("c1", "Buy milk", 0, 1.5));
        editor.accepted("edit_card", new EditCard("c1", "Buy oat milk", "green"));
        editor.accepted("move_card", new MoveCard("c1", 2, -1));
        assertEquals(List.of(new Card("c1", "Buy oat milk", 2, -1, "green")), board.rows(CARDS));
        editor.accepted("remove_card", new RemoveCard("c1"));
        assertEquals(List.of(), board.rows(CARDS));
    }

    @Test
    void cards_mustFitTheBoard() {
        editor.accepted("add_card", new AddCard("c1", "Buy milk", 0, 0));
        assertEquals(
                "card_exists",
                editor.refused("add_card", new AddCard("c1", "Again", 0, 0)).reason());
        assertEquals(
                "invalid_title",
                editor.refused("add_card", new AddCard("c2", "  ", 0, 0)).reason());
        for (String id : List.of("", " ", "x".repeat(101))) {
            assertEquals(
                    "invalid_id",
                    editor.refused("add_card", new AddCard(id, "Title", 0, 0)).reason());
        }
        assertEquals(
                "invalid_color",
                editor.refused("edit_card", new EditCard("c1", "x", "x".repeat(31)))
                        .reason());
        assertEquals(
                "invalid_title",
                editor.refused("edit_card", new EditCard("c1", "x".repeat(501), ""))
                        .reason());
        assertEquals(
                "invalid_column",
                editor.refused("move_card", new MoveCard("c1", 20, 0)).reason());
        assertEquals(
                "invalid_column",
                editor.refused("move_card", new MoveCard("c1", -1, 0)).reason());
        assertEquals(
                "card_missing",
                editor.refused("move_card", new MoveCard("c9", 0, 0)).reason());
        assertEquals(
                "card_missing",
                editor.refused("remove_card", new RemoveCard("c9")).reason());
        assertEquals(List.of(new Card("c1", "Buy milk", 0, 0, "")), board.rows(CARDS));
    }

    @Test
    void viewers_remarkAndDoNotEdit() {
        editor.accepted("add_card", new AddCard("c1", "Buy milk", 0, 0));
        var now = board.time();
        viewer.accepted("add_remark", new AddRemark("c1", "Two litres?"));
        assertEquals(
                ErrorCode.FORBIDDEN,
                viewer.refused("edit_card", new EditCard("c1", "No", "")).code());
        assertEquals(List.of(new Remark("c1", viewer.identity(), "Two litres?", now)), viewer.sees(REMARKS));
        assertEquals(List.of(), board.as("stranger").sees(REMARKS));
    }

    @Test
    void remarks_goWithTheirCardAndEachCopyCounts() {
        editor.accepted("add_card", new AddCard("c1", "Buy milk", 0, 0));
        editor.accepted("add_card", new AddCard("c2", "Buy bread", 0, 0));
        var now = board.time();
        for (String card : List.of("c1", "c1", "c2")) {
            board.setTime(now); // the same moment, so that two remarks are equal
            viewer.accepted("add_remark", new AddRemark(card, "+1"));
        }
        assertEquals(3, board.rows(REMARKS).size());
        editor.accepted("remove_card", new RemoveCard("c1"));
        assertEquals(
                List.of("c2"), board.rows(REMARKS).stream().map(Remark::cardId).toList());
    }

    @Test
    void nudges_areHeardAndNotKept() {
        editor.accepted("add_card", new AddCard("c1", "Buy milk", 0, 0));
        viewer.accepted("nudge_card", new NudgeCard("c1"));
        assertEquals(List.of(new Nudge("c1", viewer.identity())), board.emitted(NUDGES));
        assertTrue(board.rows(NUDGES).isEmpty());
        assertEquals(
                "card_missing",
                viewer.refused("nudge_card", new NudgeCard("c9")).reason());
    }

    @Test
    void board_isTheSameAfterARestart() {
        editor.withKey("k").accepted("add_card", new AddCard("c1", "Buy milk", 0, 0));
        viewer.accepted("add_remark", new AddRemark("c1", "Two litres?"));
        board.restart();
        assertEquals(1, board.rows(REMARKS).size());
    }
}
