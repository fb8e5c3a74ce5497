package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.Committed;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.RefusedCall;
import io.skein.engine.state.WorkspaceState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * The bytes of a {@link Group}. Version 1:
 *
 * <pre>
 * u8      1
 * string  module          varint  its version
 * varint  first seq
 * varint  number of transactions, then for each: varint length, canonical bytes
 * 32      hash after the last
 * varint  number of remembered refusals, then for each:
 *   32 sender, string key, 16 digest, varint seq after which, zigzag time, refusal
 *
 * refusal: string code, string reason, string message, zigzag current
 * </pre>
 *
 * Version 2 is written where a reducer answered or gave details, and only there. It is version 1 with
 *
 * <pre>
 * behind each refusal:  u8 1 and string details, or 0
 * at the end:           varint number of answers, then for each: varint seq, string answer
 * </pre>
 */
public final class GroupCodec {
    private static final int VERSION = 1;
    private static final int WITH_ANSWERS = 2;

    /** So many of a group's first bytes are enough for {@link #firstSeq}. */
    public static final int HEAD_BYTES = 96;

    private GroupCodec() {}

    public static byte[] encode(Group group) {
        int size = 128;
        for (byte[] transaction : group.transactions()) {
            size += transaction.length + 5;
        }
        var out = new ByteWriter(size + 256 * group.refused().size());
        boolean answers = !group.answers().isEmpty()
                || group.refused().stream()
                        .anyMatch(call -> call.refusal().details().isPresent());
        out.u8(answers ? WITH_ANSWERS : VERSION)
                .string(group.module())
                .varint(group.moduleVersion())
                .varint(group.firstSeq());
        out.varint(group.transactions().size());
        group.transactions().forEach(out::bytes);
        out.raw(group.hashAfter());
        out.varint(group.refused().size());
        group.refused().forEach(refused -> write(out, refused, answers));
        if (answers) {
            out.varint(group.answers().size());
            group.answers()
                    .forEach(answered ->
                            out.varint(answered.seq()).string(answered.answer().text()));
        }
        return out.toArray();
    }

    /**
     * @throws CorruptException if the bytes are not a group's
     */
    public static Group decode(byte[] bytes) {
        var in = new ByteReader(bytes);
        boolean answers = readVersion(in) == WITH_ANSWERS;
        String module = in.string();
        int moduleVersion = in.varint31();
        long firstSeq = in.varint();
        int count = in.count();
        if (firstSeq < 1 || firstSeq > Long.MAX_VALUE - count) {
            throw new CorruptException("group from seq " + firstSeq);
        }
        var transactions = new ArrayList<byte[]>(count);
        for (int i = 0; i < count; i++) {
            transactions.add(in.bytes());
        }
        Bytes hash = in.value(HashChain.BYTES);
        int refusals = in.count();
        var refused = new ArrayList<RefusedCall>(refusals);
        for (int i = 0; i < refusals; i++) {
            refused.add(readRefused(in, answers));
        }
        var answered = new ArrayList<Group.Answered>();
        for (int more = answers ? in.count() : 0; more > 0; more--) {
            answered.add(new Group.Answered(in.varint(), new Json(in.string())));
        }
        in.requireEnd();
        return new Group(
                module,
                moduleVersion,
                firstSeq,
                List.copyOf(transactions),
                hash,
                List.copyOf(refused),
                List.copyOf(answered));
    }

    private static int readVersion(ByteReader in) {
        int version = in.u8();
        if (version != VERSION && version != WITH_ANSWERS) {
            throw new CorruptException("group of version " + version + ": written by a newer Skein?");
        }
        return version;
    }

    /**
     * {@link Group#firstSeq} from a group's first {@link #HEAD_BYTES} bytes, so that a search need not read what it passes over.
     *
     * @throws CorruptException if the bytes are not a group's beginning
     */
    public static long firstSeq(byte[] head) {
        var in = new ByteReader(head);
        readVersion(in);
        in.string();
        in.varint();
        return in.varint();
    }

    /**
     * The state after a group: how a workspace is replayed.
     *
     * @param each sees every transaction on the way
     * @throws CorruptException if the group does not follow {@code state} or its hash is not the chain's
     */
    public static WorkspaceState replay(WorkspaceState state, Group group, Consumer<Committed> each) {
        if (group.firstSeq() != state.seq() + 1) {
            throw new CorruptException("group from seq %d after %d".formatted(group.firstSeq(), state.seq()));
        }
        WorkspaceState next = state;
        int remembered = 0;
        int answered = 0;
        for (byte[] canonical : group.transactions()) {
            while (isNext(group, remembered, next)) {
                next = next.remember(group.refused().get(remembered++));
            }
            boolean answers = answered < group.answers().size()
                    && group.answers().get(answered).seq() == next.seq() + 1;
            Json answer = answers ? group.answers().get(answered++).answer() : null;
            Committed committed = TransactionCodec.replay(next, canonical, answer);
            each.accept(committed);
            next = committed.after();
        }
        if (!Arrays.equals(next.hash(), group.hashAfter().toArray())) {
            throw new CorruptException("hash after seq %d is not the chain's".formatted(next.seq()));
        }
        while (isNext(group, remembered, next)) {
            next = next.remember(group.refused().get(remembered++));
        }
        if (answered < group.answers().size()) {
            throw new CorruptException("an answer to none of the group's transactions");
        }
        if (remembered < group.refused().size()) {
            throw new CorruptException("a refusal that is not between the group's transactions");
        }
        return next;
    }

    private static boolean isNext(Group group, int refusal, WorkspaceState state) {
        return refusal < group.refused().size() && group.refused().get(refusal).afterSeq() == state.seq();
    }

    private static void write(ByteWriter out, RefusedCall call, boolean details) {
        ValueCodec.writeIdentity(out, call.sender());
        out.string(call.key().text())
                .raw(call.key().digest())
                .varint(call.afterSeq())
                .zigzag(call.timeMicros());
        writeRefusal(out, call.refusal());
        if (details) {
            out.flag(call.refusal().details().isPresent());
            call.refusal().details().ifPresent(json -> out.string(json.text()));
        }
    }

    private static RefusedCall readRefused(ByteReader in, boolean details) {
        Identity sender = ValueCodec.readIdentity(in);
        CallKey key = TransactionCodec.readKey(in);
        long afterSeq = in.varint();
        long timeMicros = in.zigzag();
        Refusal refusal = readRefusal(in);
        if (details && in.flag()) {
            refusal = refusal.withDetails(new Json(in.string()));
        }
        return new RefusedCall(sender, key, afterSeq, timeMicros, refusal);
    }

    static void writeRefusal(ByteWriter out, Refusal refusal) {
        out.string(refusal.code().wire())
                .string(refusal.reason())
                .string(refusal.message())
                .zigzag(refusal.current());
    }

    static Refusal readRefusal(ByteReader in) {
        String code = in.string();
        ErrorCode known;
        try {
            known = ErrorCode.ofWire(code);
        } catch (IllegalArgumentException e) {
            throw new CorruptException(String.valueOf(e.getMessage()), e);
        }
        return new Refusal(known, in.string(), in.string(), in.zigzag(), 0);
    }
}
