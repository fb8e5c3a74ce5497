package io.skein.edge.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;

/** A WebSocket client that sends exactly the frames it is told to. */
public final class FrameClient implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;
    public static final int FIN = 0x80;

    /** One frame as it came. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Received(int firstByte, byte[] payload) {
        public int opcode() {
            return firstByte & 0x0f;
        }

        public boolean isFinal() {
            return (firstByte & FIN) != 0;
        }

        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        /** Of a close frame. */
        public int code() {
            return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
        }
    }

    private final RawClient raw;

    /** Opens a socket and expects that it opens. */
    public FrameClient(TestServer server, String path, String subprotocol) throws IOException {
        this(server.raw(), path, "Sec-WebSocket-Protocol: " + subprotocol);
    }

    /** The same over a connection that is there, with these headers. */
    public FrameClient(RawClient raw, String path, String... headers) throws IOException {
        this.raw = raw;
        RawClient.Reply reply = upgrade(raw, path, headers);
        if (reply.status() != 101) throw new AssertionError("no socket: " + reply);
    }

    /** Sends the opening handshake of RFC 6455, section 1.3, and reads the answer. */
    public static RawClient.Reply upgrade(RawClient raw, String path, String... headers) throws IOException {
        String[] all = new String[headers.length + 4];
        all[0] = "Connection: keep-alive, Upgrade";
        all[1] = "Upgrade: websocket";
        all[2] = "Sec-WebSocket-Version: 13";
        all[3] = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
        System.arraycopy(headers, 0, all, 4, headers.length);
        return raw.head("GET " + path + " HTTP/1.1", all).reply();
    }

    public RawClient raw() {
        return raw;
    }

    public FrameClient text(String text) throws IOException {
        return send(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends one masked frame. */
    public FrameClient send(int firstByte, byte... payload) throws IOException {
        raw.send(frame(firstByte, payload));
        return this;
    }

    public static byte[] frame(int firstByte, byte... payload) {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14).put((byte) firstByte);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 1 << 16) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        byte[] mask = new byte[4];
        ThreadLocalRandom.current().nextBytes(mask);
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) frame.put((byte) (payload[i] ^ mask[i & 3]));
        byte[] bytes = new byte[frame.position()];
        frame.flip().get(bytes);
        return bytes;
    }

    public FrameClient close(int code) throws IOException {
        return send(FIN | CLOSE, (byte) (code >> 8), (byte) code);
    }

    /** The next frame, whatever it is. */
    public Received receive() throws IOException {
        DataInputStream in = new DataInputStream(raw.in());
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if ((length & 0x80) != 0) throw new AssertionError("a server must not mask");
        long size = length < 126 ? length : length == 126 ? in.readUnsignedShort() : in.readLong();
        byte[] payload = new byte[Math.toIntExact(size)];
        in.readFully(payload);
        return new Received(first, payload);
    }

    /** The next message, put together; control frames between its fragments are left out. */
    public Received message() throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        int opcode = -1;
        while (true) {
            Received frame = receive();
            if (frame.opcode() >= CLOSE && opcode < 0) return frame;
            if (frame.opcode() >= CLOSE) continue;
            if (opcode < 0) opcode = frame.opcode();
            payload.write(frame.payload());
            if (frame.isFinal()) return new Received(FIN | opcode, payload.toByteArray());
        }
    }

    @Override
    public void close() throws IOException {
        raw.close();
    }
}
