package io.skein.edge.http;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A body that is there, in pieces, so that a client that does not read holds a piece of it in buffers and not all. */
final class ArraySource implements ChunkSource {
    private static final int PIECE_BYTES = 64 << 10;

    private final byte[] body;
    private int at;

    ArraySource(byte[] body) {
        this.body = body;
    }

    /** The body of a response that is not worth cutting up, or null. */
    static byte @Nullable [] wholeIfSmall(Response response) {
        return response instanceof Response.Full full && full.body().length <= PIECE_BYTES ? full.body() : null;
    }

    @Override
    public CompletionStage<byte[]> next() {
        int from = at;
        at = Math.min(body.length, from + PIECE_BYTES);
        return CompletableFuture.completedFuture(Arrays.copyOfRange(body, from, at));
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
