package io.skein.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.skein.engine.module.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a request body while it arrives. Pulled: bytes are read from the socket only when lines are asked for, so a slow
 * handler slows its client and holds one chunk and one unfinished line. Blank lines are left out.
 *
 * <p>A line or a body beyond its limit, a client that leaves, and one that sends too slowly fail the pending and every later
 * {@link #next}; the failure is a {@link ProblemException} wherever there is still somebody to tell.
 */
public final class BodyLines {
    private final EventExecutor loop;
    private final int maxLineBytes;
    private final long maxTotalBytes;
    private final Runnable demand;

    // All of it belongs to the event loop.
    private final ByteArrayOutputStream unfinished = new ByteArrayOutputStream();
    private List<byte[]> ready = new ArrayList<>();
    private long totalBytes;
    private boolean ended;
    private @Nullable Throwable failure;
    private @Nullable CompletableFuture<List<byte[]>> waiting;

    /** {@code demand} asks the connection for one more piece of the body. */
    BodyLines(EventExecutor loop, int maxLineBytes, long maxTotalBytes, Runnable demand) {
        this.loop = loop;
        this.maxLineBytes = maxLineBytes;
        this.maxTotalBytes = maxTotalBytes;
        this.demand = demand;
    }

    /**
     * The lines that are there, without their newlines, or an empty list at the end of the body. Waits for at least one line. Not to
     * be called again before it completes; it completes on the event loop.
     */
    public CompletionStage<List<byte[]>> next() {
        CompletableFuture<List<byte[]>> result = new CompletableFuture<>();
        if (loop.inEventLoop()) {
            ask(result);
        } else {
            loop.execute(() -> ask(result));
        }
        return result;
    }

    /** The same as an iterator that blocks, for a virtual thread. Throws what {@link #next} fails with. */
    public Iterator<byte[]> blocking() {
        return new Blocking();
    }

    private void ask(CompletableFuture<List<byte[]>> asker) {
        if (waiting != null) {
            asker.completeExceptionally(new IllegalStateException("asked for lines twice at once"));
            return;
        }
        waiting = asker;
        if (!answer()) demand.run();
    }

    /** Tells the asker what there is to tell. True if the asker needs nothing more, or if there is none. */
    private boolean answer() {
        CompletableFuture<List<byte[]>> asker = waiting;
        if (asker == null) return true;
        if (failure != null) {
            waiting = null;
            asker.completeExceptionally(failure);
        } else if (!ready.isEmpty() || ended) {
            waiting = null;
            List<byte[]> batch = ready;
            ready = new ArrayList<>();
            asker.complete(batch);
        } else {
            return false;
        }
        return true;
    }

    /** One piece of the body, perhaps empty; {@code last} ends it. */
    void data(ByteBuf bytes, boolean last) {
        totalBytes += bytes.readableBytes();
        if (totalBytes > maxTotalBytes) {
            fail(tooLarge("the body is longer than " + maxTotalBytes + " bytes"));
            return;
        }
        while (failure == null && bytes.isReadable()) {
            int length = bytes.bytesBefore((byte) '\n');
            take(bytes, length < 0 ? bytes.readableBytes() : length);
            if (length >= 0) {
                bytes.skipBytes(1);
                finishLine();
            }
        }
        if (last) end();
        if (!answer()) demand.run();
    }

    private void take(ByteBuf bytes, int length) {
        if (unfinished.size() + length > maxLineBytes) {
            fail(tooLarge("a line is longer than " + maxLineBytes + " bytes"));
            return;
        }
        byte[] piece = new byte[length];
        bytes.readBytes(piece);
        unfinished.write(piece, 0, length);
    }

    private void finishLine() {
        if (failure != null) return;
        byte[] line = unfinished.toByteArray();
        unfinished.reset();
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                ready.add(line);
                return;
            }
        }
    }

    private void end() {
        finishLine();
        ended = true;
    }

    /** Nothing more can come, for this reason. */
    void fail(Throwable reason) {
        if (failure != null || ended) return;
        failure = reason;
        ready.clear();
        unfinished.reset();
        answer();
    }

    private static ProblemException tooLarge(String detail) {
        return new ProblemException(ErrorCode.TOO_LARGE, detail);
    }

    private final class Blocking implements Iterator<byte[]> {
        private Iterator<byte[]> batch = List.<byte[]>of().iterator();
        private boolean finished;

        @Override
        public boolean hasNext() {
            if (!batch.hasNext() && !finished) {
                List<byte[]> lines = await(BodyLines.this.next());
                finished = lines.isEmpty();
                batch = lines.iterator();
            }
            return batch.hasNext();
        }

        @Override
        public byte[] next() {
            if (!hasNext()) throw new NoSuchElementException();
            return batch.next();
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ErrorCode.UNAVAILABLE, "interrupted while the body arrived");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProblemException problem) throw problem;
            throw new IllegalStateException("the body cannot be read", e.getCause());
        }
    }
}
