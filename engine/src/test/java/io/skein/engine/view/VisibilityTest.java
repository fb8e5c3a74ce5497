package io.skein.engine.view;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.everything.EverythingModule;
import io.skein.engine.everything.EverythingModule.Batch;
import io.skein.engine.everything.EverythingModule.Kind;
import io.skein.engine.everything.EverythingModule.Note;
import io.skein.engine.everything.EverythingModule.Ping;
import io.skein.engine.everything.EverythingModule.Step;
import io.skein.engine.everything.EverythingModule.Whisper;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.board.BoardModule;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rules M2, M3 and O4, by example; the property tests go through the rest. */
class VisibilityTest {
    private final TestWorkspace workspace = TestWorkspace.of(new EverythingModule());
    private final TestCaller owner = workspace.owner();
    private final TestCaller ann = workspace.member("ann", Role.VIEWER);
    private final Visibility visibility = new Visibility(workspace.state().schema());

    private Committed batch(Step... steps) {
        workspace.accepted("batch", new Batch(List.of(steps)));
        return workspace.history().getLast();
    }

    private static Step step(Kind kind, int a, int b, Identity who) {
        return new Step(kind, a, b, who);
    }

    private Audience audience(Role role) {
        return Audience.of(workspace.state().schema(), ann.identity(), role);
    }

    /** What a list of operations does to one table: the rows of inserts, and of deletes with a minus. */
    private List<String> told(List<RowOp> ops, Table<?> table) {
        int ordinal = workspace.state().schema().ordinal(table);
        return ops.stream()
                .filter(op -> op.table() == ordinal)
                .flatMap(op -> Stream.concat(
                        Stream.ofNullable(op.before()).map(row -> "- " + row),
                        Stream.ofNullable(op.after()).map(row -> "+ " + row)))
                .toList();
    }

    // ---- M3

    @Test
    void M3_raisedRole_bringsRowsAsInserts() {
        batch(step(Kind.UPSERT_CELL, 1, 1, owner.identity()), step(Kind.UPSERT_AUDIT, 5, 0, owner.identity()));
        owner.accepted(Membership.SET_ROLE, new Membership.SetRole(ann.identity(), Role.EDITOR));
        Committed raised = workspace.history().getLast();
        List<RowOp> ops = visibility.transition(raised, audience(Role.VIEWER), audience(Role.EDITOR));
        assertEquals(List.of("+ Cell[x=1, y=y1, value=v1]"), told(ops, EverythingModule.CELLS));
        assertEquals(List.of(), told(ops, EverythingModule.AUDITS));
        assertEquals(2, told(ops, SystemTables.MEMBER).size(), "the change itself");
    }

    @Test
    void M3_loweredRole_takesRowsAsDeletes() {
        owner.accepted(Membership.SET_ROLE, new Membership.SetRole(ann.identity(), Role.ADMIN));
        batch(
                step(Kind.UPSERT_CELL, 1, 1, owner.identity()),
                step(Kind.ADD_WHISPER, 0, 0, owner.identity()),
                step(Kind.ADD_WHISPER, 0, 0, owner.identity()),
                step(Kind.TOGGLE_MUTED, 0, 0, owner.identity()));
        assertEquals(2, ann.sees(EverythingModule.WHISPERS).size(), "admins hear muted whispers");
        owner.accepted(Membership.SET_ROLE, new Membership.SetRole(ann.identity(), Role.VIEWER));
        Committed lowered = workspace.history().getLast();
        List<RowOp> ops = visibility.transition(lowered, audience(Role.ADMIN), audience(Role.VIEWER));
        assertEquals(List.of("- Cell[x=1, y=y1, value=v1]"), told(ops, EverythingModule.CELLS));
        String whisper = "- " + new Whisper("w0", 0);
        assertEquals(List.of(whisper, whisper), told(ops, EverythingModule.WHISPERS));
        assertEquals(1, told(ops, SystemTables.INVITE).size(), "the invitation that ann came by");
    }

    @Test
    void M3_firstSight_bringsEverything() {
        batch(step(Kind.ADD_TALLY, 0, 0, owner.identity()), step(Kind.ADD_TALLY, 0, 0, owner.identity()));
        Committed last = batch(step(Kind.ADD_TALLY, 0, 0, owner.identity()));
        List<RowOp> ops = visibility.transition(last, null, audience(Role.VIEWER));
        assertEquals(3, told(ops, EverythingModule.TALLIES).size());
    }

    // ---- M2

    @Test
    void M2_rowsThatHangFromAGroup_comeAndGoWithIt() {
        Committed unseen = batch(step(Kind.UPSERT_NOTE, 0, 0, ann.identity()));
        assertEquals(List.of(), told(visibility.ops(unseen, audience(Role.VIEWER)), EverythingModule.NOTES));
        Committed in = batch(step(Kind.TOGGLE_CREW, 0, 0, ann.identity()));
        String note = new Note(0, "c0", "text 0").toString();
        assertEquals(List.of("+ " + note), told(visibility.ops(in, audience(Role.VIEWER)), EverythingModule.NOTES));
        assertEquals(
                List.of(),
                told(
                        visibility.ops(in, Audience.of(in.after().schema(), owner.identity(), Role.OWNER)),
                        EverythingModule.NOTES));
        Committed moved = batch(step(Kind.UPSERT_NOTE, 0, 1, ann.identity()));
        assertEquals(List.of("- " + note), told(visibility.ops(moved, audience(Role.VIEWER)), EverythingModule.NOTES));
        Committed both =
                batch(step(Kind.TOGGLE_CREW, 0, 0, ann.identity()), step(Kind.UPSERT_NOTE, 0, 0, ann.identity()));
        assertEquals(List.of(), told(visibility.ops(both, audience(Role.VIEWER)), EverythingModule.NOTES));
    }

    @Test
    void M2_events_reachThoseWhoMaySeeThem() {
        Committed sent =
                batch(step(Kind.EMIT_PING, 0, 1, ann.identity()), step(Kind.EMIT_PING, 0, 2, owner.identity()));
        List<String> heard = List.of("+ " + new Ping(ann.identity(), 1));
        assertEquals(heard, told(visibility.ops(sent, audience(Role.VIEWER)), EverythingModule.PINGS));
        assertEquals(
                heard,
                told(visibility.transition(sent, audience(Role.VIEWER), audience(Role.ADMIN)), EverythingModule.PINGS));
        var filter = new Filter.Compare("number", Filter.Operator.GREATER, 1);
        assertEquals(List.of(), deltas(sent, filter));
        var wider = new Filter.Compare("number", Filter.Operator.LESS, 2);
        assertEquals(heard, told(deltas(sent, wider).getFirst().ops(), EverythingModule.PINGS));
    }

    private List<TableDelta> deltas(Committed committed, Filter filter) {
        var subscription = Subscription.of(1, java.util.Map.of("ping", filter));
        var view = new View(audience(Role.VIEWER), List.of(subscription));
        return new CompiledView(committed.after().schema(), view)
                .evaluate(visibility.ops(committed, audience(Role.VIEWER)));
    }

    @Test
    void M2_withoutRowRules_audiencesAreRolesAndShareTheTransactionsOwnList() {
        var board = TestWorkspace.of(new BoardModule());
        board.accepted("add_card", new BoardModule.AddCard("c1", "Card", 0, 0));
        Committed committed = board.history().getLast();
        var schema = committed.after().schema();
        var audience = Audience.of(schema, ann.identity(), Role.VIEWER);
        assertEquals(new Audience(Role.VIEWER, Optional.empty()), audience);
        assertSame(committed.transaction().ops(), new Visibility(schema).ops(committed, audience));
        assertEquals(List.of(), new Visibility(schema).ops(committed, Audience.of(schema, ann.identity(), Role.NONE)));
    }

    /** A rule that looks elsewhere than it says is found by the author's first test. */
    @Test
    void M2_rulesReadWhatTheyDeclareAndNothingElse() {
        var undeclared = TestWorkspace.of(new Gated(null));
        undeclared.as("ann");
        assertThrows(IllegalStateException.class, () -> undeclared.accepted("open", new Gate("g", true)));
        var incomplete = TestWorkspace.of(new Gated(List.of()));
        incomplete.as("ann");
        incomplete.accepted("open", new Gate("g", false));
        var e = assertThrows(AssertionError.class, () -> incomplete.accepted("open", new Gate("g", true)));
        assertTrue(String.valueOf(e.getMessage()).contains("heard something else"), e.toString());
    }

    /** In production, with a session behind it: a rule that fails hides the row, and the workspace lives on. */
    @Test
    void M2_rulesThatFail_hideTheirRows() {
        TestWorkspace failing = TestWorkspace.of(new Failing());
        var schema = failing.state().schema();
        failing.accepted("open", new Gate("good", true));
        Committed good = failing.history().getLast();
        assertThrows(IllegalStateException.class, () -> failing.accepted("open", new Gate("bad", true)), "in tests");
        Committed bad = failing.history().getLast();
        var production = new Visibility(schema);
        var audience = Audience.of(schema, ann.identity(), Role.VIEWER);
        int gate = schema.ordinal(GATES);
        assertTrue(production.mayRead(bad.after(), audience, gate, new Gate("good", true)));
        assertFalse(production.mayRead(bad.after(), audience, gate, new Gate("bad", true)));
        assertEquals(List.of(gate), tables(production.ops(good, audience)));
        assertEquals(List.of(), tables(production.ops(bad, audience)));
    }

    private static List<Integer> tables(List<RowOp> ops) {
        return ops.stream().map(RowOp::table).toList();
    }

    private static final class Failing implements Module {
        @Override
        public void define(Definition module) {
            module.name("failing");
            module.table(GATES).visibleWhen((_, gate, _) -> isGood(gate));
            module.table(BEHIND)
                    .visibleWhen((_, _, _) -> true)
                    .reading(GATES, (gate, _) -> isGood(gate) ? List.of() : List.of(new Behind("never")));
            module.reducer(
                    "open", Gate.class, Role.OWNER, (tx, in) -> tx.in(GATES).upsert(in));
        }

        private static boolean isGood(Gate gate) {
            if (gate.id().equals("bad")) {
                throw new IllegalStateException("a mistake");
            }
            return true;
        }
    }

    record Gate(@Key String id, boolean open) {}

    record Behind(@Key String id) {}

    private static final Table<Gate> GATES = Table.of("gate", Gate.class);
    private static final Table<Behind> BEHIND = Table.of("behind", Behind.class);

    /** @param affected what the rule says a gate concerns; null: it does not even say that it reads gates */
    private record Gated(@Nullable List<Behind> affected) implements Module {
        @Override
        public void define(Definition module) {
            module.name("gated");
            module.table(GATES);
            var behind = module.table(BEHIND)
                    .readableBy(Role.NONE)
                    .visibleWhen((_, row, tables) ->
                            tables.in(GATES).find(row.id()).map(Gate::open).orElse(false));
            if (affected != null) {
                behind.reading(GATES, (_, _) -> affected);
            }
            module.reducer("open", Gate.class, Role.OWNER, (tx, gate) -> {
                tx.in(GATES).upsert(gate);
                tx.in(BEHIND).upsert(new Behind(gate.id()));
            });
        }
    }

    // ---- O4

    @Test
    void O4_allOfATransactionIsEvaluatedAtOnce() {
        Committed committed = batch(
                step(Kind.UPSERT_THING, 1, 1, ann.identity()),
                step(Kind.ADD_TALLY, 1, 1, ann.identity()),
                step(Kind.UPSERT_NOTE, 1, 1, ann.identity()),
                step(Kind.TOGGLE_CREW, 1, 1, ann.identity()),
                step(Kind.ADD_WHISPER, 1, 1, ann.identity()));
        var tables = new java.util.HashMap<String, Filter>();
        Modules.schemaOf(new EverythingModule())
                .rules()
                .forEach(rule -> tables.put(rule.table().name(), new Filter.All()));
        var view = new View(audience(Role.VIEWER), List.of(Subscription.of(1, tables)));
        WorkspaceState after = committed.after();
        List<TableDelta> deltas =
                new CompiledView(after.schema(), view).evaluate(visibility.ops(committed, audience(Role.VIEWER)));
        assertEquals(
                List.of("crew", "note", "tally", "thing", "whisper"),
                deltas.stream().map(delta -> delta.table().name()).sorted().toList());
        assertEquals(
                committed.transaction().ops().size(),
                deltas.stream().mapToInt(delta -> delta.ops().size()).sum());
    }
}
