package io.skein.engine.view;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableRule;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A transaction looks again at what it can concern, and at nothing else. */
class RecheckTest {
    record Shelf(@Key String id, String room, String label) {}

    record Book(@Key String id, String shelf) {}

    record Pass(String room, Identity holder) {}

    private static final Table<Shelf> SHELVES = Table.of("shelf", Shelf.class);
    private static final Table<Book> BOOKS = Table.of("book", Book.class);
    private static final Table<Pass> PASSES = Table.of("pass", Pass.class);
    private static final Index<Shelf, String> SHELVES_IN = SHELVES.index("room", String.class);
    private static final Index<Book, String> BOOKS_ON = BOOKS.index("shelf", String.class);
    private static final Index<Pass, List<Object>> PASS = PASSES.index(List.of("room", "holder"));

    /** Who has a pass to a room sees the books on its shelves. */
    private static final class Library implements Module {
        private final AtomicInteger looks;

        Library(AtomicInteger looks) {
            this.looks = looks;
        }

        @Override
        public void define(Definition module) {
            TableRule.Affected<Shelf, Book> ofShelf = (shelf, tables) -> {
                looks.incrementAndGet();
                return tables.in(BOOKS).where(BOOKS_ON, shelf.id());
            };
            TableRule.Affected<Pass, Book> ofPass = (pass, tables) -> {
                looks.incrementAndGet();
                return tables.in(SHELVES).where(SHELVES_IN, pass.room()).stream()
                        .flatMap(shelf -> tables.in(BOOKS).where(BOOKS_ON, shelf.id()).stream())
                        .toList();
            };
            module.name("library").table(SHELVES);
            module.table(PASSES);
            module.table(BOOKS)
                    .visibleWhen((viewer, book, tables) -> tables.in(SHELVES)
                            .find(book.shelf())
                            .filter(shelf -> !tables.in(PASSES)
                                    .where(PASS, List.of(shelf.room(), viewer.identity()))
                                    .isEmpty())
                            .isPresent())
                    .readingOnly(SHELVES, Shelf::room, ofShelf)
                    .readingOwn(PASSES, Pass::holder, ofPass);
            module.reducer(
                    "shelf",
                    Shelf.class,
                    Role.EDITOR,
                    (tx, in) -> tx.in(SHELVES).upsert(in));
            module.reducer(
                    "book", Book.class, Role.EDITOR, (tx, in) -> tx.in(BOOKS).upsert(in));
            module.reducer(
                    "pass", Pass.class, Role.EDITOR, (tx, in) -> tx.in(PASSES).insert(in));
            module.reducer(
                    "no_pass",
                    Pass.class,
                    Role.EDITOR,
                    (tx, in) -> tx.in(PASSES).delete(in));
        }
    }

    private final AtomicInteger looks = new AtomicInteger();
    private final TestWorkspace library = TestWorkspace.of(new Library(looks));
    private final TestCaller ann = library.member("ann", Role.VIEWER);
    private final TestCaller bob = library.member("bob", Role.VIEWER);

    RecheckTest() {
        library.accepted("shelf", new Shelf("s", "red", "A"));
        library.accepted("book", new Book("b", "s"));
        library.accepted("pass", new Pass("red", ann.identity()));
    }

    /** How often the rule's author is asked which rows the last transaction concerns, for one viewer. */
    private int looksFor(TestCaller who) {
        var schema = library.state().schema();
        var last = library.history().getLast();
        looks.set(0);
        Visibility.strict(schema).ops(last, Audience.of(schema, who.identity(), Role.VIEWER));
        return looks.get();
    }

    @Test
    void aChangeOfWhatTheRuleDoesNotUse_concernsNobody() {
        library.accepted("shelf", new Shelf("s", "red", "B"));
        assertEquals(0, looksFor(ann));
        library.accepted("shelf", new Shelf("s", "blue", "B"));
        assertEquals(3, looksFor(ann), "before and after");
        assertEquals(List.of(), ann.sees(BOOKS));
        library.accepted("shelf", new Shelf("s", "red", "B"));
        assertEquals(1, ann.sees(BOOKS).size());
    }

    @Test
    void aRowAboutOneViewer_concernsNobodyElse() {
        library.accepted("pass", new Pass("red", bob.identity()));
        assertEquals(0, looksFor(ann));
        assertEquals(1, looksFor(bob));
        assertEquals(1, bob.sees(BOOKS).size());
        library.accepted("no_pass", new Pass("red", bob.identity()));
        assertEquals(0, looksFor(ann));
        assertEquals(List.of(), bob.sees(BOOKS));
        assertEquals(1, ann.sees(BOOKS).size());
    }
}
