package io.skein.engine.relay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How what is one session's own looks on its wire. Belongs to the session's event loop, and may remember. */
public interface SessionFormat {
    /** A message, in parts, so that what is large and shared stays one of its own; none if this wire does not say such a thing. */
    List<byte[]> encode(ServerMessage message);

    /** Whether the caller hears of its call's transaction in the outcome, and not as others do: then {@link #outcome} is asked. */
    default boolean outcomesCarryTransactions() {
        return false;
    }

    /**
     * The outcome of a call, in the place of its transaction.
     *
     * @param timeMicros the transaction's time, since 1970
     * @param transaction what {@link WireFormat#transaction} made of it; null if the session's view sees nothing of it
     */
    default List<byte[]> outcome(ServerMessage.Result accepted, long timeMicros, byte @Nullable [] transaction) {
        throw new UnsupportedOperationException("outcomes do not carry transactions on this wire");
    }

    /**
     * Whether {@link #follow} is told of the transactions that go out, too: for a while, because what is sent to several sessions is then made for
     * this one alone.
     */
    default boolean follows() {
        return false;
    }

    /** A transaction of the view goes out, as {@link WireFormat#transaction} made it. */
    default void follow(byte[] transaction) {
        throw new UnsupportedOperationException("this format does not follow");
    }
}
