package io.skein.load.inprocess;

import io.skein.engine.journal.TransactionCodec;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.Committed;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.View;
import io.skein.modules.board.BoardModule;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The steps of a commit that are pure code, each alone, on a board: one card is moved. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Steps {
    private static final int CALLS = 1 << 10;
    private static final Identity MOVER = TestWorkspace.person("mover");

    /** Cards on the board. */
    @Param({"100", "10000"})
    public int cards;

    private WorkspaceState state = TestWorkspace.of(new BoardModule()).state();
    private Call[] calls = {};
    private Committed[] committed = {};
    private CompiledView all = view(new Filter.All());
    private CompiledView column = view(new Filter.All());
    private Decider decider = new Decider(DecideLimits.DEFAULT);
    private int next;

    /** A board with cards, moves of them, and what came of each. */
    @Setup
    public void fill() {
        TestWorkspace workspace = TestWorkspace.of(new BoardModule());
        var _ = workspace.member("mover", Role.EDITOR);
        for (int i = 0; i < cards; i++) {
            var _ = workspace.accepted("add_card", new BoardModule.AddCard("card-" + i, "a card of a benchmark", 0, i));
        }
        state = workspace.state();
        calls = new Call[CALLS];
        committed = new Committed[CALLS];
        for (int i = 0; i < CALLS; i++) {
            // Spread over the board by a prime, so that no path of the tree stays in the caches by chance.
            calls[i] =
                    Call.of(MOVER, "move_card", new BoardModule.MoveCard("card-" + (i * 7919 % cards), i % 4, i + 0.5));
            committed[i] = ((Decision.Commit) decider.decide(state, calls[i], 0)).committed();
        }
        all = view(new Filter.All());
        column = view(new Filter.Compare("column", Filter.Operator.EQUAL, 1));
    }

    private static CompiledView view(Filter filter) {
        var schema = TestWorkspace.of(new BoardModule()).state().schema();
        var tables = new TreeMap<String, Filter>();
        tables.put("card", filter);
        return new CompiledView(
                schema, new View(Audience.of(schema, MOVER, Role.EDITOR), List.of(new Subscription(1, tables))));
    }

    private int next() {
        next = (next + 1) % CALLS;
        return next;
    }

    /** All of it: checks, the reducer, canonical bytes, hash, new state. */
    @Benchmark
    public Decision decide() {
        return decider.decide(state, calls[next()], 0);
    }

    /** The canonical bytes of a transaction. */
    @Benchmark
    public byte[] encode() {
        return TransactionCodec.encode(state.schema(), committed[next()].transaction());
    }

    /** The next link of the chain over those bytes. */
    @Benchmark
    public byte[] hash() {
        return HashChain.next(state.hash(), committed[next()].canonical());
    }

    /** Recovery: bytes are read and applied, with their hash. */
    @Benchmark
    public Committed replay() {
        return TransactionCodec.replay(state, committed[next()].canonical(), null);
    }

    /** What a view of the whole table shows of a transaction. */
    @Benchmark
    public List<TableDelta> viewOfAll() {
        return all.evaluate(committed[next()].transaction().ops());
    }

    /** What a view of one column of the board shows of it. */
    @Benchmark
    public List<TableDelta> viewOfColumn() {
        return column.evaluate(committed[next()].transaction().ops());
    }
}
