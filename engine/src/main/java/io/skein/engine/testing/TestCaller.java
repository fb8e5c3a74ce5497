package io.skein.engine.testing;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Query;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.module.Viewer;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Questions;
import io.skein.engine.view.TableRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Somebody who calls reducers of a {@link TestWorkspace} and sees rows of it. Immutable. */
public final class TestCaller {
    private final TestWorkspace workspace;
    private final Identity identity;
    private final Optional<String> key;
    private final List<Expectation> expectations;

    TestCaller(TestWorkspace workspace, Identity identity, Optional<String> key, List<Expectation> expectations) {
        this.workspace = workspace;
        this.identity = identity;
        this.key = key;
        this.expectations = expectations;
    }

    public Identity identity() {
        return identity;
    }

    /** What they may do now. */
    public Role role() {
        WorkspaceState state = workspace.state();
        return SystemTables.roleOf(state, state.workspace(), identity);
    }

    /** The same caller, whose calls carry this idempotency key. */
    public TestCaller withKey(String newKey) {
        return new TestCaller(workspace, identity, Optional.of(newKey), expectations);
    }

    /** The same caller, whose calls take this for granted too. */
    public TestCaller expecting(Expectation expectation) {
        var all = new ArrayList<>(expectations);
        all.add(expectation);
        return new TestCaller(workspace, identity, key, List.copyOf(all));
    }

    public Outcome call(String reducer, Record args) {
        Call call = Call.of(identity, reducer, args).expecting(expectations);
        Reducer<?> known = workspace.schema().reducer(reducer);
        if (key.isPresent() && known != null) {
            call = call.withKey(new CallKey(key.get(), Call.digest(known, args)));
        }
        return workspace.decide(call);
    }

    /** Calls a reducer that has no arguments. */
    public Outcome call(String reducer) {
        return call(reducer, new Reducer.None());
    }

    /** Calls what must be accepted. */
    public Outcome.Accepted accepted(String reducer, Record args) {
        return TestWorkspace.accepted(call(reducer, args), reducer);
    }

    /** Calls what must be accepted, and has no arguments. */
    public Outcome.Accepted accepted(String reducer) {
        return accepted(reducer, new Reducer.None());
    }

    /** Asks a query that must be answered. */
    public Outcome.Answered answered(String query, Record args) {
        return TestWorkspace.answered(call(query, args), query);
    }

    /** Calls what must be refused, and gives back why. */
    public Refusal refused(String reducer, Record args) {
        return TestWorkspace.refused(call(reducer, args), reducer);
    }

    /** Calls what must be refused, and has no arguments. */
    public Refusal refused(String reducer) {
        return refused(reducer, new Reducer.None());
    }

    /** Calls one of the engine's internal reducers in their name, as an edge does. */
    public Outcome internal(String reducer, Record args) {
        return workspace.decide(Call.internal(identity, reducer, args));
    }

    /** Opens a session: runs the module's {@link Definition#onConnect}, if it has one. */
    public void connect() {
        hook(Definition.CONNECT);
    }

    /** Closes a session: runs the module's {@link Definition#onDisconnect}, if it has one. */
    public void disconnect() {
        hook(Definition.DISCONNECT);
    }

    private void hook(String reducer) {
        if (workspace.schema().reducer(reducer) != null) {
            TestWorkspace.accepted(workspace.decide(Call.internal(identity, reducer, new Reducer.None())), reducer);
        }
    }

    /**
     * What a query of the module answers them.
     *
     * @throws io.skein.engine.module.Rejection if it refuses to
     */
    public List<Record> ask(String query, Record args) {
        Query<?, ?> known = workspace.schema().query(query);
        if (known == null) {
            throw new AssertionError("no query " + query);
        }
        List<TableRows> rows =
                workspace.viewers().rows(workspace.state(), identity, role(), Questions.rows(known, args));
        var answers = new ArrayList<Record>();
        Questions.answers(known, args, new Viewer(identity, role()), rows).forEachRemaining(answers::add);
        return answers;
    }

    /** The rows of a table that they see, in no particular order; a multiset's copies each. */
    public <R> List<R> sees(Table<R> table) {
        return workspace.viewers().rows(workspace.state(), identity, role(), table);
    }

    /** Of the rows that they see, those that a subscription with this filter holds. */
    public <R> List<R> sees(Table<R> table, Filter filter) {
        return workspace.viewers().rows(workspace.state(), identity, role(), table, filter);
    }
}
