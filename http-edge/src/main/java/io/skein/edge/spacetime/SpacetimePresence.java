package io.skein.edge.spacetime;

import io.skein.engine.module.PresenceRule;
import io.skein.engine.presence.Crowd;
import io.skein.engine.presence.Person;
import io.skein.engine.relay.PresenceFormat;
import io.skein.engine.relay.WireFormat;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.view.TableDelta;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is here as rows of the table that the module declares for it: inserts and deletes of {@code TransactionUpdate}s of one query set. In mode {@code
 * active} the rows are those who did something last, in mode {@code counts} there are none.
 *
 * @param hidden whether the session may not know who is here; then it is told nothing
 */
record SpacetimePresence(SpacetimeFormat wire, Table<PresenceRule.Presence> table, long set, boolean hidden)
        implements PresenceFormat {
    @Override
    public WireFormat.Framing framing() {
        return wire.framing();
    }

    @Override
    public PresenceFormat counts() {
        return new SpacetimePresence(wire, table, set, true);
    }

    /** This wire has no word for rows in place of others. */
    @Override
    public boolean replaces() {
        return false;
    }

    @Override
    public byte @Nullable [] list(Crowd crowd) {
        return change(Crowd.NOBODY, crowd, Crowd.NOBODY.changeTo(crowd));
    }

    @Override
    public byte @Nullable [] change(Crowd before, Crowd after, Crowd.Change change) {
        var was = new HashMap<Object, Person>();
        change.before().forEach(person -> was.put(person.identity(), person));
        var ops = new ArrayList<RowOp>();
        change.put().forEach(person -> ops.add(op(was.get(person.identity()), person)));
        change.removed().forEach(person -> ops.add(op(person, null)));
        return hidden || ops.isEmpty() ? null : SpacetimeFormat.update(List.of(new TableDelta(set, table, ops)));
    }

    private static RowOp op(@Nullable Person before, @Nullable Person after) {
        return new RowOp(0, "", row(before), row(after));
    }

    private static PresenceRule.@Nullable Presence row(@Nullable Person person) {
        return person == null
                ? null
                : new PresenceRule.Presence(person.identity(), person.sessions(), person.active(), person.state());
    }
}
