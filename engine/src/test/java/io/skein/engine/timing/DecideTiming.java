package io.skein.engine.timing;

import io.skein.engine.Modules;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.journal.SnapshotCodec;
import io.skein.engine.membership.Membership;
import io.skein.engine.module.Access;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.reducer.Decider;
import io.skein.engine.reducer.Decision;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.WorkspaceState;
import io.skein.modules.board.BoardModule;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What one command costs before anybody writes it: decide, encode, hash, apply. A main to look at, not a test: {@code java -cp …
 * io.skein.engine.timing.DecideTiming [calls]}.
 */
public final class DecideTiming {
    private static final Identity OWNER = Identity.of("timing", "owner");
    private static final int ROUNDS = 6;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final ModuleSchema schema = Modules.schemaOf(new BoardModule());
    private final Decider decider = new Decider(DecideLimits.DEFAULT);
    private WorkspaceState state = WorkspaceState.empty(schema, "timing", 10_000);
    private final List<byte[]> journal = new ArrayList<>();

    public static void main(String[] args) {
        int calls = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
        for (int round = 0; round < ROUNDS; round++) {
            new DecideTiming().round(calls);
        }
    }

    private void round(int calls) {
        var create = new Membership.Create("timing", "board", 1, Access.PRIVATE, "00", "owner");
        decide(Call.internal(OWNER, Membership.CREATE, create));
        time("add_card", calls, i -> decide(add(i)));
        time("move_card", calls, i -> decide(move(i)));
        time("move_card with a key", calls, i -> decide(withKey(move(i), i)));
        time("refused", calls, i -> decide(add(i % 1000)));
        WorkspaceState live = state;
        var group = new Group("board", 1, 1, journal, Bytes.of(state.hash()), List.of());
        time("replay a transaction", journal.size(), 1, _ -> {
            state = GroupCodec.replay(WorkspaceState.empty(schema, "timing", 10_000), group, _ -> {});
        });
        if (!live.equals(state)) {
            throw new AssertionError("replay differs from live");
        }
        byte[][] snapshot = new byte[1][];
        time("snapshot a row: encode", calls, 1, _ -> snapshot[0] = SnapshotCodec.encode(live));
        time("snapshot a row: decode", calls, 1, _ -> {
            state = SnapshotCodec.decode(Objects.requireNonNull(snapshot[0]), _ -> schema, 10_000);
        });
        System.out.println();
    }

    private static Call add(int i) {
        return Call.of(OWNER, "add_card", new BoardModule.AddCard("card-" + i, "A card to look at", i % 20, i));
    }

    private static Call move(int i) {
        return Call.of(OWNER, "move_card", new BoardModule.MoveCard("card-" + i, (i + 1) % 20, i * 0.5));
    }

    private Call withKey(Call call, int i) {
        Bytes digest = Call.digest(Objects.requireNonNull(schema.reducer(call.reducer())), call.args());
        return call.withKey(new CallKey("~relay-1/" + i, digest));
    }

    private void decide(Call call) {
        switch (decider.decide(state, call, 1_000_000_000L + state.seq())) {
            case Decision.Commit(var committed) -> {
                state = committed.after();
                journal.add(committed.canonical());
            }
            case Decision.Refuse _, Decision.Repeat _, Decision.Tell _ -> {}
        }
    }

    private interface Step {
        void run(int i);
    }

    private static void time(String what, int times, Step step) {
        time(what, times, times, step);
    }

    /** In CPU time of this thread, so that whatever else the machine does is not in it; garbage collection is not either. */
    private static void time(String what, int things, int times, Step step) {
        long start = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < times; i++) {
            step.run(i);
        }
        double micros = (THREADS.getCurrentThreadCpuTime() - start) / 1e3 / things;
        System.out.printf(Locale.ROOT, "%-28s %8.3f µs%n", what, micros);
    }
}
