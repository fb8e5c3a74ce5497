package io.skein.engine.module;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.schema.Unsigned;
import java.time.Duration;
import java.util.Optional;

/**
 * What a module says of who is here in its workspaces.
 *
 * @param tick what happens within it is told at once; empty: as the node is set up
 * @param listFor who is told by name; members below that are told how many there are
 * @param table shows who is here to clients that know nothing but tables
 */
public record PresenceRule(Optional<Duration> tick, Role listFor, Optional<Table<Presence>> table) {
    /** Everybody is told, as often as the node is set up; there is no table. */
    public static final PresenceRule DEFAULT = new PresenceRule(Optional.empty(), Role.VIEWER, Optional.empty());

    /**
     * Somebody who is here.
     *
     * @param sessions how many sessions
     * @param state what they say of themselves, an object
     */
    public record Presence(@Key Identity identity, @Unsigned int sessions, boolean active, Json state) {}

    /**
     * Arguments of the reducer {@code set_} and the table's name.
     *
     * @param state an object that is merged by key into the session's state; {@code null} takes a key out
     */
    public record SetState(Json state) {}

    public PresenceRule {
        if (tick.isPresent() && tick.get().toMillis() < 1) {
            throw new IllegalArgumentException("a tick of " + tick.get() + ": at least 1 ms");
        }
    }

    /** The same with another tick. */
    public PresenceRule every(Duration tick) {
        return new PresenceRule(Optional.of(tick), listFor, table);
    }

    /** The same, where only these are told by name. */
    public PresenceRule listedFor(Role minimum) {
        return new PresenceRule(tick, minimum, table);
    }

    /**
     * The same with a table of this name, and a reducer {@code set_}name with which a session changes its state. On the SpacetimeDB wire the
     * table's rows are who is here, and each session is; elsewhere it has none. Nothing of it is stored.
     */
    public PresenceRule asTable(String name) {
        return new PresenceRule(tick, listFor, Optional.of(Table.of(name, Presence.class)));
    }

    /** The reducer of the table. */
    public Optional<String> reducer() {
        return table.map(shown -> "set_" + shown.name());
    }
}
