package io.skein.engine.journal;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
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
 */
public final class GroupCodec {
    private static final int VERSION = 1;

    /** So many of a group's first bytes are enough for {@link #firstSeq}. */
    public static final int HEAD_BYTES = 96;

    private GroupCodec() {}

    public static byte[] encode(Group group) {
        int size = 128;
        for (byte[] transaction : group.transactions()) {
            size += transaction.length + 5;
        }
        var out = new ByteWriter(size + 256 * group.refused().size());
        out.u8(VERSION).string(group.module()).varint(group.moduleVersion()).varint(group.firstSeq());
        out.varint(group.transactions().size());
        group.transactions().forEach(out::bytes);
        out.raw(group.hashAfter());
        out.varint(group.refused().size());
        group.refused().forEach(refused -> write(out, refused));
        return out.toArray();
    }

    /**
     * @throws CorruptException if the bytes are not a group's
     */
    public static Group decode(byte[] bytes) {
        var in = new ByteReader(bytes);
        int version = in.u8();
        if (version != VERSION) {
            throw new CorruptException("group of version " + version + ": written by a newer Skein?");
        }
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
            refused.add(readRefused(in));
        }
        in.requireEnd();
        return new Group(module, moduleVersion, firstSeq, List.copyOf(transactions), hash, List.copyOf(refused));
    }

    /**
     * {@link Group#firstSeq} from a group's first {@link #HEAD_BYTES} bytes, so that a search need not read what it passes over.
     *
     * @throws CorruptException if the bytes are not a group's beginning
     */
    public static long firstSeq(byte[] head) {
        var in = new ByteReader(head);
        int version = in.u8();
        if (version != VERSION) {
            throw new CorruptException("group of version " + version + ": written by a newer Skein?");
        }
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
        for (byte[] canonical : group.transactions()) {
            while (isNext(group, remembered, next)) {
                next = next.remember(group.refused().get(remembered++));
            }
            Committed committed = TransactionCodec.replay(next, canonical);
            each.accept(committed);
            next = committed.after();
        }
        if (!Arrays.equals(next.hash(), group.hashAfter().toArray())) {
            throw new CorruptException("hash after seq %d is not the chain's".formatted(next.seq()));
        }
        while (isNext(group, remembered, next)) {
            next = next.remember(group.refused().get(remembered++));
        }
        if (remembered < group.refused().size()) {
            throw new CorruptException("a refusal that is not between the group's transactions");
        }
        return next;
    }

    private static boolean isNext(Group group, int refusal, WorkspaceState state) {
        return refusal < group.refused().size() && group.refused().get(refusal).afterSeq() == state.seq();
    }

    private static void write(ByteWriter out, RefusedCall call) {
        ValueCodec.writeIdentity(out, call.sender());
        out.string(call.key().text())
                .raw(call.key().digest())
                .varint(call.afterSeq())
                .zigzag(call.timeMicros());
        writeRefusal(out, call.refusal());
    }

    private static RefusedCall readRefused(ByteReader in) {
        Identity sender = ValueCodec.readIdentity(in);
        CallKey key = TransactionCodec.readKey(in);
        return new RefusedCall(sender, key, in.varint(), in.zigzag(), readRefusal(in));
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
