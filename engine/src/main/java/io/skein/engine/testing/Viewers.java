package io.skein.engine.testing;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.view.Visibility;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Everybody who looks at a test's workspace, with what each has heard so far. */
final class Viewers {
    private final ModuleSchema schema;
    private final Visibility visibility;
    private final Map<Identity, FoldedRows> heard = new LinkedHashMap<>();

    Viewers(ModuleSchema schema) {
        this.schema = schema;
        this.visibility = Visibility.strict(schema);
    }

    void add(Identity identity, WorkspaceState state) {
        heard.computeIfAbsent(identity, who -> visible(state, audience(state, who)));
    }

    /** The same people before a workspace of another version of the module. */
    Viewers reopened(ModuleSchema newSchema, WorkspaceState state) {
        var next = new Viewers(newSchema);
        heard.keySet().forEach(identity -> next.add(identity, state));
        return next;
    }

    /** Tells everybody what they may hear of a transaction, and requires that it leaves them with what they may see. */
    void hear(Committed committed) {
        heard.forEach((identity, rows) -> {
            Audience from = audience(committed.before(), identity);
            Audience to = audience(committed.after(), identity);
            List<RowOp> ops =
                    from.equals(to) ? visibility.ops(committed, to) : visibility.transition(committed, from, to);
            ops.forEach(rows::apply);
            String difference = rows.differenceTo(visible(committed.after(), to));
            if (!difference.isEmpty()) {
                throw new AssertionError(("after %s, %s %s has heard something else than it may see: %s. Does the"
                                + " table's rule declare with reading(…) every table that it reads, and all affected"
                                + " rows?")
                        .formatted(committed.transaction().reducer(), to.role().wire(), identity, difference));
            }
        });
    }

    private FoldedRows visible(WorkspaceState state, Audience audience) {
        var rows = new FoldedRows(schema);
        for (int i = 0; i < schema.tableCount(); i++) {
            int table = i;
            state.rows(table).forEach(stored -> {
                if (visibility.mayRead(state, audience, table, stored.row())) {
                    rows.put(table, keyOf(state.rows(table).table(), stored.row()), stored.row(), stored.copies());
                }
            });
        }
        return rows;
    }

    private static <R> Object keyOf(Table<R> table, Object row) {
        return table.keyOf(table.shape().type().cast(row));
    }

    private Audience audience(WorkspaceState state, Identity identity) {
        return Audience.of(schema, identity, SystemTables.roleOf(state, state.workspace(), identity));
    }

    <R> List<R> rows(WorkspaceState state, Identity identity, Role role, Table<R> table) {
        return rows(state, identity, role, table, new Filter.All());
    }

    <R> List<R> rows(WorkspaceState state, Identity identity, Role role, Table<R> table, Filter filter) {
        var rows = new ArrayList<R>();
        for (TableRows part : rows(state, identity, role, Subscription.of(0, Map.of(table.name(), filter)))) {
            part.rows().forEach(stored -> {
                for (int i = 0; i < stored.copies(); i++) {
                    rows.add(table.shape().type().cast(stored.row()));
                }
            });
        }
        return rows;
    }

    List<TableRows> rows(WorkspaceState state, Identity identity, Role role, Subscription subscription) {
        var view = new View(Audience.of(schema, identity, role), List.of(subscription));
        return new CompiledView(schema, view).snapshot(state, visibility);
    }
}
