package io.skein.engine.everything;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.FoldedRows;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.view.Visibility;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a view's deltas come to. */
class ViewPropertiesTest {
    @Provide
    Arbitrary<List<Action>> histories() {
        return Action.histories();
    }

    @Provide
    Arbitrary<List<Subscription>> subscriptions() {
        return Filters.subscriptions();
    }

    /**
     * Rules O3, M3 and R1 without the network: whoever starts from the snapshot at any {@code seq} and applies the rest of the deltas
     * holds at each {@code seq} what a snapshot would give, whatever became of its role on the way.
     */
    @Property(tries = 100)
    void O3_deltasFoldedEqualTheSnapshot_fromAnySeqOn(
            @ForAll("histories") List<Action> history, @ForAll("subscriptions") List<Subscription> subscriptions) {
        TestWorkspace workspace = Action.play(TestWorkspace.of(new EverythingModule()), history);
        for (Identity person : Action.PEOPLE) {
            var follower = new Follower(workspace.state(), person, subscriptions);
            List<Map<Long, FoldedRows>> clients = new ArrayList<>();
            for (Committed committed : workspace.history()) {
                clients.add(follower.snapshot(committed.before()));
                if (follower.startsOver(committed)) {
                    clients.replaceAll(_ -> follower.snapshot(committed.after()));
                    continue;
                }
                List<TableDelta> deltas = follower.hear(committed);
                Map<Long, FoldedRows> snapshot = follower.snapshot(committed.after());
                for (Map<Long, FoldedRows> client : clients) {
                    deltas.forEach(delta -> fold(client, delta));
                    assertEquals(snapshot, client);
                }
            }
        }
    }

    private static void fold(Map<Long, FoldedRows> client, TableDelta delta) {
        FoldedRows rows = java.util.Objects.requireNonNull(client.get(delta.subscription()));
        delta.ops().forEach(rows::apply);
    }

    /** Evaluates the views of one person. */
    private static final class Follower {
        private final Visibility visibility;
        private final Identity person;
        private final List<Subscription> subscriptions;

        Follower(WorkspaceState state, Identity person, List<Subscription> subscriptions) {
            this.visibility = Visibility.strict(state.schema());
            this.person = person;
            this.subscriptions = subscriptions;
        }

        List<TableDelta> hear(Committed committed) {
            Audience from = audience(committed.before());
            Audience to = audience(committed.after());
            List<RowOp> visible =
                    from.equals(to) ? visibility.ops(committed, to) : visibility.transition(committed, from, to);
            return compiled(committed.after()).evaluate(visible, join -> visibility.ops(committed, to.through(join)));
        }

        /** Another role is shown as a difference only where nobody looks through joins. */
        boolean startsOver(Committed committed) {
            Audience to = audience(committed.after());
            return !audience(committed.before()).equals(to)
                    && !new View(to, subscriptions).joins().isEmpty();
        }

        Map<Long, FoldedRows> snapshot(WorkspaceState state) {
            var bySubscription = new HashMap<Long, FoldedRows>();
            subscriptions.forEach(each -> bySubscription.put(each.number(), new FoldedRows(state.schema())));
            for (TableRows part : compiled(state).snapshot(state, visibility)) {
                FoldedRows rows = java.util.Objects.requireNonNull(bySubscription.get(part.subscription()));
                int table = state.schema().ordinal(part.table());
                part.rows()
                        .forEach(stored ->
                                rows.put(table, keyOf(part.table(), stored.row()), stored.row(), stored.copies()));
            }
            return bySubscription;
        }

        private static <R> Object keyOf(Table<R> table, Object row) {
            return table.keyOf(table.shape().type().cast(row));
        }

        private CompiledView compiled(WorkspaceState state) {
            return new CompiledView(state.schema(), new View(audience(state), subscriptions));
        }

        private Audience audience(WorkspaceState state) {
            return Audience.of(state.schema(), person, SystemTables.roleOf(state, state.workspace(), person));
        }
    }
}
