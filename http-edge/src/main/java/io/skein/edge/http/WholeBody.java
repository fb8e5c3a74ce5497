package io.skein.edge.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Collects a body up to its limit. */
final class WholeBody {
    private final int maxBytes;
    private byte[] bytes;
    private int length;

    /** {@code announced} is the Content-Length, or a negative number if there is none. */
    WholeBody(int maxBytes, long announced) {
        this.maxBytes = maxBytes;
        // What was announced is believed only up to what a small body needs: the rest has to arrive first.
        this.bytes = new byte[Math.clamp(announced, 0, Math.min(maxBytes, 16 << 10))];
    }

    int maxBytes() {
        return maxBytes;
    }

    /** Takes a piece; false if that is more than the limit. */
    boolean add(ByteBuf piece) {
        int more = piece.readableBytes();
        if (more > maxBytes - length) return false;
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(maxBytes, Math.max(2L * bytes.length, length + more)));
        }
        piece.readBytes(bytes, length, more);
        length += more;
        return true;
    }

    byte[] toArray() {
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }
}
