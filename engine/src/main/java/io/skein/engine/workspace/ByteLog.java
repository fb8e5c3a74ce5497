package io.skein.engine.workspace;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The last of what was added, as bytes in a few large arrays: thousands of small objects that live for some seconds are what a generational
 * collector copies again and again, arrays that are filled once and used again are nothing to it. Bounded by number and bytes. Not thread-safe.
 */
final class ByteLog {
    /** Large enough to be few, small enough that a log's last one is no waste. */
    private static final int MAX_CHUNK_BYTES = 16 << 10;

    private static final int MIN_CHUNK_BYTES = 256;
    /** In front of each entry, its length. */
    private static final int LENGTH_BYTES = 4;

    private static final class Chunk {
        final byte[] bytes;
        int from;
        int to;

        Chunk(int capacityBytes) {
            bytes = new byte[capacityBytes];
        }
    }

    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private final int maxEntries;
    private final long maxBytes;
    /** The one that was emptied last, to be filled again. */
    private @Nullable Chunk spare;

    private int entries;
    private long bytes;

    ByteLog(int maxEntries, long maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /** Adds what {@code content} writes; the oldest make room for it. */
    void add(Consumer<ByteWriter> content) {
        ByteWriter.collect(content, this::append);
        while (entries > maxEntries || bytes > maxBytes) {
            removeOldest();
        }
    }

    private ByteLog append(ByteWriter written) {
        int length = written.size();
        Chunk chunk = chunkFor(LENGTH_BYTES + length);
        int at = chunk.to;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            chunk.bytes[at + i] = (byte) (length >>> (8 * (LENGTH_BYTES - 1 - i)));
        }
        written.copyTo(chunk.bytes, at + LENGTH_BYTES);
        chunk.to += LENGTH_BYTES + length;
        entries++;
        bytes += length;
        return this;
    }

    /** Chunks grow with the log, so that a workspace in which little happens has a small one. */
    private Chunk chunkFor(int room) {
        Chunk last = chunks.peekLast();
        if (last != null && last.bytes.length - last.to >= room) {
            return last;
        }
        Chunk next = spare;
        spare = null;
        if (next == null || next.bytes.length < room) {
            int usual = Math.clamp(bytes, MIN_CHUNK_BYTES, MAX_CHUNK_BYTES);
            next = new Chunk(Math.max(usual, room));
        }
        chunks.addLast(next);
        return next;
    }

    private void removeOldest() {
        Chunk first = chunks.getFirst();
        int length = length(first, first.from);
        first.from += LENGTH_BYTES + length;
        entries--;
        bytes -= length;
        if (first.from == first.to) {
            chunks.removeFirst();
            first.from = 0;
            first.to = 0;
            spare = first.bytes.length == MAX_CHUNK_BYTES ? first : null;
        }
    }

    /** Visits all entries, oldest first. */
    void forEach(Consumer<ByteReader> action) {
        for (Chunk chunk : chunks) {
            for (int at = chunk.from; at < chunk.to; ) {
                int length = length(chunk, at);
                action.accept(new ByteReader(chunk.bytes, at + LENGTH_BYTES, length));
                at += LENGTH_BYTES + length;
            }
        }
    }

    private static int length(Chunk chunk, int at) {
        int length = 0;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            length = (length << 8) | (chunk.bytes[at + i] & 0xFF);
        }
        return length;
    }
}
