package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.skein.engine.Modules;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.CallCodec;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes in the middle of an upgrade: one has a module with a column, a table and an argument that the other does not know. */
class TwoVersionsTest {
    /** As it was. */
    static final class Before implements Module {
        record Place(int column) {}

        record Item(@Key String id, Place place, List<Place> before, String title) {}

        record AddItem(String id, Place place, String title) {}

        static final Table<Item> ITEMS = Table.of("item", Item.class);

        @Override
        public void define(Definition module) {
            module.name("list").version(1);
            module.table(ITEMS);
            module.reducer("add_item", AddItem.class, Role.EDITOR, Before::add);
        }

        private static void add(Tx tx, AddItem in) {
            tx.in(ITEMS).insert(new Item(in.id(), in.place(), List.of(), in.title()));
        }
    }

    /** As it is. */
    static final class After implements Module {
        record Spot(int column, @Default("0") int row) {}

        record Labelled(
                @Key String id,
                Spot place,
                List<Spot> before,
                String title,
                @Default("none") String label) {}

        record Label(@Key String name) {}

        record AddLabelled(
                String id,
                Spot place,
                String title,
                @Default("none") String label) {}

        static final Table<Labelled> ITEMS = Table.of("item", Labelled.class);
        static final Table<Label> LABELS = Table.of("label", Label.class);

        @Override
        public void define(Definition module) {
            module.name("list").version(2);
            module.table(LABELS);
            module.table(ITEMS);
            module.reducer("add_item", AddLabelled.class, Role.EDITOR, After::add);
        }

        private static void add(Tx tx, AddLabelled in) {
            tx.in(ITEMS).insert(new Labelled(in.id(), in.place(), List.of(), in.title(), in.label()));
        }
    }

    private static final Modules OLD = new Modules(List.of(new Before()));
    private static final Modules NEW = new Modules(List.of(new After()));
    private static final ModuleSchema OLD_SCHEMA = OLD.find("list").orElseThrow();
    private static final ModuleSchema NEW_SCHEMA = NEW.find("list").orElseThrow();
    private static final Identity WHO = Identity.of("test", "who");
    private static final Audience EDITOR = new Audience(Role.EDITOR, Optional.empty());

    /** What both versions can do, and what only the newer can. */
    private static final After.AddLabelled OLD_ARGS = new After.AddLabelled("a", new After.Spot(1, 0), "t", "none");

    private static final After.AddLabelled NEW_ARGS = new After.AddLabelled("b", new After.Spot(1, 0), "t", "red");

    private final ActorTestKit kit = ActorTestKit.create();
    private final ActorRef<Workspace.Command> owner =
            kit.createTestProbe(Workspace.Command.class).ref();

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** What one node says as the other one hears it. */
    private List<Downstream> carry(ModuleSchema from, Modules to, List<Downstream> messages) {
        var writer = new DownstreamWriter(from, _ -> "owner");
        var reader = new DownstreamReader(to, _ -> owner);
        return messages.stream()
                .map(message -> reader.read(writer.write(message)))
                .toList();
    }

    private static Downstream.Published published(RowOp... ops) {
        var header = new TxHeader(6, 1, WHO, "add_item", Bytes.of(new byte[HashChain.BYTES]));
        return new Downstream.Published(
                List.of(new Downstream.Tx(header, Map.of(EDITOR, List.of(ops)), List.of(), 100)), List.of());
    }

    private static RowOp insert(ModuleSchema schema, String table, Object key, Object row) {
        return new RowOp(schema.ordinal(table), key, null, row);
    }

    private static Downstream.SnapshotRows rows(Table<?> table, Object row) {
        return new Downstream.SnapshotRows(
                1, List.of(new TableRows(1, table, List.of(new Stored<>(row, 1, 1, 10)))), true);
    }

    @Test
    void anOlderRelay_hearsNewerRowsWithoutWhatItDoesNotKnow() {
        var row = new After.Labelled("a", new After.Spot(1, 7), List.of(new After.Spot(2, 8)), "t", "red");
        List<Downstream> heard = carry(
                NEW_SCHEMA,
                OLD,
                List.of(
                        new Downstream.Enlisted("e", 5, "list", 2, owner),
                        published(
                                insert(NEW_SCHEMA, "label", "red", new After.Label("red")),
                                insert(NEW_SCHEMA, "item", "a", row)),
                        rows(After.ITEMS, row)));
        assertEquals(new Downstream.Enlisted("e", 5, "list", 2, owner), heard.getFirst());
        var known = new Before.Item("a", new Before.Place(1), List.of(new Before.Place(2)), "t");
        assertEquals(published(insert(OLD_SCHEMA, "item", "a", known)), heard.get(1));
        assertEquals(rows(Before.ITEMS, known), heard.get(2));
    }

    @Test
    void aNewerRelay_hearsOlderRowsWithTheFallbackOfTheNewColumn() {
        var row = new Before.Item("a", new Before.Place(1), List.of(new Before.Place(2)), "t");
        List<Downstream> heard = carry(
                OLD_SCHEMA,
                NEW,
                List.of(
                        new Downstream.Enlisted("e", 5, "list", 1, owner),
                        published(insert(OLD_SCHEMA, "item", "a", row)),
                        rows(Before.ITEMS, row)));
        var filled = new After.Labelled("a", new After.Spot(1, 0), List.of(new After.Spot(2, 0)), "t", "none");
        assertEquals(published(insert(NEW_SCHEMA, "item", "a", filled)), heard.get(1));
        assertEquals(rows(After.ITEMS, filled), heard.get(2));
    }

    /** A call as it arrives at another node. */
    private static Call sent(Object args) {
        Call call = Call.of(TestWorkspace.person("owner"), "add_item", args);
        return CallCodec.read(new ByteReader(ByteWriter.collect(out -> CallCodec.write(out, call))));
    }

    @Test
    void aNewerNodesCall_isDoneByAnOlderOwnerUnlessItNeedsWhatThatDoesNotKnow() {
        var decider = new Decider(DecideLimits.DEFAULT);
        var workspace = TestWorkspace.of(new Before()).state();
        var done = decider.decide(workspace, sent(OLD_ARGS), 1);
        assertEquals(
                List.of(new Before.Item("a", new Before.Place(1), List.of(), "t")),
                assertInstanceOf(Decision.Commit.class, done).committed().transaction().ops().stream()
                        .map(RowOp::after)
                        .toList());
        var not = decider.decide(workspace, sent(NEW_ARGS), 1);
        var refused = assertInstanceOf(Decision.Refuse.class, not);
        assertEquals(ErrorCode.UNAVAILABLE, refused.refusal().code());
        assertEquals(Optional.empty(), refused.remember());
    }

    @Test
    void I1_aKeyIsGoodAtNodesOfBothVersions() {
        var before = Objects.requireNonNull(OLD_SCHEMA.reducer("add_item"));
        var after = Objects.requireNonNull(NEW_SCHEMA.reducer("add_item"));
        var asked = new Before.AddItem("a", new Before.Place(1), "t");
        assertEquals(Call.digest(before, asked), Call.digest(after, OLD_ARGS));
        assertNotEquals(Call.digest(before, asked), Call.digest(after, NEW_ARGS));
    }

    @Test
    void R1_aCursorOfAnotherVersionsColumns_isOfAnotherView() {
        var view = new View(EDITOR, List.of(Subscription.of(1, Map.of("item", new Filter.All()))));
        assertNotEquals(view.fingerprint(WHO, OLD_SCHEMA), view.fingerprint(WHO, NEW_SCHEMA));
        assertEquals(view.fingerprint(WHO, NEW_SCHEMA), view.fingerprint(WHO, Modules.schemaOf(new After())));
    }
}
