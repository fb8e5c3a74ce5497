package io.skein.engine.module;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Shape;
import io.skein.engine.schema.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects what a module says about itself. Every mistake is reported when the node starts, with the name that is wrong. */
public final class Definition {
    /** Names with this beginning belong to the engine. */
    public static final String RESERVED_PREFIX = "skein_";

    /** The reducer that runs a module's {@link #onConnect}. */
    public static final String CONNECT = "skein_connect";

    /** The reducer that runs a module's {@link #onDisconnect}. */
    public static final String DISCONNECT = "skein_disconnect";

    private final Map<String, TableDefinition<?>> tables = new LinkedHashMap<>();
    private final Map<String, Reducer<?>> reducers = new LinkedHashMap<>();
    private final Map<String, Query<?, ?>> queries = new LinkedHashMap<>();
    private String name = "";
    private int version = 1;
    private boolean system;
    private Access access = Access.PRIVATE;
    private PresenceRule presence = PresenceRule.DEFAULT;
    private @Nullable StrangerLimit strangers;
    private @Nullable OutboxRule<?> outbox;
    private @Nullable Hook onCreate;
    private @Nullable Hook onConnect;
    private @Nullable Hook onDisconnect;

    /** The module's name, as in {@code POST /v1/workspaces}. */
    public Definition name(String name) {
        if (!name.matches("[a-z][a-z0-9-]{0,62}")) {
            throw new IllegalArgumentException(
                    "module name '" + name + "': lower-case letters, digits and hyphens, at most 63");
        }
        this.name = name;
        return this;
    }

    /** Raised by one when stored rows need {@link Module#migrate}; starts at 1. */
    public Definition version(int version) {
        if (version < 1) {
            throw new IllegalArgumentException("version " + version + ": versions start at 1");
        }
        this.version = version;
        return this;
    }

    /**
     * Who may enter a new workspace without being a member, where its maker does not say so; {@link Access#PRIVATE} unless said otherwise. For
     * modules that keep members of their own.
     */
    public Definition access(Access access) {
        this.access = access;
        return this;
    }

    /** How who is here is told; {@link PresenceRule#DEFAULT} unless said otherwise. */
    public Definition presence(PresenceRule presence) {
        this.presence = presence;
        presence.table().ifPresent(table -> table(table).readableBy(presence.listFor()));
        presence.reducer()
                .ifPresent(reducer -> reducer(reducer, PresenceRule.SetState.class, Role.VIEWER, (tx, _) -> {
                    throw tx.reject("no_session", "who has no session here has no state either");
                }));
        return this;
    }

    /** Adds a table, readable by {@link Role#VIEWER} unless said otherwise. */
    public <R> TableDefinition<R> table(Table<R> table) {
        requireName("table", table.name());
        var definition = new TableDefinition<>(table);
        if (tables.putIfAbsent(table.name(), definition) != null) {
            throw new IllegalArgumentException("table " + table.name() + " is defined twice");
        }
        return definition;
    }

    /** Adds a command for callers of at least this role. */
    public <A extends Record> Definition reducer(String name, Class<A> args, Role minimum, Reducer.Body<A> body) {
        return add(new Reducer<>(name, Shape.of(args), minimum, false, Optional.empty(), false, body));
    }

    /** Adds a command that answers its callers with a record of this class: see {@link Tx#answer}. */
    public <A extends Record> Definition reducer(
            String name, Class<A> args, Class<? extends Record> answer, Role minimum, Reducer.Body<A> body) {
        return add(new Reducer<>(name, Shape.of(args), minimum, false, Optional.of(Shape.of(answer)), false, body));
    }

    /**
     * Adds a question to the workspace as a whole, for callers of at least this role; see {@link #query} for what rests on rows that the asker sees. It is called as reducers are, on every wire, and answered from the rows
     * as they are; nothing is journaled, and no key is remembered.
     */
    public <A extends Record, B extends Record> Definition question(
            String name, Class<A> args, Class<B> answer, Role minimum, Reducer.Question<A, B> question) {
        return add(new Reducer<>(
                name,
                Shape.of(args),
                minimum,
                false,
                Optional.of(Shape.of(answer)),
                true,
                (tx, in) -> tx.answer(question.answer(tx, in))));
    }

    /** Bounds how much those who are no members may ask of a workspace; there is no such bound unless a module says so. */
    public Definition strangersAtMost(StrangerLimit limit) {
        strangers = limit;
        return this;
    }

    /** Adds a command without arguments for callers of at least this role. */
    public Definition reducer(String name, Role minimum, Hook body) {
        return reducer(name, Reducer.None.class, minimum, (tx, _) -> body.run(tx));
    }

    /** Adds a command that only the engine and the module's schedule can call. */
    public <A extends Record> Definition internal(String name, Class<A> args, Reducer.Body<A> body) {
        return add(new Reducer<>(name, Shape.of(args), Role.OWNER, true, Optional.empty(), false, body));
    }

    /** Adds a question for whoever may enter the workspace; see {@link Query}. */
    public <A extends Record, R extends Record> Definition query(
            String name, Class<A> args, Class<R> answer, Query.Scope<A> scope, Query.Body<A, R> body) {
        requireName("query", name);
        requireSnakeCase("query", name);
        var query = new Query<>(name, Shape.of(args), Shape.of(answer), scope, body);
        if (queries.putIfAbsent(name, query) != null) {
            throw new IllegalArgumentException("query " + name + " is defined twice");
        }
        return this;
    }

    private static void requireSnakeCase(String what, String name) {
        if (!name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException(
                    what + " name '" + name + "': lower-case letters, digits and underscores");
        }
    }

    private Definition add(Reducer<?> reducer) {
        String name = reducer.name();
        requireName("reducer", name);
        requireSnakeCase("reducer", name);
        if (reducers.putIfAbsent(name, reducer) != null) {
            throw new IllegalArgumentException("reducer " + name + " is defined twice");
        }
        return this;
    }

    /** The tables so far; once a module is defined, all of them. */
    public List<Table<?>> tables() {
        return tables.values().stream()
                .<Table<?>>map(definition -> definition.table)
                .toList();
    }

    /**
     * Says that what is inserted into a table is to leave the workspace (rules B1 to B4): for those of the node's targets to which policy lets it
     * go, after it is durable, at least once. Rows that are imported do not leave. One table of a module at most.
     *
     * @param settled an internal reducer with arguments {@link Settled}
     */
    public <R> Definition outbox(Table<R> table, Function<R, Outgoing> outgoing, String settled) {
        if (outbox != null) {
            throw new IllegalArgumentException("module " + name + " has two outboxes");
        }
        if (table.isEvent()) {
            throw new IllegalArgumentException("outbox " + table.name() + " keeps no rows");
        }
        outbox = new OutboxRule<>(table, outgoing, settled);
        return this;
    }

    /** Runs in the transaction that creates a workspace, sent by its first owner. */
    public Definition onCreate(Hook hook) {
        onCreate = hook;
        return this;
    }

    /** Runs when a session enters, sent by its identity; several tabs enter several times. */
    public Definition onConnect(Hook hook) {
        onConnect = hook;
        return this;
    }

    /** Runs when a session is gone, also by a crash of its node. */
    public Definition onDisconnect(Hook hook) {
        onDisconnect = hook;
        return this;
    }

    /** Says what is the engine's own; names with {@link #RESERVED_PREFIX} are allowed while {@code part} runs. */
    public Definition system(java.util.function.Consumer<Definition> part) {
        system = true;
        part.accept(this);
        system = false;
        return this;
    }

    /** The finished schema. */
    public ModuleSchema build(Module module) {
        if (name.isEmpty()) {
            throw new IllegalArgumentException(module.getClass().getName() + " has no name");
        }
        List<TableRule<?>> rules = new ArrayList<>();
        system(self -> {
            hookReducer(CONNECT, onConnect);
            hookReducer(DISCONNECT, onDisconnect);
        });
        tables.values().forEach(definition -> rules.add(definition.build()));
        requireOutbox();
        return new ModuleSchema(
                module,
                name,
                version,
                access,
                rules,
                reducers,
                queries,
                Optional.ofNullable(onCreate),
                presence,
                Optional.ofNullable(strangers),
                Optional.ofNullable(outbox));
    }

    private void requireOutbox() {
        if (outbox != null) {
            Reducer<?> settled = reducers.get(outbox.settledBy());
            if (settled == null || !settled.internal() || settled.args().type() != Settled.class) {
                throw new IllegalArgumentException(
                        "the outbox of module %s needs an internal reducer %s that takes a %s"
                                .formatted(name, outbox.settledBy(), Settled.class.getSimpleName()));
            }
        }
    }

    private void hookReducer(String name, @Nullable Hook hook) {
        if (hook != null) {
            internal(name, Reducer.None.class, (tx, _) -> hook.run(tx));
        }
    }

    private void requireName(String what, String name) {
        if (!system && name.startsWith(RESERVED_PREFIX)) {
            throw new IllegalArgumentException(
                    what + " " + name + ": names with " + RESERVED_PREFIX + " are the engine's");
        }
    }

    /** Collects who may see a table's rows. */
    public static final class TableDefinition<R> {
        private final Table<R> table;
        private final List<TableRule.Recheck<?, R>> rechecks = new ArrayList<>();
        private Role minimum = Role.VIEWER;
        private @Nullable RowRule<R> rows;

        private TableDefinition(Table<R> table) {
            this.table = table;
        }

        /** Only callers of at least this role see any row. */
        public TableDefinition<R> readableBy(Role minimum) {
            this.minimum = minimum;
            return this;
        }

        /** Of those, each sees only the rows for which the rule holds. */
        public TableDefinition<R> visibleWhen(RowRule<R> rule) {
            this.rows = rule;
            return this;
        }

        /** Lets the rule read a table; any change of it makes the engine look at every row of this one again. */
        public <C> TableDefinition<R> reading(Table<C> cause) {
            return reading(cause, Optional.empty(), Optional.empty(), Optional.empty());
        }

        /** Lets the rule read a table, and says which rows of this one a changed row of it can concern. */
        public <C> TableDefinition<R> reading(Table<C> cause, TableRule.Affected<C, R> affected) {
            return reading(cause, Optional.of(affected), Optional.empty(), Optional.empty());
        }

        /**
         * The same for a rule that uses nothing of the other table's rows but {@code used}: a change that leaves that as it was makes the engine
         * look at nothing again.
         */
        public <C> TableDefinition<R> readingOnly(
                Table<C> cause, Function<C, Object> used, TableRule.Affected<C, R> affected) {
            return reading(cause, Optional.of(affected), Optional.of(used), Optional.empty());
        }

        /**
         * The same for a rule that reads of the other table only rows about the viewer, such as its memberships: a changed row makes the engine
         * look again for {@code whose} viewer it is, and for nobody else.
         */
        public <C> TableDefinition<R> readingOwn(
                Table<C> cause, Function<C, Identity> whose, TableRule.Affected<C, R> affected) {
            return reading(cause, Optional.of(affected), Optional.empty(), Optional.of(whose));
        }

        private <C> TableDefinition<R> reading(
                Table<C> cause,
                Optional<TableRule.Affected<C, R>> affected,
                Optional<Function<C, Object>> used,
                Optional<Function<C, Identity>> whose) {
            rechecks.add(new TableRule.Recheck<>(cause, affected, used, whose));
            return this;
        }

        private TableRule<R> build() {
            return new TableRule<>(table, minimum, Optional.ofNullable(rows), rechecks);
        }
    }
}
