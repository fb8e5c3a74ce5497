package io.skein.engine.testing;

import io.skein.engine.Modules;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.state.WorkspaceState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One workspace of a module in a unit test: no actors, no database, no clock.
 *
 * <pre>{@code
 * var board = TestWorkspace.of(new BoardModule());
 * board.accepted("add_card", new AddCard("c1", "Buy milk", 0, 0));
 * var ann = board.member("ann", Role.VIEWER);
 * assertEquals(ErrorCode.FORBIDDEN, ann.refused("move_card", new MoveCard("c1", 1, 0)).code());
 * assertEquals(1, board.rows(BoardModule.CARDS).size());
 * }</pre>
 *
 * The calls of this class itself are the owner's; {@link #as} and {@link #member} give other callers. What production would do to every
 * transaction is done here too and compared: it goes through its journaled form, and what each caller hears of it is folded and must
 * be what the caller may see. A visibility rule that reads a table without saying so fails here, with the row's name.
 *
 * <p>Failed expectations are {@link AssertionError}s. Not for use by two threads.
 */
public final class TestWorkspace {
    /** When a workspace is created. */
    public static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    private static final Duration TICK = Duration.ofMillis(1);
    private static final String ID = "test";
    private static final Identity OWNER = person("owner");

    private final Decider decider;
    private final int rememberedCalls;
    private final List<Committed> history = new ArrayList<>();
    private ModuleSchema schema;
    private WorkspaceState state;
    private TestJournal journal;
    private Viewers viewers;
    private Instant time = BEGINNING;

    private TestWorkspace(Module module, DecideLimits limits, int rememberedCalls) {
        this.decider = new Decider(limits);
        this.rememberedCalls = rememberedCalls;
        this.schema = Modules.schemaOf(module);
        this.state = WorkspaceState.empty(schema, ID, rememberedCalls);
        this.journal = new TestJournal(state);
        this.viewers = new Viewers(schema);
    }

    /** A workspace of the module with the access policy that it says, created by its {@link #owner}. */
    public static TestWorkspace of(Module module) {
        return of(module, DecideLimits.DEFAULT, 10_000);
    }

    /**
     * The same with limits of the test's own.
     *
     * @param rememberedCalls how many calls with a key are remembered at least
     */
    public static TestWorkspace of(Module module, DecideLimits limits, int rememberedCalls) {
        var workspace = new TestWorkspace(module, limits, rememberedCalls);
        var create = new Membership.Create(
                "Test",
                workspace.schema.name(),
                workspace.schema.version(),
                workspace.schema.access(),
                "00000000000000000000000000000000",
                "owner");
        accepted(workspace.decide(Call.internal(OWNER, Membership.CREATE, create)), Membership.CREATE);
        workspace.viewers.add(OWNER, workspace.state);
        return workspace;
    }

    /** An identity for somebody of this name. */
    public static Identity person(String name) {
        return Identity.of("test", name);
    }

    // ---- who calls

    public TestCaller owner() {
        return as(OWNER);
    }

    /** Somebody, member or not. From now on this workspace checks what they hear. */
    public TestCaller as(Identity identity) {
        viewers.add(identity, state);
        return new TestCaller(this, identity, Optional.empty(), List.of());
    }

    /** Somebody by name, member or not. */
    public TestCaller as(String name) {
        return as(person(name));
    }

    /** Somebody whom the owner makes a member of this role, by invitation. */
    public TestCaller member(String name, Role role) {
        String token = "token-of-" + name + "-" + state.seq();
        accepted(
                Membership.CREATE_INVITE,
                new Membership.CreateInvite(Membership.tokenHash(token), role, Optional.empty(), 1));
        TestCaller caller = as(name);
        caller.accepted(Membership.JOIN, new Membership.Join(token, name));
        return caller;
    }

    // ---- the owner's calls

    public Outcome call(String reducer, Record args) {
        return owner().call(reducer, args);
    }

    /** Calls what must be accepted. */
    public Outcome.Accepted accepted(String reducer, Record args) {
        return owner().accepted(reducer, args);
    }

    /** Calls what must be refused, and gives back why. */
    public Refusal refused(String reducer, Record args) {
        return owner().refused(reducer, args);
    }

    /** Asks a query that must be answered. */
    public Outcome.Answered answered(String query, Record args) {
        return owner().answered(query, args);
    }

    // ---- what is there

    /** All rows, the one that was written longest ago first; a multiset's copies each. */
    public <R> List<R> rows(Table<R> table) {
        var stored = new ArrayList<Stored<R>>();
        state.rows(table).forEach(stored::add);
        stored.sort(Comparator.comparingLong(Stored::version));
        var rows = new ArrayList<R>();
        stored.forEach(each -> {
            for (int i = 0; i < each.copies(); i++) {
                rows.add(each.row());
            }
        });
        return rows;
    }

    /** The row with this primary key. */
    public <R> Optional<R> find(Table<R> table, Object key) {
        return state.rows(table).find(key);
    }

    /** What the last transaction emitted into an event table. */
    public <R> List<R> emitted(Table<R> eventTable) {
        int ordinal = schema.ordinal(eventTable);
        return history.getLast().transaction().ops().stream()
                .filter(op -> op.table() == ordinal)
                .map(RowOp::after)
                .map(eventTable.shape().type()::cast)
                .toList();
    }

    /** What somebody of this role who is no member sees of a table. */
    public <R> List<R> seenBy(Role role, Table<R> table) {
        return viewers.rows(state, person("somebody"), role, table);
    }

    /** Every transaction so far. */
    public List<Committed> history() {
        return List.copyOf(history);
    }

    /** What was journaled: a group for each call that left something. */
    public List<Group> journal() {
        return journal.groups();
    }

    /** The workspace as the engine has it. */
    public WorkspaceState state() {
        return state;
    }

    // ---- time

    /** When the next call is decided. Each call takes a millisecond. */
    public Instant time() {
        return time;
    }

    public void setTime(Instant newTime) {
        time = newTime;
    }

    public void advance(Duration by) {
        time = time.plus(by);
    }

    /**
     * Lets time pass until {@code until} and runs every scheduled command when it is due, also those that such commands schedule. One that is
     * refused is forgotten, as in production.
     *
     * @return their outcomes in order
     */
    public List<Outcome> runScheduled(Instant until) {
        var outcomes = new ArrayList<Outcome>();
        for (var next = nextDue(until); next != null; next = nextDue(until)) {
            time = next.due().isAfter(time) ? next.due() : time;
            Outcome outcome = decide(Decider.scheduledCall(schema, next));
            outcomes.add(outcome);
            if (outcome instanceof Outcome.Refused) {
                decide(Decider.forgetScheduled(next.id()));
            }
        }
        time = until.isAfter(time) ? until : time;
        return outcomes;
    }

    private SystemTables.@Nullable Scheduled nextDue(Instant until) {
        return state.rows(SystemTables.SCHEDULE).all().stream()
                .filter(row -> !row.due().isAfter(until))
                .min(Comparator.comparing(SystemTables.Scheduled::due).thenComparing(SystemTables.Scheduled::id))
                .orElse(null);
    }

    // ---- life

    /**
     * What a restart does: reads the whole history again from its journaled form, takes a snapshot and reads it back; both must be the
     * workspace as it was. Goes on with the latter.
     */
    public void restart() {
        journal.requireReplayGives(state);
        WorkspaceState fromSnapshot = throughSnapshot(schema);
        TestJournal.requireSame("a snapshot", state, fromSnapshot);
        state = fromSnapshot;
    }

    /** Restarts with another version of the module and lets it migrate. */
    public void upgrade(Module newer) {
        ModuleSchema next = Modules.schemaOf(newer);
        state = throughSnapshot(next);
        journal = journal.reopened(WorkspaceState.empty(next, ID, rememberedCalls), state);
        schema = next;
        viewers = viewers.reopened(schema, state);
        decider.migration(state, micros()).ifPresent(decision -> accepted(settle(decision), Membership.MIGRATE));
    }

    private WorkspaceState throughSnapshot(ModuleSchema as) {
        return SnapshotCodec.decode(SnapshotCodec.encode(state), _ -> as, rememberedCalls);
    }

    // ---- deciding

    Outcome decide(Call call) {
        Decision decision = decider.decide(state, call, micros());
        time = time.plus(TICK);
        return settle(decision);
    }

    ModuleSchema schema() {
        return schema;
    }

    Viewers viewers() {
        return viewers;
    }

    private long micros() {
        return ValueCodec.toMicros(time);
    }

    private Outcome settle(Decision decision) {
        return switch (decision) {
            case Decision.Commit(var committed) -> {
                journal.commit(committed);
                state = committed.after();
                history.add(committed);
                viewers.hear(committed);
                yield new Outcome.Accepted(committed.seq(), false, committed.answer());
            }
            case Decision.Refuse(var refusal, var remember) -> {
                remember.ifPresent(call -> state = journal.remember(state, call));
                yield new Outcome.Refused(refusal, false);
            }
            case Decision.Tell(var answered) -> answered;
            case Decision.Repeat(var outcome) -> outcome;
        };
    }

    static Outcome.Accepted accepted(Outcome outcome, String reducer) {
        return switch (outcome) {
            case Outcome.Accepted accepted -> accepted;
            case Outcome.Answered answered ->
                throw new AssertionError(reducer + " is a query, and said " + answered.answer());
            case Outcome.Refused refused ->
                throw new AssertionError(reducer + " should have been accepted: " + refused.refusal());
        };
    }

    static Outcome.Answered answered(Outcome outcome, String query) {
        return switch (outcome) {
            case Outcome.Answered answered -> answered;
            case Outcome.Accepted accepted ->
                throw new AssertionError(query + " is no query, but transaction " + accepted.seq());
            case Outcome.Refused refused ->
                throw new AssertionError(query + " should have been answered: " + refused.refusal());
        };
    }

    static Refusal refused(Outcome outcome, String reducer) {
        return switch (outcome) {
            case Outcome.Accepted accepted ->
                throw new AssertionError(reducer + " should have been refused, and is transaction " + accepted.seq());
            case Outcome.Answered answered ->
                throw new AssertionError(reducer + " should have been refused, and said " + answered.answer());
            case Outcome.Refused refused -> refused.refusal();
        };
    }
}
