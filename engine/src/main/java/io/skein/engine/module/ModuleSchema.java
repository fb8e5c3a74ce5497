package io.skein.engine.module;

import io.skein.engine.schema.Table;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A module as the engine sees it: tables by ordinal and name, reducers by name, hooks. Immutable. */
public final class ModuleSchema {
    private final Module module;
    private final String name;
    private final int version;
    private final Access access;
    private final List<TableRule<?>> rules;
    private final IdentityHashMap<Table<?>, Integer> ordinals = new IdentityHashMap<>();
    private final Map<String, Integer> ordinalsByName = new LinkedHashMap<>();
    private final Map<String, Reducer<?>> reducers;
    private final Map<String, Query<?, ?>> queries;
    private final Optional<Hook> onCreate;
    private final PresenceRule presence;
    private final Optional<StrangerLimit> strangers;
    private final Optional<OutboxRule<?>> outbox;
    private final int outboxOrdinal;
    private final int lastOfEngine;
    private final boolean rowRules;

    ModuleSchema(
            Module module,
            String name,
            int version,
            Access access,
            List<TableRule<?>> rules,
            Map<String, Reducer<?>> reducers,
            Map<String, Query<?, ?>> queries,
            Optional<Hook> onCreate,
            PresenceRule presence,
            Optional<StrangerLimit> strangers,
            Optional<OutboxRule<?>> outbox) {
        this.module = module;
        this.name = name;
        this.version = version;
        this.access = access;
        this.rules = List.copyOf(rules);
        this.reducers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(reducers));
        this.queries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(queries));
        this.onCreate = onCreate;
        this.presence = presence;
        this.strangers = strangers;
        this.outbox = outbox;
        this.rowRules = rules.stream().anyMatch(rule -> rule.rows().isPresent());
        for (int i = 0; i < rules.size(); i++) {
            rules.get(i).table().seal();
            ordinals.put(rules.get(i).table(), i);
            ordinalsByName.put(rules.get(i).table().name(), i);
        }
        for (var rule : rules) {
            for (var recheck : rule.rechecks()) {
                ordinal(recheck.cause());
            }
        }
        this.outboxOrdinal = outbox.isPresent() ? ordinal(outbox.get().table()) : -1;
        int last = outboxOrdinal;
        for (int i = 0; i < rules.size(); i++) {
            last = rules.get(i).table().name().startsWith(Definition.RESERVED_PREFIX) ? Math.max(last, i) : last;
        }
        this.lastOfEngine = last;
    }

    public Module module() {
        return module;
    }

    public String name() {
        return name;
    }

    public int version() {
        return version;
    }

    /** The access policy of a new workspace whose maker says none. */
    public Access access() {
        return access;
    }

    /** What the module says of who is here. */
    public PresenceRule presence() {
        return presence;
    }

    /** How much those who are no members may ask. */
    public Optional<StrangerLimit> strangers() {
        return strangers;
    }

    /** What of the module's rows leaves a workspace. */
    public Optional<OutboxRule<?>> outbox() {
        return outbox;
    }

    /** The ordinal of the outbox, or -1. */
    public int outboxOrdinal() {
        return outboxOrdinal;
    }

    /** The last of the tables that the engine itself follows, its own and the module's outbox: what comes behind it is the module's alone. */
    public int lastOfEngine() {
        return lastOfEngine;
    }

    public int tableCount() {
        return rules.size();
    }

    /**
     * @throws IllegalArgumentException if the table is not one of this module
     */
    public int ordinal(Table<?> table) {
        Integer ordinal = ordinals.get(table);
        if (ordinal == null) {
            throw new IllegalArgumentException("module " + name + " does not define table " + table.name());
        }
        return ordinal;
    }

    /** The ordinal of the table with this name, or -1. */
    public int ordinal(String tableName) {
        return ordinalsByName.getOrDefault(tableName, -1);
    }

    public Table<?> table(int ordinal) {
        return rules.get(ordinal).table();
    }

    public TableRule<?> rule(int ordinal) {
        return rules.get(ordinal);
    }

    public List<TableRule<?>> rules() {
        return rules;
    }

    /** Whether what a member sees depends on who it is, and not on its role alone. */
    public boolean hasRowRules() {
        return rowRules;
    }

    public @Nullable Reducer<?> reducer(String reducerName) {
        return reducers.get(reducerName);
    }

    /** In order of definition. */
    public Map<String, Reducer<?>> reducers() {
        return reducers;
    }

    public @Nullable Query<?, ?> query(String queryName) {
        return queries.get(queryName);
    }

    /** In order of definition. */
    public Map<String, Query<?, ?>> queries() {
        return queries;
    }

    public Optional<Hook> onCreate() {
        return onCreate;
    }

    @Override
    public String toString() {
        return name + " version " + version;
    }
}
