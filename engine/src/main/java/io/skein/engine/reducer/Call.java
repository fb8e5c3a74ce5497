package io.skein.engine.reducer;

import io.skein.engine.audit.Origin;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Reducer;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Shape;
import io.skein.engine.state.CallKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A command on its way to a workspace.
 *
 * @param args a record of the reducer's argument class, or such a one's {@link Encoded} form
 * @param key for rule I1
 * @param internal made by the engine itself
 * @param scheduled id of the schedule's row that caused it
 * @param bytes its size on the wire it came by, the measure for queues; 0 for the engine's own
 * @param origin for the audit log, where it may change who may what; none of others
 * @param trace W3C's {@code traceparent} of the span that this call is part of; empty where it is not traced. Nothing that is decided depends on it.
 */
public record Call(
        Identity sender,
        String reducer,
        Object args,
        Optional<CallKey> key,
        List<Expectation> expectations,
        boolean internal,
        Optional<String> scheduled,
        int bytes,
        Origin origin,
        String trace) {
    /** A person's call. */
    public static Call of(Identity sender, String reducer, Object args) {
        return new Call(
                sender, reducer, args, Optional.empty(), List.of(), false, Optional.empty(), 0, Origin.NONE, "");
    }

    /** The engine's own. */
    public static Call internal(Identity sender, String reducer, Object args) {
        return new Call(sender, reducer, args, Optional.empty(), List.of(), true, Optional.empty(), 0, Origin.NONE, "");
    }

    public Call withKey(CallKey newKey) {
        return new Call(
                sender, reducer, args, Optional.of(newKey), expectations, internal, scheduled, bytes, origin, trace);
    }

    public Call ofSize(int newBytes) {
        return new Call(sender, reducer, args, key, expectations, internal, scheduled, newBytes, origin, trace);
    }

    /** With its origin, where it is one of the engine's own reducers: others cannot change who may what, and need not carry it. */
    public Call by(Origin newOrigin) {
        if (!reducer.startsWith(Definition.RESERVED_PREFIX)) {
            return this;
        }
        return new Call(sender, reducer, args, key, expectations, internal, scheduled, bytes, newOrigin, trace);
    }

    public Call expecting(List<Expectation> newExpectations) {
        return new Call(sender, reducer, args, key, newExpectations, internal, scheduled, bytes, origin, trace);
    }

    public Call withTrace(String newTrace) {
        return new Call(sender, reducer, args, key, expectations, internal, scheduled, bytes, origin, newTrace);
    }

    /**
     * The digest of a {@link CallKey}: first half of SHA-256 over the reducer's name, a zero byte, and the arguments' canonical bytes.
     *
     * @throws IllegalArgumentException if an argument cannot be stored; the message names it
     */
    public static Bytes digest(Reducer<?> reducer, Object args) {
        return digest(reducer.name(), reducer.args(), args);
    }

    /** The same over something else that was asked for, where the arguments hold what the caller did not choose. */
    public static Bytes digest(String name, Shape<?> shape, Object asked) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            digest.update(ByteWriter.collect(out -> ValueCodec.writeShortRow(out, shape, asked)));
            return Bytes.of(Arrays.copyOf(digest.digest(), CallKey.DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
