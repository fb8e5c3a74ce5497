package io.skein.engine.reducer;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.TransactionCodec;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RecentCalls;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.Transaction;
import io.skein.engine.state.WorkspaceState;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides calls. A pure function of state, call and time: nothing happens until somebody journals what it returns. The order of the checks is
 * the contract's: who may (M1), was it done before (I1, I2), does what the caller expects hold (V2), what does the reducer say (V1).
 */
public final class Decider {
    private static final Logger LOG = LoggerFactory.getLogger(Decider.class);

    private final DecideLimits limits;

    public Decider(DecideLimits limits) {
        this.limits = limits;
    }

    /**
     * @param head the workspace after everything decided so far, durable or not
     * @param nowMicros microseconds since 1970
     */
    public Decision decide(WorkspaceState head, Call call, long nowMicros) {
        long timeMicros = Math.max(nowMicros, head.timeMicros());
        Reducer<?> reducer = head.schema().reducer(call.reducer());
        boolean creating = call.internal() && call.reducer().equals(Membership.CREATE);
        if (!creating && SystemTables.workspace(head, head.workspace()).isEmpty()) {
            return refuse(ErrorCode.NOT_FOUND, "no workspace " + head.workspace());
        }
        if (reducer == null || (reducer.internal() && !call.internal())) {
            return refuse(ErrorCode.NOT_FOUND, "no reducer " + call.reducer());
        }
        Role role = call.internal() ? Role.OWNER : SystemTables.roleOf(head, head.workspace(), call.sender());
        if (!role.atLeast(reducer.minimum())) {
            return refuse(
                    ErrorCode.FORBIDDEN,
                    "%s needs role %s, you have %s"
                            .formatted(call.reducer(), reducer.minimum().wire(), role.wire()));
        }
        Decision earlier = repeated(head, call, timeMicros);
        if (earlier != null) {
            return earlier;
        }
        Refusal unmet = unmetExpectation(head, call.expectations());
        if (unmet != null) {
            return refuse(head, call, timeMicros, unmet);
        }
        return run(head, call, reducer, role, timeMicros);
    }

    /** What the key says about this call, or null if it is new. */
    private @Nullable Decision repeated(WorkspaceState head, Call call, long timeMicros) {
        if (call.key().isEmpty()) {
            return null;
        }
        CallKey key = call.key().get();
        RecentCalls.Answer answer = head.calls().find(call.sender(), key.text());
        if (answer == null
                || timeMicros - answer.timeMicros() > limits.keyLifetime().toNanos() / 1_000) {
            return null;
        }
        if (!answer.digest().equals(key.digest())) {
            return refuse(ErrorCode.KEY_CONFLICT, "this key was used before with another reducer or other arguments");
        }
        return new Decision.Repeat(answer.refusal()
                .<Outcome>map(refusal -> new Outcome.Refused(refusal, true))
                .orElseGet(() -> new Outcome.Accepted(answer.seq(), true)));
    }

    private static @Nullable Refusal unmetExpectation(WorkspaceState head, List<Expectation> expectations) {
        for (Expectation expectation : expectations) {
            Refusal unmet = switch (expectation) {
                case Expectation.AtSeq(long seq) ->
                    seq == head.seq()
                            ? null
                            : Refusal.conflict(
                                    "expected seq %d, the workspace is at %d".formatted(seq, head.seq()), head.seq());
                case Expectation.RowVersion row -> unmetVersion(head, row);
            };
            if (unmet != null) {
                return unmet;
            }
        }
        return null;
    }

    private static @Nullable Refusal unmetVersion(WorkspaceState head, Expectation.RowVersion expected) {
        int ordinal = head.schema().ordinal(expected.table());
        if (ordinal < 0 || head.schema().table(ordinal).kind() != Table.Kind.KEYED) {
            return Refusal.of(ErrorCode.INVALID_ARGS, "no table " + expected.table() + " with a primary key");
        }
        var stored = head.rows(ordinal).stored(expected.key());
        long version = stored == null ? 0 : stored.version();
        return version == expected.version()
                ? null
                : Refusal.conflict(
                        "expected version %d of row %s of %s, it is %d"
                                .formatted(expected.version(), expected.key(), expected.table(), version),
                        version);
    }

    private <A> Decision run(WorkspaceState head, Call call, Reducer<A> reducer, Role role, long timeMicros) {
        var draft = new Draft(head, call.sender(), role, timeMicros, limits.maxOps());
        try {
            call.scheduled().ifPresent(draft::cancel);
            reducer.body().run(draft, reducer.args().type().cast(call.args()));
            if (call.reducer().equals(Membership.CREATE)) {
                head.schema().onCreate().ifPresent(hook -> hook.run(draft));
            }
            return commit(head, call, draft, timeMicros);
        } catch (Rejection rejection) {
            return refuse(head, call, timeMicros, rejection.refusal());
        } catch (RuntimeException | StackOverflowError e) {
            LOG.error("reducer {} of {} failed in workspace {}", call.reducer(), head.schema(), head.workspace(), e);
            return refuse(ErrorCode.INTERNAL, "reducer " + call.reducer() + " failed");
        }
    }

    private Decision commit(WorkspaceState head, Call call, Draft draft, long timeMicros) {
        var tx =
                new Transaction(head.seq() + 1, timeMicros, call.sender(), call.reducer(), call.key(), draft.collect());
        Committed committed = TransactionCodec.commit(head, tx);
        int length = committed.canonical().length;
        if (length > limits.maxTransactionBytes()) {
            return refuse(
                    head,
                    call,
                    timeMicros,
                    Refusal.of(
                            ErrorCode.TOO_LARGE,
                            "a transaction has at most %d bytes, this one %d"
                                    .formatted(limits.maxTransactionBytes(), length)));
        }
        long bytes = committed.after().bytes();
        if (bytes > limits.maxWorkspaceBytes() && bytes > head.bytes()) {
            return refuse(
                    head,
                    call,
                    timeMicros,
                    Refusal.of(
                            ErrorCode.TOO_LARGE,
                            "a workspace holds at most %d bytes of rows".formatted(limits.maxWorkspaceBytes())));
        }
        return new Decision.Commit(committed);
    }

    private static Decision refuse(ErrorCode code, String message) {
        return new Decision.Refuse(Refusal.of(code, message), Optional.empty());
    }

    /** Refuses and remembers, where the caller gave a key. */
    private static Decision refuse(WorkspaceState head, Call call, long timeMicros, Refusal refusal) {
        return new Decision.Refuse(
                refusal,
                call.key()
                        .filter(key -> !key.isInternal())
                        .map(key -> new RefusedCall(call.sender(), key, head.seq(), timeMicros, refusal)));
    }

    /** The call that a due row of the schedule asks for. */
    public static Call scheduledCall(ModuleSchema schema, SystemTables.Scheduled row) {
        Reducer<?> reducer = schema.reducer(row.reducer());
        if (reducer == null) {
            return forgetScheduled(row.id());
        }
        Object args = ValueCodec.readRow(new ByteReader(row.args().toArray()), reducer.args());
        return new Call(Identity.SYSTEM, row.reducer(), args, Optional.empty(), List.of(), true, Optional.of(row.id()));
    }

    /** Drops a scheduled command that cannot be done, so that it is not tried for ever. */
    public static Call forgetScheduled(String id) {
        return Call.internal(Identity.SYSTEM, Membership.FORGET_SCHEDULED, new Membership.ForgetScheduled(id));
    }

    /** The first transaction of a workspace whose module is newer than its rows, if that is so. */
    public Optional<Decision> migration(WorkspaceState state, long nowMicros) {
        return SystemTables.workspace(state, state.workspace())
                .filter(row -> row.moduleVersion() < state.schema().version())
                .map(row -> decide(
                        state,
                        Call.internal(
                                Identity.SYSTEM,
                                Membership.MIGRATE,
                                new Membership.Migrate(
                                        row.moduleVersion(), state.schema().version())),
                        nowMicros));
    }
}
