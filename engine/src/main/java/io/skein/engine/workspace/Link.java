package io.skein.engine.workspace;

import io.skein.engine.schema.Bytes;
import io.skein.engine.view.TableRows;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * The owner's end of the way to a relay or a reader. Inside one process a message is handed over as it is. To another node it goes as bytes in
 * parts that fit a frame, so many at once as a window lets through, and both ends count: whoever misses something says so, and the link
 * begins anew. Nothing is sent twice. Belongs to the owner.
 */
final class Link {
    /** Small enough that a heartbeat between nodes does not wait long behind one. */
    static final int PART_BYTES = 128 << 10;

    /** After so long without a sign of the other end, it is asked. */
    private static final long PATIENCE_NANOS = 2_000_000_000L;

    private record Waiting(Bytes bytes, boolean last) {}

    private final ActorRef<FromOwner> to;
    private final long number;
    private final boolean remote;
    private final Function<Downstream, byte[]> encode;
    private final long windowBytes;
    private final long maxQueuedBytes;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    /** Sizes of the parts that the other end has not said it has. */
    private final ArrayDeque<Integer> unseen = new ArrayDeque<>();
    /** Long answers, of which the next piece is made when there is room for it. */
    private final ArrayDeque<Iterator<Downstream>> streams = new ArrayDeque<>();

    private long sent;
    private long seen;
    private long unseenBytes;
    private long queuedBytes;
    private long heard;
    private long quietSinceNanos = System.nanoTime();
    private boolean lost;

    /**
     * @param number the other end's number for this link
     * @param remote whether the other end is on another node
     * @param encode a message's bytes
     */
    Link(
            ActorRef<FromOwner> to,
            long number,
            boolean remote,
            WorkspaceSettings settings,
            Function<Downstream, byte[]> encode) {
        this.to = to;
        this.number = number;
        this.remote = remote;
        this.encode = encode;
        this.windowBytes = settings.linkWindowBytes();
        this.maxQueuedBytes = settings.maxLinkQueuedBytes();
    }

    /** Whether whoever has this reference is on another node. */
    static boolean isRemote(ActorRef<?> ref) {
        return !ref.path().address().hasLocalScope();
    }

    boolean isRemote() {
        return remote;
    }

    long number() {
        return number;
    }

    /** Whether everything is on its way. */
    boolean isDone() {
        return lost || (queue.isEmpty() && streams.isEmpty());
    }

    // ---- down

    /** Sends a message, after all those before it. */
    void send(Downstream message) {
        if (lost) {
            return;
        }
        if (remote) {
            enqueue(encode.apply(message));
            pump();
        } else {
            to.tell(new FromOwner.Whole(number, ++sent, message));
        }
    }

    /** Whether a message would not be more than may wait here: its bytes may be many times those of the transactions in it. */
    boolean fits(Downstream message) {
        return !remote || encode.apply(message).length <= maxQueuedBytes - queuedBytes;
    }

    /**
     * Sends rows, to another node piece by piece as there is room; other messages may come in between.
     *
     * @param request the number that {@link Downstream.SnapshotRows} will have
     */
    void stream(long request, List<TableRows> rows) {
        if (!remote) {
            send(new Downstream.SnapshotRows(request, rows, true));
        } else if (!lost) {
            streams.addLast(new Pieces(request, rows, PART_BYTES));
            pump();
        }
    }

    private void enqueue(byte[] message) {
        for (int from = 0; from < message.length; from += PART_BYTES) {
            int length = Math.min(PART_BYTES, message.length - from);
            queue.addLast(new Waiting(Bytes.of(message, from, length), from + length == message.length));
        }
        queuedBytes += message.length;
    }

    private void pump() {
        while (!lost && unseenBytes < windowBytes && (!queue.isEmpty() || hasPiece())) {
            if (queue.isEmpty()) {
                enqueue(encode.apply(streams.getFirst().next()));
            }
            Waiting next = queue.removeFirst();
            int length = next.bytes().length();
            queuedBytes -= length;
            if (unseen.isEmpty()) {
                quietSinceNanos = System.nanoTime();
            }
            unseen.addLast(length);
            unseenBytes += length;
            to.tell(new FromOwner.Part(number, ++sent, next.last(), next.bytes()));
        }
        if (queuedBytes > maxQueuedBytes) {
            lose(); // it reads slower than the workspace writes: coming back for a snapshot is cheaper for both
        }
    }

    private boolean hasPiece() {
        while (!streams.isEmpty() && !streams.getFirst().hasNext()) {
            streams.removeFirst();
        }
        return !streams.isEmpty();
    }

    // ---- up

    /** Takes note of a batch; false if it is not the next one: then something is missing, and the link is lost. */
    boolean accept(long batch) {
        if (lost) {
            return false;
        }
        if (batch != heard + 1) {
            lose();
            return false;
        }
        heard = batch;
        return true;
    }

    /**
     * What the other end says of itself.
     *
     * @param itsSent number of its last batch
     * @param itsSeen number of the last part that it has
     */
    void check(long itsSent, long itsSeen) {
        if (lost) {
            to.tell(new FromOwner.Lost(number));
            return;
        }
        if (itsSent != heard || itsSeen > sent) {
            lose();
            return;
        }
        for (; seen < itsSeen; seen++) {
            unseenBytes -= unseen.removeFirst();
        }
        quietSinceNanos = System.nanoTime();
        to.tell(new FromOwner.Check(number, sent, heard));
        pump();
    }

    /** Asks the other end for a sign, if there should have been one. */
    void tick(long nowNanos) {
        if (remote && lost) {
            to.tell(new FromOwner.Lost(number)); // the first one may not have arrived either
        } else if (!unseen.isEmpty() && nowNanos - quietSinceNanos > PATIENCE_NANOS) {
            to.tell(new FromOwner.Check(number, sent, heard));
        }
    }

    /** Ends the link: the other end has to begin a new one. */
    void lose() {
        lost = true;
        queue.clear();
        streams.clear();
        queuedBytes = 0;
        to.tell(new FromOwner.Lost(number));
    }
}
