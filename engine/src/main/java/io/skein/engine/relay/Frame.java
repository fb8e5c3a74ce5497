package io.skein.engine.relay;

import java.util.ArrayList;
import java.util.List;

/**
 * The payload of one WebSocket message, in parts that may be shared with other frames and are never changed.
 *
 * @param parts in order
 * @param bytes their sum
 */
public record Frame(List<byte[]> parts, int bytes) {
    /** Parts from this size on are referred to; smaller ones are copied together, because each part costs the socket something. */
    private static final int SHARED_FROM_BYTES = 8 << 10;

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

        void add(byte[] message) {
            begin();
            piece(message);
        }

        void add(List<byte[]> message) {
            begin();
            message.forEach(this::piece);
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
            if (messages > 1) {
                pieces.addFirst(framing.open());
                piece(framing.close());
                bytes += framing.open().length;
            }
            var parts = new ArrayList<byte[]>();
            int from = 0;
            for (int i = 0; i <= pieces.size(); i++) {
                boolean shared = i < pieces.size() && pieces.get(i).length >= SHARED_FROM_BYTES;
                if (i == pieces.size() || shared) {
                    if (i > from) {
                        parts.add(join(pieces.subList(from, i)));
                    }
                    if (shared) {
                        parts.add(pieces.get(i));
                    }
                    from = i + 1;
                }
            }
            return new Frame(List.copyOf(parts), bytes);
        }

        private static byte[] join(List<byte[]> pieces) {
            if (pieces.size() == 1) {
                return pieces.getFirst();
            }
            int length = 0;
            for (byte[] piece : pieces) {
                length += piece.length;
            }
            var joined = new byte[length];
            int at = 0;
            for (byte[] piece : pieces) {
                System.arraycopy(piece, 0, joined, at, piece.length);
                at += piece.length;
            }
            return joined;
        }
    }
}
