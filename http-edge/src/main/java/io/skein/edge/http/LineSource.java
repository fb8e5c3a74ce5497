package io.skein.edge.http;

import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Makes chunks of about 32 KiB of an iterator's lines. The iterator may block, so each chunk is made on a virtual thread. */
final class LineSource implements ChunkSource {
    private static final int CHUNK_BYTES = 32 << 10;

    /** A thread for each task that is running; connections have at most one task each, and connections are bounded. */
    private static final Executor VIRTUAL_THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final Iterator<byte[]> lines;

    LineSource(Iterator<byte[]> lines) {
        this.lines = lines;
    }

    @Override
    public CompletionStage<byte[]> next() {
        return CompletableFuture.supplyAsync(this::chunk, VIRTUAL_THREADS);
    }

    private synchronized byte[] chunk() {
        ByteArrayOutputStream chunk = new ByteArrayOutputStream(CHUNK_BYTES + 1024);
        while (chunk.size() < CHUNK_BYTES && lines.hasNext()) {
            byte[] line = lines.next();
            chunk.write(line, 0, line.length);
            chunk.write('\n');
        }
        return chunk.toByteArray();
    }

    @Override
    public void close() {
        if (lines instanceof AutoCloseable closeable) {
            // What the iterator holds may take a while to give back, such as a database connection.
            VIRTUAL_THREADS.execute(() -> closeAfterChunk(closeable));
        }
    }

    /** A chunk may still be in the making for a client that is gone. */
    private synchronized void closeAfterChunk(AutoCloseable closeable) {
        Closing.quietly(closeable);
    }
}
