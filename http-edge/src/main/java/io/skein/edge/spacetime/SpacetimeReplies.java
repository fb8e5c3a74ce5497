package io.skein.edge.spacetime;

import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.relay.SessionFormat;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one session of the SpacetimeDB wire is told: {@code ServerMessage} of the protocol, but for transactions. It keeps which query sets
 * there are, and what was asked for and has no answer yet.
 */
final class SpacetimeReplies implements SessionFormat {
    private static final int INITIAL_CONNECTION = 0;
    private static final int SUBSCRIBE_APPLIED = 1;
    private static final int UNSUBSCRIBE_APPLIED = 2;
    private static final int SUBSCRIPTION_ERROR = 3;
    private static final int ONE_OFF_QUERY_RESULT = 5;
    private static final int REDUCER_RESULT = 6;
    private static final int PROCEDURE_RESULT = 7;
    private static final int SUBSCRIBE_BATCH_APPLIED = 8;

    private static final byte[] NO_VALUE = {};

    private static final int OK = 0;
    private static final int ERR = 2;
    private static final int INTERNAL_ERROR = 3;

    /** Told while the message is made that says so. */
    interface Listener {
        /** The session is in. */
        void welcomed();

        /** A set is there. */
        void applied(long set);

        /** A set that was asked for does not come. */
        void failed(long set);
    }

    /** A set that cannot be had. */
    record BadSet(long number, Refusal refusal) {}

    /** A change of the view that the relay was asked for. */
    private sealed interface Asked {
        record Apply(long request, long set) implements Asked {}

        record ApplyAll(long request, List<Long> sets, List<BadSet> bad) implements Asked {}

        record Unapply(long request, long set) implements Asked {}
    }

    private final ConnectionId connection;
    private final String token;
    private final InstantSource clock;
    private final Listener listener;
    private final Set<Long> sets = new HashSet<>();
    private final Map<Long, Asked> asked = new HashMap<>();
    private long lastId;

    /**
     * @param token what the client may come back with
     */
    SpacetimeReplies(ConnectionId connection, String token, InstantSource clock, Listener listener) {
        this.connection = connection;
        this.token = token;
        this.clock = clock;
        this.listener = listener;
    }

    // ---- query sets

    /** How many there are, those on their way included. */
    int setCount() {
        return sets.size();
    }

    boolean hasSet(long number) {
        return sets.contains(number);
    }

    /** A set is asked for; gives the number that the relay's answer will have. */
    long apply(long request, long set) {
        sets.add(set);
        return ask(new Asked.Apply(request, set));
    }

    /** Several sets are; those that cannot be had are told beside the others. */
    long applyAll(long request, List<Long> numbers, List<BadSet> bad) {
        sets.addAll(numbers);
        return ask(new Asked.ApplyAll(request, numbers, bad));
    }

    long unapply(long request, long set) {
        return ask(new Asked.Unapply(request, set));
    }

    private long ask(Asked what) {
        asked.put(++lastId, what);
        return lastId;
    }

    // ---- messages

    @Override
    public List<byte[]> encode(ServerMessage message) {
        return switch (message) {
            case ServerMessage.Welcome welcome -> {
                listener.welcomed();
                yield List.of(initialConnection(welcome.identity()));
            }
            case ServerMessage.Subscribed subscribed -> applied(asked.remove(subscribed.id()), subscribed.rows());
            case ServerMessage.Unsubscribed gone -> unapplied(asked.remove(gone.id()), gone.rows());
            case ServerMessage.Failed(var id, var refusal) -> failed(asked.remove(id), refusal);
            case ServerMessage.Result(var id, var outcome, var _) -> List.of(result(id, outcome));
            case ServerMessage.Tx(var header, var deltas) -> List.of(SpacetimeFormat.V3.transaction(header, deltas));
            case ServerMessage.Own(var parts) -> parts;
            case ServerMessage.Position _,
                    ServerMessage.RoleChanged _,
                    ServerMessage.Signalled _,
                    ServerMessage.Pong _,
                    ServerMessage.Bye _ -> List.of();
            case ServerMessage.Snapshot _, ServerMessage.Resumed _ ->
                throw new IllegalStateException("nobody starts over on this wire: " + message);
        };
    }

    private byte[] initialConnection(Identity identity) {
        var out = new BsatnWriter(64 + token.length()).u8(INITIAL_CONNECTION);
        Bsatn.writeIdentity(out, identity);
        return out.u64(connection.low()).u64(connection.high()).string(token).toArray();
    }

    private List<byte[]> applied(@Nullable Asked what, EncodedRows rows) {
        return switch (what) {
            case Asked.Apply(var request, var set) -> {
                listener.applied(set);
                yield List.of(
                        head(SUBSCRIBE_APPLIED, request).u32(set).toArray(),
                        rows.parts().getFirst());
            }
            case Asked.ApplyAll(var request, var numbers, var bad) -> {
                numbers.forEach(listener::applied);
                yield List.of(batchApplied(request, numbers.stream().sorted().toList(), bad, rows));
            }
            case Asked.Unapply _ -> throw new IllegalStateException("rows came for a set that goes");
            case null -> throw new IllegalStateException("rows came that nobody asked for");
        };
    }

    /** Rows come by the number of their set. */
    private static byte[] batchApplied(long request, List<Long> numbers, List<BadSet> bad, EncodedRows rows) {
        var out = head(SUBSCRIBE_BATCH_APPLIED, request).u32(numbers.size() + bad.size());
        for (int i = 0; i < numbers.size(); i++) {
            out.u32(numbers.get(i)).u8(0).raw(rows.parts().get(i));
        }
        bad.forEach(set -> out.u32(set.number()).u8(1).string(text(set.refusal())));
        return out.toArray();
    }

    private List<byte[]> unapplied(@Nullable Asked what, Optional<EncodedRows> rows) {
        if (!(what instanceof Asked.Unapply(var request, var set))) {
            throw new IllegalStateException("a set went that nobody gave back");
        }
        sets.remove(set);
        byte[] head = head(UNSUBSCRIBE_APPLIED, request)
                .u32(set)
                .u8(rows.isPresent() ? 0 : 1)
                .toArray();
        return rows.isPresent() ? List.of(head, rows.get().parts().getFirst()) : List.of(head);
    }

    private List<byte[]> failed(@Nullable Asked what, Refusal refusal) {
        return switch (what) {
            case Asked.Apply(var request, var set) -> {
                sets.remove(set);
                listener.failed(set);
                yield List.of(subscriptionError(request, set, refusal));
            }
            case Asked.ApplyAll(var request, var numbers, var bad) -> {
                numbers.forEach(sets::remove);
                numbers.forEach(listener::failed);
                var out = head(SUBSCRIBE_BATCH_APPLIED, request).u32(numbers.size() + bad.size());
                numbers.forEach(number -> out.u32(number).u8(1).string(text(refusal)));
                bad.forEach(set -> out.u32(set.number()).u8(1).string(text(set.refusal())));
                yield List.of(out.toArray());
            }
            case Asked.Unapply(var request, var set) -> List.of(subscriptionError(request, set, refusal));
            case null -> List.of();
        };
    }

    static byte[] subscriptionError(long request, long set, Refusal refusal) {
        return new BsatnWriter(64)
                .u8(SUBSCRIPTION_ERROR)
                .u8(0)
                .u32(request)
                .u32(set)
                .string(text(refusal))
                .toArray();
    }

    /** Answers a batch of which no set can be had. */
    static byte[] batchError(long request, List<BadSet> bad) {
        return batchApplied(request, List.of(), bad, new EncodedRows());
    }

    /** The answer to a query, or why there is none. */
    static List<byte[]> oneOff(long request, byte[] queryRows) {
        return List.of(head(ONE_OFF_QUERY_RESULT, request).u8(0).toArray(), queryRows);
    }

    static List<byte[]> oneOff(long request, Refusal refusal) {
        return List.of(
                head(ONE_OFF_QUERY_RESULT, request).u8(1).string(text(refusal)).toArray());
    }

    /** Modules have reducers and no procedures. */
    byte[] noProcedure(long request, String name) {
        return new BsatnWriter(64)
                .u8(PROCEDURE_RESULT)
                .u8(1)
                .string("no such procedure: " + name)
                .u64(nowMicros())
                .u64(0)
                .u32(request)
                .toArray();
    }

    // ---- outcomes of calls

    @Override
    public boolean outcomesCarryTransactions() {
        return true;
    }

    @Override
    public List<byte[]> outcome(ServerMessage.Result accepted, long timeMicros, byte @Nullable [] transaction) {
        var out = ok(accepted.id(), timeMicros, accepted.outcome(), transaction == null ? 0 : transaction.length);
        if (transaction == null) {
            out.u32(0);
        } else {
            out.raw(transaction, 1, transaction.length - 1); // what follows the tag of its message
        }
        return List.of(out.toArray());
    }

    /** Up to the transaction's update. The return value is the answer as JSON in a BSATN string: bindings of reducers declare no type for it. */
    private static BsatnWriter ok(long request, long timeMicros, Outcome outcome, int bytes) {
        var out = new BsatnWriter(32 + bytes + outcome.characters())
                .u8(REDUCER_RESULT)
                .u32(request)
                .u64(timeMicros)
                .u8(OK);
        Optional<Json> answer = switch (outcome) {
            case Outcome.Accepted accepted -> accepted.answer();
            case Outcome.Answered answered -> Optional.of(answered.answer());
            case Outcome.Refused _ -> Optional.empty();
        };
        return out.bytes(answer.map(json -> new BsatnWriter(4 + json.text().length())
                        .string(json.text())
                        .toArray())
                .orElse(NO_VALUE));
    }

    private byte[] result(long request, Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted _, Outcome.Answered _ ->
                ok(request, nowMicros(), outcome, 0).u32(0).toArray();
            case Outcome.Refused(var refusal, var _) -> refused(request, refusal);
        };
    }

    /** What a module says in a rejection is its users' business, and comes word for word; all else is the server's. */
    private byte[] refused(long request, Refusal refusal) {
        var out = new BsatnWriter(128).u8(REDUCER_RESULT).u32(request).u64(nowMicros());
        if (refusal.code() == ErrorCode.REJECTED) {
            out.u8(ERR).bytes(new BsatnWriter(64).string(refusal.message()).toArray());
        } else {
            out.u8(INTERNAL_ERROR).string(text(refusal));
        }
        return out.toArray();
    }

    /** Code and message: this wire has one text for both. */
    static String text(Refusal refusal) {
        return refusal.code().wire() + ": " + refusal.message();
    }

    private static BsatnWriter head(int message, long request) {
        return new BsatnWriter(16).u8(message).u32(request);
    }

    private long nowMicros() {
        return ValueCodec.toMicros(clock.instant());
    }
}
