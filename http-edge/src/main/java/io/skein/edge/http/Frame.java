package io.skein.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One message as it goes over the wire, header and all. A server's frames are not masked, so they are the same bytes for every
 * client: make one and write it to a thousand sockets. Immutable.
 *
 * <p>A message beyond 64 KiB is a frame and its continuations of 64 KiB each. A socket sends them one by one as the client reads, so
 * that a large message costs a slow client's socket 64 KiB and control frames find their way between.
 */
public final class Frame {
    static final int FRAGMENT_BYTES = 64 << 10;
    private static final int LONG_HEADER_BYTES = 10;

    private static final int FIN = 0x80;
    private static final int OP_CONTINUATION = 0;
    private static final int OP_TEXT = 1;
    private static final int OP_BINARY = 2;
    private static final int OP_CLOSE = 8;
    private static final int OP_PING = 9;
    private static final int OP_PONG = 10;

    private final byte[] wire;
    private final int fragments;

    private Frame(byte[] wire, int fragments) {
        this.wire = wire;
        this.fragments = fragments;
    }

    /** A text message made of these pieces of UTF-8. */
    public static Frame text(byte[]... pieces) {
        return message(OP_TEXT, pieces);
    }

    /** A binary message made of these pieces. */
    public static Frame binary(byte[]... pieces) {
        return message(OP_BINARY, pieces);
    }

    /** Bytes on the wire. */
    public int bytes() {
        return wire.length;
    }

    static Frame ping() {
        return message(OP_PING);
    }

    static Frame pong(byte[] payload) {
        return message(OP_PONG, payload);
    }

    /** A close frame; a reason beyond what a control frame can hold is cut at a whole character. */
    static Frame close(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(text.length, 123);
        while (length < text.length && (text[length] & 0xc0) == 0x80) length--;
        byte[] payload = new byte[2 + length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, length);
        return message(OP_CLOSE, payload);
    }

    /** The answer to a close frame without a code. */
    static Frame closeWithoutCode() {
        return message(OP_CLOSE);
    }

    int fragments() {
        return fragments;
    }

    /** Fragment {@code index} as a buffer of its own over the shared bytes. */
    ByteBuf fragment(int index) {
        int step = LONG_HEADER_BYTES + FRAGMENT_BYTES;
        int from = index * step;
        int to = index == fragments - 1 ? wire.length : from + step;
        return Unpooled.wrappedBuffer(wire, from, to - from);
    }

    private static Frame message(int opcode, byte[]... pieces) {
        long payload = 0;
        for (byte[] piece : pieces) payload += piece.length;
        int fragments = (int) Math.max(1, Math.ceilDiv(payload, FRAGMENT_BYTES));
        int last = (int) (payload - (long) (fragments - 1) * FRAGMENT_BYTES);
        long size = payload + (long) (fragments - 1) * LONG_HEADER_BYTES + headerBytes(last);
        ByteBuffer wire = ByteBuffer.allocate(Math.toIntExact(size));
        int piece = 0;
        int at = 0;
        for (int fragment = 0; fragment < fragments; fragment++) {
            boolean isLast = fragment == fragments - 1;
            int left = isLast ? last : FRAGMENT_BYTES;
            putHeader(wire, (isLast ? FIN : 0) | (fragment == 0 ? opcode : OP_CONTINUATION), left);
            while (left > 0) {
                int length = Math.min(left, pieces[piece].length - at);
                wire.put(pieces[piece], at, length);
                left -= length;
                at += length;
                if (at == pieces[piece].length) {
                    piece++;
                    at = 0;
                }
            }
        }
        return new Frame(wire.array(), fragments);
    }

    private static int headerBytes(int payload) {
        return payload < 126 ? 2 : payload < 1 << 16 ? 4 : LONG_HEADER_BYTES;
    }

    private static void putHeader(ByteBuffer wire, int firstByte, int payload) {
        wire.put((byte) firstByte);
        switch (headerBytes(payload)) {
            case 2 -> wire.put((byte) payload);
            case 4 -> wire.put((byte) 126).putShort((short) payload);
            default -> wire.put((byte) 127).putLong(payload);
        }
    }
}
