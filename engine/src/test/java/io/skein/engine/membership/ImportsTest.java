package io.skein.engine.membership;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.membership.Imports.AddRows;
import io.skein.engine.membership.Imports.Begin;
import io.skein.engine.membership.Imports.Finish;
import io.skein.engine.membership.Imports.Row;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.membership.SystemTables.Scheduled;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Table;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.board.BoardModule;
import io.skein.modules.board.BoardModule.AddCard;
import io.skein.modules.board.BoardModule.Card;
import io.skein.modules.board.BoardModule.Nudge;
import io.skein.modules.board.BoardModule.Remark;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How rows come in past a module's reducers, and that nobody misuses it. */
class ImportsTest {
    private static final Instant TIME = Instant.parse("2026-02-03T04:05:06.789Z");
    private static final Remark REMARK = new Remark("c1", TestWorkspace.person("ann"), "hm", TIME);

    private final TestWorkspace workspace = TestWorkspace.of(new BoardModule());
    private final TestCaller owner = workspace.owner();

    private static Row card(String id) {
        return Row.of(BoardModule.CARDS, new Card(id, "Title", 0, 0, ""));
    }

    private static Bytes digest(Row... rows) {
        Bytes digest = Imports.NO_ROWS;
        for (Row row : rows) {
            digest = Imports.digest(digest, row);
        }
        return digest;
    }

    private void accepted(String reducer, Record args) {
        assertInstanceOf(Outcome.Accepted.class, owner.internal(reducer, args));
    }

    private static Refusal refused(TestCaller caller, String reducer, Record args) {
        return assertInstanceOf(Outcome.Refused.class, caller.internal(reducer, args))
                .refusal();
    }

    private void begin() {
        accepted(Imports.BEGIN, new Begin("import", 1));
    }

    private void add(long after, Row... rows) {
        accepted(Imports.ROWS, new AddRows("import", after, Arrays.asList(rows)));
    }

    @Test
    void rowsComeInByPiecesAndTheModuleGoesOn() {
        begin();
        Row remark = Row.of(BoardModule.REMARKS, REMARK);
        add(0, card("c1"), card("c2"));
        add(2, remark, remark);
        workspace.restart();
        accepted(Imports.FINISH, new Finish("import", 4, digest(card("c1"), card("c2"), remark, remark)));
        assertEquals(2, workspace.rows(BoardModule.CARDS).size());
        assertEquals(List.of(REMARK, REMARK), workspace.rows(BoardModule.REMARKS), "two equal ones are two");
        assertEquals(
                "card_exists",
                workspace.refused("add_card", new AddCard("c1", "x", 0, 0)).reason());
        workspace.accepted("add_card", new AddCard("c3", "x", 0, 0));
    }

    @Test
    void V1_meanwhileTheModuleIsRefused() {
        begin();
        Refusal refusal = workspace.refused("add_card", new AddCard("c1", "x", 0, 0));
        assertEquals(ErrorCode.REJECTED, refusal.code());
        assertEquals("importing", refusal.reason());
        workspace.accepted(Membership.RENAME, new Membership.Rename("still its own"));
        accepted(Imports.FINISH, new Finish("import", 0, Imports.NO_ROWS));
        workspace.accepted("add_card", new AddCard("c1", "x", 0, 0));
    }

    @Test
    void V2_aPieceComesInOnceAndInItsPlace() {
        begin();
        add(0, card("c1"));
        for (long after : new long[] {0, 2}) {
            Refusal refusal = refused(owner, Imports.ROWS, new AddRows("import", after, List.of(card("c2"))));
            assertEquals(ErrorCode.CONFLICT, refusal.code());
            assertEquals(1, refusal.current());
        }
        assertEquals(
                ErrorCode.CONFLICT,
                refused(owner, Imports.FINISH, new Finish("import", 2, digest(card("c1"))))
                        .code());
        assertEquals(
                ErrorCode.CONFLICT,
                refused(owner, Imports.FINISH, new Finish("import", 1, digest(card("c2"))))
                        .code(),
                "other rows");
        assertEquals(
                "not_importing",
                refused(owner, Imports.ROWS, new AddRows("other", 1, List.of())).reason());
        accepted(Imports.FINISH, new Finish("import", 1, digest(card("c1"))));
        assertEquals(
                "not_importing",
                refused(owner, Imports.ROWS, new AddRows("import", 1, List.of(card("c2"))))
                        .reason());
    }

    @Test
    void V1_onlyAWorkspaceWithoutRowsBegins() {
        workspace.accepted("add_card", new AddCard("c1", "x", 0, 0));
        assertEquals(
                "not_empty",
                refused(owner, Imports.BEGIN, new Begin("import", 1)).reason());
        workspace.accepted("remove_card", new BoardModule.RemoveCard("c1"));
        begin();
        begin(); // again, because the answer was lost
        assertEquals(
                "importing",
                refused(owner, Imports.BEGIN, new Begin("other", 1)).reason());
        accepted(Imports.FINISH, new Finish("import", 0, Imports.NO_ROWS));
        accepted(Imports.BEGIN, new Begin("other", 1));
        assertEquals(1, workspace.rows(SystemTables.IMPORT).size(), "the latest is kept");
    }

    @Test
    void V1_aBadPieceChangesNothing() {
        begin();
        Row[] bad = {
            new Row("no_such", card("c1").bytes()),
            new Row("remark", card("c1").bytes()),
            new Row("card", Bytes.of(new byte[] {99})),
            new Row("card", Bytes.of(Arrays.copyOf(card("c1").bytes().toArray(), 200))),
            Row.of(BoardModule.NUDGES, new Nudge("c1", owner.identity())),
            Row.of(SystemTables.SCHEDULE, new Scheduled("s", TIME, "remove_card", Bytes.EMPTY)),
            Row.of(SystemTables.MEMBER, new Member(TestWorkspace.person("ann"), "Ann", Role.NONE, TIME)),
        };
        for (Row row : bad) {
            Refusal refusal = refused(owner, Imports.ROWS, new AddRows("import", 0, List.of(card("c9"), row)));
            assertEquals(ErrorCode.INVALID_ARGS, refusal.code(), refusal.message());
        }
        assertEquals(
                "row_exists",
                refused(owner, Imports.ROWS, new AddRows("import", 0, List.of(card("c1"), card("c1"))))
                        .reason());
        assertTrue(workspace.rows(BoardModule.CARDS).isEmpty());
    }

    @Test
    void M1_itIsForOwners() {
        TestCaller admin = workspace.member("admin", Role.ADMIN);
        assertEquals(
                ErrorCode.FORBIDDEN,
                refused(admin, Imports.BEGIN, new Begin("import", 1)).code());
        begin();
        assertEquals(
                ErrorCode.FORBIDDEN,
                refused(admin, Imports.ROWS, new AddRows("import", 0, List.of(card("c1"))))
                        .code());
        assertEquals(
                ErrorCode.FORBIDDEN,
                refused(admin, Imports.FINISH, new Finish("import", 0, Imports.NO_ROWS))
                        .code());
        assertEquals(
                ErrorCode.NOT_FOUND,
                owner.refused(Imports.ROWS, new AddRows("import", 0, List.of())).code(),
                "not from a wire");
    }

    @Test
    void M1_membersComeInButTheOwnerStaysOne() {
        begin();
        add(
                0,
                Row.of(SystemTables.MEMBER, new Member(TestWorkspace.person("ann"), "Ann", Role.EDITOR, TIME)),
                Row.of(SystemTables.MEMBER, new Member(owner.identity(), "Me", Role.VIEWER, TIME)));
        assertEquals(Role.EDITOR, workspace.as("ann").role());
        assertEquals(Role.OWNER, owner.role());
    }

    @Test
    void rowsOfAnOlderVersionAreMigratedAtTheEnd() {
        TestWorkspace grown = TestWorkspace.of(new Grown());
        Row row = Row.of(Grown.ITEMS, new Grown.Item("i", "old"));
        assertInstanceOf(Outcome.Accepted.class, grown.owner().internal(Imports.BEGIN, new Begin("import", 1)));
        assertInstanceOf(
                Outcome.Accepted.class, grown.owner().internal(Imports.ROWS, new AddRows("import", 0, List.of(row))));
        assertInstanceOf(
                Outcome.Accepted.class, grown.owner().internal(Imports.FINISH, new Finish("import", 1, digest(row))));
        assertEquals(List.of(new Grown.Item("i", "old, migrated from 1")), grown.rows(Grown.ITEMS));
    }

    /** A module in its second version. */
    static final class Grown implements Module {
        record Item(@io.skein.engine.schema.Key String id, String text) {}

        static final Table<Item> ITEMS = Table.of("item", Item.class);

        @Override
        public void define(Definition module) {
            module.name("grown").version(2);
            module.table(ITEMS);
        }

        @Override
        public void migrate(int fromVersion, Tx tx) {
            for (Item item : tx.in(ITEMS).all()) {
                tx.in(ITEMS).update(new Item(item.id(), item.text() + ", migrated from " + fromVersion));
            }
        }
    }
}
