package io.skein.engine.reducer;

import io.skein.engine.audit.Origin;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.NoSecretKeyException;
import io.skein.engine.codec.Storable;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.TransactionCodec;
import io.skein.engine.membership.Imports;
import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Role;
import io.skein.engine.module.Unquoted;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RecentCalls;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.Transaction;
import io.skein.engine.state.WorkspaceState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Decides calls. A pure function of state, call and time: nothing happens until somebody journals what it returns. The order of the checks is
 * the contract's: was it done before (I1, I2), who may (M1), can it be understood (V1), does what the caller expects hold (V2), what does
 * the reducer say (V1). The key comes first because the call may have taken away the right to make it, and its answer may be lost.
 */
public final class Decider {
    /** Bytes of a query's answer as JSON: it is on its way once, and kept nowhere. */
    static final int MAX_QUERY_BYTES = 64 << 10;

    private static final long OTHER_VERSION_RETRY_MILLIS = 1_000;
    private static final Logger LOG = LoggerFactory.getLogger(Decider.class);

    /** What must be possible in a workspace of any size. */
    private static final Set<String> UNBOUNDED = Set.of(Membership.DELETE, Membership.MIGRATE, Imports.FINISH);

    /** What is possible where there is no workspace yet. */
    private static final Set<String> CREATING = Set.of(Membership.CREATE, Imports.CREATE);

    private final DecideLimits limits;
    private final long keyLifetimeMicros;

    public Decider(DecideLimits limits) {
        this.limits = limits;
        this.keyLifetimeMicros = TimeUnit.MICROSECONDS.convert(limits.keyLifetime());
    }

    /**
     * @param head the workspace after everything decided so far, durable or not
     * @param nowMicros microseconds since 1970
     */
    public Decision decide(WorkspaceState head, Call call, long nowMicros) {
        long timeMicros = Math.max(nowMicros, head.timeMicros());
        Decision earlier = repeated(head, call, timeMicros);
        if (earlier != null) {
            return earlier;
        }
        Optional<SystemTables.Workspace> workspace = SystemTables.workspace(head, head.workspace());
        boolean creating = call.internal() && CREATING.contains(call.reducer());
        if (workspace.isEmpty() && !creating) {
            return refuse(ErrorCode.NOT_FOUND, "no workspace " + head.workspace());
        }
        Reducer<?> reducer = head.schema().reducer(call.reducer());
        if (reducer == null || (reducer.internal() && !call.internal())) {
            return refuse(ErrorCode.NOT_FOUND, "no reducer " + call.reducer());
        }
        if (isModules(reducer) && Imports.running(head).isPresent()) {
            return new Decision.Refuse(
                    Refusal.rejected("importing", "rows are being imported into this workspace"), Optional.empty());
        }
        boolean engine = creating || (call.internal() && call.sender().equals(Identity.SYSTEM));
        Role role = engine ? Role.OWNER : SystemTables.roleIn(head, workspace.orElseThrow(), call.sender());
        if (!call.internal() && !role.atLeast(reducer.minimum())) {
            return refuse(
                    ErrorCode.FORBIDDEN,
                    "%s needs role %s, you have %s"
                            .formatted(call.reducer(), reducer.minimum().wire(), role.wire()));
        }
        Object args;
        try {
            args = arguments(reducer, call.args());
        } catch (NoSecretKeyException e) {
            return noSecretKey(e);
        } catch (IllegalArgumentException e) {
            return refuse(ErrorCode.INVALID_ARGS, String.valueOf(e.getMessage()));
        } catch (CorruptException e) {
            // While nodes of two versions are there: the workspace is on its way to one of the newer.
            return new Decision.Refuse(
                    Refusal.later(
                            ErrorCode.UNAVAILABLE,
                            "the node of this workspace has another version of " + reducer.name(),
                            OTHER_VERSION_RETRY_MILLIS),
                    Optional.empty());
        }
        Refusal unmet = Expectations.unmet(head, call, role);
        if (unmet != null) {
            return refuse(head, call, timeMicros, unmet);
        }
        return run(head, call, reducer, args, role, timeMicros);
    }

    /** Whether a reducer runs the module's code on its rows: its own, and its hooks. */
    private static boolean isModules(Reducer<?> reducer) {
        return !reducer.name().startsWith(Definition.RESERVED_PREFIX)
                || reducer.name().equals(Definition.CONNECT)
                || reducer.name().equals(Definition.DISCONNECT);
    }

    /** What the key says about this call, or null if it is new. */
    private @Nullable Decision repeated(WorkspaceState head, Call call, long timeMicros) {
        if (call.key().isEmpty()) {
            return null;
        }
        CallKey key = call.key().get();
        RecentCalls.Answer answer = head.calls().find(call.sender(), key.text());
        if (answer == null || timeMicros - answer.timeMicros() > keyLifetimeMicros) {
            return null;
        }
        if (!answer.fits(key)) {
            return refuse(ErrorCode.KEY_CONFLICT, "this key was used before with another reducer or other arguments");
        }
        return new Decision.Repeat(answer.refusal()
                .<Outcome>map(refusal -> new Outcome.Refused(refusal, true))
                .orElseGet(() -> new Outcome.Accepted(answer.seq(), true, answer.said())));
    }

    /**
     * A call's arguments as its reducer takes them: no reducer sees what could not be stored.
     *
     * @throws IllegalArgumentException if they are another reducer's, or cannot be stored
     * @throws CorruptException if they came from a node on which the reducer takes others
     */
    private static Object arguments(Reducer<?> reducer, Object given) {
        if (given instanceof Encoded encoded) {
            if (encoded.bytes().length() == 0) {
                throw new NoSecretKeyException();
            }
            ByteReader in = encoded.reader();
            Object args = ValueCodec.readRow(in, reducer.args());
            in.requireEnd();
            return args;
        }
        if (!reducer.args().type().isInstance(given)) {
            throw new IllegalArgumentException("these are no arguments of " + reducer.name());
        }
        Storable.require(reducer.args(), given);
        return given;
    }

    private <A> Decision run(
            WorkspaceState head, Call call, Reducer<A> reducer, Object args, Role role, long timeMicros) {
        boolean bounded = !UNBOUNDED.contains(call.reducer());
        var draft = new Draft(
                head, call.sender(), role, timeMicros, reducer, bounded ? limits.maxOps() : Integer.MAX_VALUE);
        try {
            if (call.scheduled().isPresent() && !draft.cancel(call.scheduled().get())) {
                return refuse(ErrorCode.NOT_FOUND, "the scheduled command was cancelled");
            }
            reducer.body().run(draft, reducer.args().type().cast(args));
            if (call.reducer().equals(Membership.CREATE)) {
                head.schema().onCreate().ifPresent(hook -> hook.run(draft));
            }
            if (reducer.query()) {
                return new Decision.Tell(
                        new Outcome.Answered(head.seq(), draft.answer().orElseThrow()));
            }
            return commit(head, call, draft, bounded, timeMicros);
        } catch (Rejection rejection) {
            return refuse(head, call, timeMicros, rejection.refusal());
        } catch (NoSecretKeyException e) {
            return noSecretKey(e);
        } catch (RuntimeException | StackOverflowError | AssertionError | LinkageError e) {
            try (var _ = MDC.putCloseable("workspace", head.workspace())) {
                LOG.error(
                        "reducer {} of {} failed in workspace {}",
                        call.reducer(),
                        head.schema(),
                        head.workspace(),
                        Unquoted.of(e));
            }
            return refuse(ErrorCode.INTERNAL, "reducer " + call.reducer() + " failed");
        }
    }

    /** No {@code unavailable}: who asks again is told the same until somebody changes the settings. So it is not remembered either. */
    private static Decision noSecretKey(NoSecretKeyException e) {
        return new Decision.Refuse(Refusal.rejected("no_secret_key", String.valueOf(e.getMessage())), Optional.empty());
    }

    private Decision commit(WorkspaceState head, Call call, Draft draft, boolean bounded, long timeMicros) {
        var tx =
                new Transaction(head.seq() + 1, timeMicros, call.sender(), call.reducer(), call.key(), draft.collect());
        Committed committed = TransactionCodec.commit(head, tx, draft.answer().orElse(null));
        int length = committed.canonical().length;
        if (bounded && length > limits.maxTransactionBytes()) {
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
        if (bounded && bytes > limits.maxWorkspaceBytes() && bytes > head.bytes()) {
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

    /** The call that a due row of the schedule asks for; one that forgets the row where the module does not have it any more. */
    public static Call scheduledCall(ModuleSchema schema, SystemTables.Scheduled row) {
        Reducer<?> reducer = schema.reducer(row.reducer());
        if (reducer == null) {
            return forgetScheduled(row.id());
        }
        Object args;
        try {
            args = ValueCodec.readRow(new ByteReader(row.args().toArray()), reducer.args());
        } catch (CorruptException e) {
            LOG.error(
                    "scheduled {} of {} has arguments that its reducer does not take any more",
                    row.reducer(),
                    schema,
                    e);
            return forgetScheduled(row.id());
        }
        return new Call(
                Identity.SYSTEM,
                row.reducer(),
                args,
                Optional.empty(),
                List.of(),
                true,
                Optional.of(row.id()),
                0,
                Origin.NONE,
                "");
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
