package io.skein.engine.relay;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The payload of one WebSocket message, in parts that may be shared with other frames and are never changed. The frame itself is shared by
 * the sessions that stand at the same place, and so is what an edge makes of it.
 */
public final class Frame {
    private final List<byte[]> parts;
    private final int bytes;
    private volatile @Nullable Object rendered;

    private Frame(List<byte[]> parts, int bytes) {
        this.parts = parts;
        this.bytes = bytes;
    }

    /** In order; for whoever renders the frame to copy together, once. */
    public List<byte[]> parts() {
        return Collections.unmodifiableList(parts);
    }

    /** Their sum. */
    public int bytes() {
        return bytes;
    }

    /**
     * What {@code render} makes of this frame, made once and kept with it. Two threads that meet here may make it twice, which harms nobody.
     *
     * @param type what it makes; one kind of edge for each wire format, so always the same
     */
    public <T> T rendered(Class<T> type, Function<Frame, T> render) {
        Object known = rendered;
        if (known == null) {
            known = render.apply(this);
            rendered = known;
        }
        return type.cast(known);
    }

    /** Collects messages into a frame. */
    static final class Builder {
        private final WireFormat.Framing framing;
        private final List<byte[]> pieces = new ArrayList<>();
        private int messages;
        private int bytes;

        Builder(WireFormat.Framing framing) {
            this.framing = framing;
        }

        int bytes() {
            return bytes;
        }

        boolean isEmpty() {
            return messages == 0;
        }

        /** Whether nothing more may go in, whatever its size. */
        boolean isFull() {
            return messages >= framing.maxMessages();
        }

        void add(byte[] message) {
            begin();
            piece(message);
        }

        /** Adds a message; none if it has no parts. */
        void add(List<byte[]> message) {
            if (!message.isEmpty()) {
                begin();
                message.forEach(this::piece);
            }
        }

        private void begin() {
            if (messages++ > 0) {
                piece(framing.separator());
            }
        }

        private void piece(byte[] piece) {
            if (piece.length > 0) {
                pieces.add(piece);
                bytes += piece.length;
            }
        }

        Frame build() {
            byte[] open = framing.open(messages);
            if (open.length > 0) {
                pieces.addFirst(open);
                bytes += open.length;
            }
            piece(framing.close(messages));
            return new Frame(pieces, bytes);
        }
    }
}
