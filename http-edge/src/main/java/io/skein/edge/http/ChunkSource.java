package io.skein.edge.http;

import java.util.concurrent.CompletionStage;

/**
 * The body of a streamed response. The connection asks for the next chunk only when what it has is on its way, so a source never
 * has more than one chunk outstanding.
 */
public interface ChunkSource extends AutoCloseable {
    /**
     * The next chunk, or an empty array at the end. Called on the event loop, never before the previous stage is complete; must not
     * block. May complete on any thread.
     */
    CompletionStage<byte[]> next();

    /** Called once, when the stream has ended, failed, or is no longer wanted. Must not block. */
    @Override
    void close();
}
