package io.skein.engine.reducer;

import io.skein.engine.audit.Origin;
import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.NoSecretKeyException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.TransactionCodec;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import io.skein.engine.state.CallKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Calls and what came of them, as nodes send them to one another. Arguments and keys of rows stay {@link Encoded} at the other end. A call's trace is not part of
 * its bytes: messages that have one are others, because older nodes do not know them.
 *
 * <pre>
 * call      32 sender, string reducer, bytes args, flag key?, (string text, 16 digest), varint n, expectations,
 *           u8 1 internal + 2 with origin, flag scheduled?, (string id), varint size, (4 strings of an origin)
 * expects   0, varint seq  |  1, string table, bytes key, varint version
 * outcome   0, varint seq, flag repeated  |  1, refusal, flag repeated  |  2, as 0, string answer  |  3, as 1, string details
 *           4, varint seq, string answer of a query
 * refusal   string code, string reason, string message, zigzag current, varint milliseconds until another attempt
 * </pre>
 */
public final class CallCodec {
    private static final int INTERNAL = 1;
    private static final int WITH_ORIGIN = 2;

    private CallCodec() {}

    /**
     * @throws IllegalArgumentException if an argument cannot be stored
     */
    public static void write(ByteWriter out, Call call) {
        ValueCodec.writeIdentity(out, call.sender());
        out.string(call.reducer()).bytes(arguments(call.args())).flag(call.key().isPresent());
        call.key().ifPresent(key -> writeKey(out, key));
        out.varint(call.expectations().size());
        call.expectations().forEach(expectation -> write(out, expectation));
        out.u8((call.internal() ? INTERNAL : 0) | (call.origin().isKnown() ? WITH_ORIGIN : 0))
                .flag(call.scheduled().isPresent());
        call.scheduled().ifPresent(out::string);
        out.varint(call.bytes());
        if (call.origin().isKnown()) {
            call.origin().write(out);
        }
    }

    public static Call read(ByteReader in) {
        Identity sender = ValueCodec.readIdentity(in);
        String reducer = in.string();
        var args = new Encoded(Bytes.of(in.bytes()));
        Optional<CallKey> key = in.flag() ? Optional.of(TransactionCodec.readKey(in)) : Optional.empty();
        int count = in.count();
        List<Expectation> expectations = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            expectations.add(readExpectation(in));
        }
        int marks = in.u8();
        if (marks > (INTERNAL | WITH_ORIGIN)) {
            throw new CorruptException("a call with marks " + marks);
        }
        Optional<String> scheduled = in.flag() ? Optional.of(in.string()) : Optional.empty();
        return new Call(
                sender,
                reducer,
                args,
                key,
                List.copyOf(expectations),
                (marks & INTERNAL) != 0,
                scheduled,
                in.varint31(),
                (marks & WITH_ORIGIN) != 0 ? Origin.read(in) : Origin.NONE,
                "");
    }

    /** Secrets that cannot be sealed do not leave the node: no bytes at all stand for them, and the owner refuses those. */
    private static byte[] arguments(Object args) {
        try {
            return args instanceof Encoded(var bytes)
                    ? bytes.toArray()
                    : ByteWriter.collect(out -> ValueCodec.writeShortRow(out, Shape.of(args.getClass()), args));
        } catch (NoSecretKeyException e) {
            return new byte[0];
        }
    }

    private static void writeKey(ByteWriter out, CallKey key) {
        out.string(key.text()).raw(key.digest());
    }

    private static void write(ByteWriter out, Expectation expectation) {
        switch (expectation) {
            case Expectation.AtSeq(var seq) -> out.u8(0).varint(seq);
            case Expectation.RowVersion(var table, var key, var version) -> {
                byte[] bytes = key instanceof Encoded encoded
                        ? encoded.bytes().toArray()
                        : ByteWriter.collect(nested -> ValueCodec.writeKey(nested, key));
                out.u8(1).string(table).bytes(bytes).varint(version);
            }
        }
    }

    private static Expectation readExpectation(ByteReader in) {
        int kind = in.u8();
        return switch (kind) {
            case 0 -> new Expectation.AtSeq(in.varint());
            case 1 -> new Expectation.RowVersion(in.string(), new Encoded(Bytes.of(in.bytes())), in.varint());
            default -> throw new CorruptException("expectation " + kind);
        };
    }

    public static void writeOutcome(ByteWriter out, Outcome outcome) {
        switch (outcome) {
            case Outcome.Accepted(var seq, var repeated, var answer) -> {
                out.u8(answer.isPresent() ? 2 : 0).varint(seq).flag(repeated);
                answer.ifPresent(json -> out.string(json.text()));
            }
            case Outcome.Refused(var refusal, var repeated) -> {
                writeRefusal(out.u8(refusal.details().isPresent() ? 3 : 1), refusal);
                out.flag(repeated);
                refusal.details().ifPresent(json -> out.string(json.text()));
            }
            case Outcome.Answered(var seq, var answer) -> out.u8(4).varint(seq).string(answer.text());
        }
    }

    public static Outcome readOutcome(ByteReader in) {
        int kind = in.u8();
        return switch (kind) {
            case 0 -> new Outcome.Accepted(in.varint(), in.flag());
            case 1 -> new Outcome.Refused(readRefusal(in), in.flag());
            case 2 -> new Outcome.Accepted(in.varint(), in.flag(), Optional.of(new Json(in.string())));
            case 3 -> {
                Refusal refusal = readRefusal(in);
                boolean repeated = in.flag();
                yield new Outcome.Refused(refusal.withDetails(new Json(in.string())), repeated);
            }
            case 4 -> new Outcome.Answered(in.varint(), new Json(in.string()));
            default -> throw new CorruptException("outcome " + kind);
        };
    }

    /** Without its details: {@link #writeOutcome} adds them. */
    public static void writeRefusal(ByteWriter out, Refusal refusal) {
        out.string(refusal.code().wire())
                .string(refusal.reason())
                .string(refusal.message())
                .zigzag(refusal.current())
                .varint(refusal.retryAfterMillis());
    }

    public static Refusal readRefusal(ByteReader in) {
        ErrorCode code = ErrorCode.ofWire(in.string());
        return new Refusal(code, in.string(), in.string(), in.zigzag(), in.varint());
    }
}
