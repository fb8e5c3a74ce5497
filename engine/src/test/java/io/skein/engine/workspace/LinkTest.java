package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.everything.EverythingModule;
import io.skein.engine.everything.SampleHistory;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.view.Audience;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.Visibility;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorRefResolver;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An owner's link to another node, and the inlet at its end. The test carries the parts from one to the other, or loses them. */
class LinkTest {
    private static final Modules MODULES = new Modules(List.of(new EverythingModule()));
    private static final ModuleSchema SCHEMA = MODULES.find("everything").orElseThrow();
    private static final Identity OWNER = TestWorkspace.person("owner");

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<FromOwner> wire = kit.createTestProbe(FromOwner.class);
    private final ActorRef<Workspace.Command> owner =
            kit.createTestProbe(Workspace.Command.class).ref();
    private final Inlet inlet = new Inlet(MODULES, kit.system());
    private final Link link = link(inlet.begin());

    private Link link(long number) {
        var actors = ActorRefResolver.get(kit.system());
        var writer = new DownstreamWriter(SCHEMA, actors::toSerializationFormat);
        return new Link(wire.ref(), number, true, WorkspaceSettings.DEFAULT, writer::write);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** What the inlet makes of the next thing on the wire. */
    private @Nullable Downstream carry() {
        return inlet.hear(wire.expectMessageClass(FromOwner.Part.class));
    }

    private void begin() {
        var enlisted = new Downstream.Enlisted("epoch", 5, "everything", 1, owner);
        link.send(enlisted);
        assertEquals(enlisted, carry());
    }

    private static Downstream.Published published(TestWorkspace workspace) {
        var visibility = new Visibility(SCHEMA);
        var editor = new Audience(Role.EDITOR, Optional.of(TestWorkspace.person("ann")));
        var boss = new Audience(Role.OWNER, Optional.of(OWNER));
        var transactions = new ArrayList<Downstream.Tx>();
        for (Committed committed : workspace.history()) {
            Map<Audience, List<RowOp>> visible = new LinkedHashMap<>();
            visible.put(boss, visibility.ops(committed, boss));
            visible.put(editor, visibility.ops(committed, editor));
            var gone = new Downstream.RoleChange(OWNER, Role.NONE, Optional.empty(), List.of());
            var moved = new Downstream.RoleChange(
                    OWNER, Role.EDITOR, Optional.of(editor), visibility.transition(committed, boss, editor));
            transactions.add(new Downstream.Tx(
                    TxHeader.of(committed), visible, List.of(gone, moved), committed.canonical().length));
        }
        var refusal = Refusal.later(ErrorCode.OVERLOADED, "busy", 250);
        return new Downstream.Published(
                transactions,
                List.of(
                        new Downstream.Result(1, new Outcome.Accepted(3, true), 3),
                        new Downstream.Result(2, new Outcome.Refused(refusal, false), 5)));
    }

    @Test
    void O2_what_is_published_is_the_same_on_another_node() {
        begin();
        TestWorkspace workspace = SampleHistory.play();
        Downstream.Published published = published(workspace);
        link.send(published);
        assertEquals(published, carry());
        var traced = new Downstream.Published(
                published.transactions(),
                published.results(),
                List.of(new Downstream.Traced(3, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));
        link.send(traced);
        assertEquals(traced, carry());
        var entries = published.transactions().stream()
                .map(tx -> new Downstream.Entry(
                        tx.header(), tx.visible().values().iterator().next(), tx.bytes()))
                .toList();
        var audience = new Audience(Role.VIEWER, Optional.empty());
        for (Downstream message : List.of(
                new Downstream.Entered(3, Role.VIEWER, audience, 5, 2),
                new Downstream.Denied(4, Refusal.of(ErrorCode.FORBIDDEN, "no")),
                new Downstream.SnapshotTaken(8, 5),
                new Downstream.SnapshotFailed(8),
                new Downstream.History(audience, 0, entries))) {
            link.send(message);
            assertEquals(message, carry());
        }
    }

    /** So many rows that they take several windows. */
    private static List<TableRows> manyRows(int rows) {
        var stored = new ArrayList<Stored<?>>();
        for (int i = 0; i < rows; i++) {
            stored.add(new Stored<>(new EverythingModule.Cell(i, "y", "v".repeat(280)), i, 1, 290));
        }
        var none = new TableRows(1, EverythingModule.TALLIES, List.of());
        return List.of(none, new TableRows(1, EverythingModule.CELLS, stored), none);
    }

    @Test
    void O3_a_snapshot_larger_than_the_window_comes_in_pieces_as_they_are_taken() {
        begin();
        List<TableRows> rows = manyRows(40_000);
        link.stream(7, rows);
        var whole = new ArrayList<TableRows>();
        boolean last = false;
        int acknowledged = 0;
        while (!last) {
            if (wire.receiveMessage() instanceof FromOwner.Part part
                    && inlet.hear(part) instanceof Downstream.SnapshotRows piece) {
                assertEquals(7, piece.request());
                Pieces.join(whole, piece.rows());
                last = piece.last();
            }
            if (inlet.isOwing()) {
                inlet.acknowledge();
                link.check(0, inlet.received());
                acknowledged++;
            }
        }
        assertTrue(rows.equals(whole), "the rows are others");
        assertTrue(acknowledged > 10, "40,000 things went through without a sign of the other end");
        assertTrue(link.isDone());
    }

    @Test
    void L1_an_end_that_takes_nothing_holds_no_more_than_the_window_and_the_queue() {
        begin();
        var rows = new Downstream.SnapshotRows(1, manyRows(4_000), true);
        int said = 0;
        while (link.accept(said + 1)) { // until it is lost
            link.send(rows);
            said++;
        }
        int bytes = new DownstreamWriter(SCHEMA, _ -> "").write(rows).length;
        long bound = WorkspaceSettings.DEFAULT.linkWindowBytes() + WorkspaceSettings.DEFAULT.maxLinkQueuedBytes();
        assertTrue(Math.abs(bound / bytes - said) <= 2, () -> "far from " + bound);
        FromOwner message = wire.receiveMessage();
        int parts = 0;
        for (; message instanceof FromOwner.Part; message = wire.receiveMessage()) {
            parts++;
        }
        assertInstanceOf(FromOwner.Lost.class, message);
        long window = WorkspaceSettings.DEFAULT.linkWindowBytes() / Link.PART_BYTES;
        assertTrue(parts >= window && parts <= 2 * window, "parts under way: " + parts);
        link.send(rows);
        wire.expectNoMessage();
    }

    @Test
    void O2_a_part_that_is_missing_is_noticed_with_the_next() {
        begin();
        link.send(new Downstream.SnapshotTaken(1, 5));
        wire.expectMessageClass(FromOwner.Part.class); // and lost
        link.send(new Downstream.SnapshotTaken(2, 5));
        assertNull(carry());
        assertTrue(inlet.isLost());
    }

    @Test
    void O2_a_last_part_that_is_missing_is_noticed_when_both_ends_compare() {
        begin();
        link.send(new Downstream.SnapshotTaken(1, 5));
        wire.expectMessageClass(FromOwner.Part.class); // and lost
        link.tick(System.nanoTime() + 3_000_000_000L);
        inlet.hear(wire.expectMessageClass(FromOwner.Check.class));
        assertTrue(inlet.isLost());
    }

    @Test
    void I1_a_batch_that_is_missing_is_noticed_with_the_next_or_when_both_ends_compare() {
        begin();
        assertTrue(link.accept(1));
        link.check(1, 1);
        wire.expectMessageClass(FromOwner.Check.class);
        assertFalse(link.accept(3));
        wire.expectMessageClass(FromOwner.Lost.class);

        Link next = link(inlet.begin());
        next.check(1, 0);
        wire.expectMessageClass(FromOwner.Lost.class);
        next.tick(0);
        wire.expectMessageClass(FromOwner.Lost.class); // said again, because it may be lost, too
    }

    @Test
    void V3_rows_of_a_table_that_this_node_does_not_know_are_passed_over() {
        Module smaller = module -> {
            module.name("everything").version(1);
            module.table(EverythingModule.CELLS);
        };
        var writer = new DownstreamWriter(SCHEMA, _ -> "");
        var reader = new DownstreamReader(new Modules(List.of(smaller)), _ -> owner);
        reader.read(writer.write(new Downstream.Enlisted("epoch", 5, "everything", 1, owner)));
        Downstream.Published sent = published(SampleHistory.play());
        var published = (Downstream.Published) reader.read(writer.write(sent));
        assertEquals(cells(sent), cells(published));
        assertTrue(cells(sent).size() > 2);
        assertEquals(sent.results(), published.results());
    }

    private static List<Object> cells(Downstream.Published published) {
        return published.transactions().stream()
                .flatMap(tx -> tx.visible().values().stream())
                .flatMap(List::stream)
                .map(RowOp::after)
                .filter(EverythingModule.Cell.class::isInstance)
                .toList();
    }
}
