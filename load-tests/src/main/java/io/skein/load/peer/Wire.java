package io.skein.load.peer;

import io.netty.buffer.ByteBuf;
import io.skein.load.check.RoomCheck.Order;
import java.io.IOException;
import java.util.List;

/**
 * The language of one system. An instance belongs to one thread: it keeps scratch space between calls.
 *
 * <p>All systems are asked for the same work: an update of the same size, in a frame of its own.
 */
public interface Wire {
    /** What the system promises about the order of updates. */
    default Order order() {
        return Order.SEQ;
    }

    /** Whether its frames are binary ones; text otherwise. */
    default boolean isBinary() {
        return false;
    }

    /**
     * Whether updates have no acknowledgement of their own, and a ping of WebSocket goes out behind each, whose pong says that the system has
     * handled it.
     */
    default boolean isAskedByPing() {
        return false;
    }

    /**
     * What a client has to do before it opens its socket; may take a while, and is not called on the event loop.
     *
     * @return the seat, with the socket that was given to it
     * @throws IOException if it gets none
     */
    default Seat reserve(Seat seat) throws IOException, InterruptedException {
        return seat;
    }

    /** The first frames of a member, which make it join its room. */
    List<byte[]> hello(Seat seat);

    /**
     * Writes an update that carries {@code text} (ASCII, nothing to escape in JSON). Writes nothing if what the system's own client does is to keep it until another
     * one is acknowledged; then it goes out by {@link Heard#answer}.
     */
    void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out);

    /**
     * Reads one frame that a member received and tells what is in it, in order.
     *
     * @throws IOException if it is not what the system promises to send
     */
    void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException;
}
