package io.skein.load.nemesis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Stands between clients and a node, and now and then does something to a WebSocket frame of the server's that holds a transaction. */
final class Meddler implements AutoCloseable {
    enum Trick {
        DROP,
        REPEAT,
        SWAP
    }

    private static final int EVERY = 20;
    private static final int TEXT = 0x81;

    private final ServerSocket front;
    private final URI back;
    private final Trick trick;
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    /** @param back the node, as {@code http://host:port} */
    Meddler(URI back, Trick trick) throws IOException {
        this.front = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        this.back = back;
        this.trick = trick;
        Thread.startVirtualThread(this::accept);
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + front.getLocalPort());
    }

    private void accept() {
        while (!front.isClosed()) {
            try {
                Socket client = front.accept();
                Socket server = new Socket(back.getHost(), back.getPort());
                open.add(client);
                open.add(server);
                Thread.startVirtualThread(() -> copy(client, server));
                Thread.startVirtualThread(() -> meddle(server, client));
            } catch (IOException e) {
                if (!front.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of both has gone; the other goes with it.
        }
    }

    private void meddle(Socket from, Socket to) {
        try (from;
                to) {
            DataInputStream in = new DataInputStream(from.getInputStream());
            OutputStream out = to.getOutputStream();
            passHandshake(in, out);
            int transactions = 0;
            byte[] held = new byte[0];
            while (true) {
                int first = in.readUnsignedByte();
                byte[] payload = payload(in);
                boolean chosen = first == TEXT
                        && new String(payload, UTF_8).contains("\"type\":\"tx\"")
                        && ++transactions % EVERY == 0;
                byte[] frame = frame(first, payload);
                if (chosen && trick == Trick.SWAP) {
                    held = frame;
                    continue;
                }
                if (!chosen || trick == Trick.REPEAT) {
                    out.write(frame);
                }
                if (chosen && trick == Trick.REPEAT) {
                    out.write(frame);
                }
                out.write(held);
                held = new byte[0];
                out.flush();
            }
        } catch (IOException e) {
            // One of both has gone; the other goes with it.
        }
    }

    private static void passHandshake(InputStream in, OutputStream out) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        out.write(head.toString().getBytes(US_ASCII));
        out.flush();
    }

    private static byte[] payload(DataInputStream in) throws IOException {
        int length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = Math.toIntExact(in.readLong());
        }
        return in.readNBytes(length);
    }

    private static byte[] frame(int first, byte[] payload) {
        int extra = payload.length < 126 ? 0 : payload.length < 1 << 16 ? 2 : 8;
        byte[] frame = new byte[2 + extra + payload.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (extra == 0 ? payload.length : extra == 2 ? 126 : 127);
        for (int i = 0; i < extra; i++) {
            frame[1 + extra - i] = (byte) ((long) payload.length >> (8 * i));
        }
        System.arraycopy(payload, 0, frame, 2 + extra, payload.length);
        return frame;
    }

    @Override
    public void close() throws IOException {
        front.close();
        for (Socket socket : List.copyOf(open)) {
            socket.close();
        }
    }
}
