package io.skein.load.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What it costs at least to tell many sockets the same: one thread writes 256 bytes to each of 500 connections of loopback, one system call
 * each, again and again, while another reads them. No server that writes to each socket once for each message can need less.
 */
final class RawBroadcast {
    private static final int SOCKETS = 500;
    private static final int MESSAGE_BYTES = 256;
    private static final int READ_BYTES = 1 << 16;

    /**
     * What was seen.
     *
     * @param cpuSecondsPer100k of the thread that writes, for 100,000 messages to one socket each
     */
    record Seen(double deliveriesPerSecond, double cpuSecondsPer100k) {
        String describe() {
            return String.format(
                    Locale.ROOT,
                    "%,.0f messages of %d bytes/s to %d sockets, a system call each: %.2f CPU s per 100,000 for who"
                            + " writes",
                    deliveriesPerSecond,
                    MESSAGE_BYTES,
                    SOCKETS,
                    cpuSecondsPer100k);
        }
    }

    private RawBroadcast() {}

    static Seen measure(int seconds) throws IOException, InterruptedException {
        var ends = new ArrayList<SocketChannel>();
        var others = new ArrayList<SocketChannel>();
        try (ServerSocketChannel server = ServerSocketChannel.open();
                Selector selector = Selector.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), SOCKETS);
            for (int i = 0; i < SOCKETS; i++) {
                SocketChannel reader = SocketChannel.open(server.getLocalAddress());
                others.add(reader);
                ends.add(server.accept());
                reader.configureBlocking(false);
                reader.register(selector, SelectionKey.OP_READ);
            }
            var over = new AtomicBoolean();
            Thread reader = Thread.ofPlatform().name("broadcast-reader").start(() -> drain(selector, over));
            try {
                return write(ends, seconds);
            } finally {
                over.set(true);
                selector.wakeup();
                reader.join(TimeUnit.SECONDS.toMillis(5));
            }
        } finally {
            for (SocketChannel channel : ends) {
                channel.close();
            }
            for (SocketChannel channel : others) {
                channel.close();
            }
        }
    }

    private static Seen write(List<SocketChannel> sockets, int seconds) throws IOException {
        var message = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        var threads = ManagementFactory.getThreadMXBean();
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        long count = 0;
        while (System.nanoTime() < end) {
            for (SocketChannel socket : sockets) {
                message.clear();
                while (message.hasRemaining()) {
                    socket.write(message);
                }
                count++;
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        return new Seen(count / took, (threads.getCurrentThreadCpuTime() - cpu) / 1e9 * 1e5 / count);
    }

    private static void drain(Selector selector, AtomicBoolean over) {
        var bytes = ByteBuffer.allocateDirect(READ_BYTES);
        try {
            while (!over.get()) {
                selector.select(key -> read(key, bytes));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(SelectionKey key, ByteBuffer bytes) {
        try {
            ((SocketChannel) key.channel()).read(bytes.clear());
        } catch (IOException e) {
            key.cancel();
        }
    }
}
