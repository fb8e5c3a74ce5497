package io.skein.engine.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.view.Filter;
import io.skein.modules.board.BoardModule;
import io.skein.modules.board.BoardModule.AddCard;
import io.skein.modules.board.BoardModule.Card;
import io.skein.modules.board.BoardModule.RemoveCard;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestWorkspaceTest {
    private final TestWorkspace board = TestWorkspace.of(new BoardModule());

    @Test
    void expectationsThatFail_sayWhatCame() {
        var e = assertThrows(AssertionError.class, () -> board.accepted("remove_card", new RemoveCard("c")));
        assertTrue(String.valueOf(e.getMessage()).contains("card_missing"), e.toString());
        var f = assertThrows(AssertionError.class, () -> board.refused("add_card", new AddCard("c", "x", 0, 0)));
        assertTrue(String.valueOf(f.getMessage()).contains("transaction 2"), f.toString());
        assertTrue(board.call("remove_card", new RemoveCard("none")) instanceof Outcome.Refused);
    }

    @Test
    void time_isTheTestsOwn() {
        assertEquals(Instant.parse("2026-01-01T00:00:00.001Z"), board.time());
        board.setTime(Instant.parse("2027-05-05T00:00:00Z"));
        board.advance(Duration.ofMinutes(1));
        board.accepted("add_card", new AddCard("c", "x", 0, 0));
        long micros = board.history().getLast().transaction().timeMicros();
        assertEquals(Instant.parse("2027-05-05T00:01:00Z"), Instant.EPOCH.plusNanos(micros * 1_000));
        assertEquals(Instant.parse("2027-05-05T00:01:00.001Z"), board.time());
    }

    @Test
    void rows_comeInTheOrderInWhichTheyWereWritten() {
        for (String id : List.of("z", "a", "m")) {
            board.accepted("add_card", new AddCard(id, id, 0, 0));
        }
        board.accepted("edit_card", new BoardModule.EditCard("z", "Z", ""));
        assertEquals(
                List.of("a", "m", "z"),
                board.rows(BoardModule.CARDS).stream().map(Card::id).toList());
    }

    @Test
    void views_areThoseOfTheEngine() {
        board.accepted("add_card", new AddCard("c1", "x", 1, 0));
        board.accepted("add_card", new AddCard("c2", "x", 2, 0));
        var second = new Filter.Compare("column", Filter.Operator.EQUAL, 2);
        assertEquals(1, board.owner().sees(BoardModule.CARDS, second).size());
        assertEquals(2, board.seenBy(Role.VIEWER, BoardModule.CARDS).size());
        assertEquals(0, board.seenBy(Role.NONE, BoardModule.CARDS).size());
        assertEquals(0, board.as("stranger").sees(BoardModule.CARDS).size());
        assertEquals(
                ErrorCode.FORBIDDEN,
                board.as("stranger")
                        .refused("remove_card", new RemoveCard("c1"))
                        .code());
    }

    // ---- versions of a module

    record OldItem(@Key String id, String text) {}

    record NewItem(
            @Key String id, String text, @Default("1") int stars) {}

    record Note(@Key String id) {}

    record Put(String id, String text) {}

    private static final Table<OldItem> OLD_ITEMS = Table.of("item", OldItem.class);
    private static final Table<NewItem> NEW_ITEMS = Table.of("item", NewItem.class);
    private static final Table<Note> NOTES = Table.of("note", Note.class);

    private static final class Version1 implements Module {
        @Override
        public void define(Definition module) {
            module.name("items").version(1);
            module.table(OLD_ITEMS);
            module.reducer(
                    "put",
                    Put.class,
                    Role.EDITOR,
                    (tx, in) -> tx.in(OLD_ITEMS).upsert(new OldItem(in.id(), in.text())));
        }
    }

    private static final class Version2 implements Module {
        @Override
        public void define(Definition module) {
            module.name("items").version(2);
            module.table(NOTES);
            module.table(NEW_ITEMS);
            module.reducer(
                    "put",
                    Put.class,
                    Role.EDITOR,
                    (tx, in) -> tx.in(NEW_ITEMS).upsert(new NewItem(in.id(), in.text(), 5)));
        }

        @Override
        public void migrate(int fromVersion, Tx tx) {
            tx.in(NOTES).insert(new Note("migrated from " + fromVersion));
            for (NewItem item : tx.in(NEW_ITEMS).all()) {
                tx.in(NEW_ITEMS).update(new NewItem(item.id(), item.text().strip(), item.stars()));
            }
        }
    }

    @Test
    void upgrade_keepsRowsFillsColumnsAndMigratesOnce() {
        var limits = new DecideLimits(2, 300, 1 << 20, Duration.ofHours(1)); // of which a migration knows nothing
        var items = TestWorkspace.of(new Version1(), limits, 10);
        var expected = new ArrayList<NewItem>();
        for (int i = 0; i < 10; i++) {
            items.accepted("put", new Put("item-" + i, " text "));
            expected.add(new NewItem("item-" + i, "text", 1));
        }
        items.upgrade(new Version2());
        assertEquals(Set.copyOf(expected), Set.copyOf(items.rows(NEW_ITEMS)));
        assertEquals(List.of(new Note("migrated from 1")), items.rows(NOTES));
        long seq = items.state().seq();
        items.upgrade(new Version2());
        assertEquals(seq, items.state().seq(), "migrated once");
        items.accepted("put", new Put("b", "new"));
        items.restart();
        assertEquals(11, items.rows(NEW_ITEMS).size());
    }
}
