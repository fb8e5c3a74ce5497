package io.skein.edge.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one response, as fast as the client reads and no faster: a piece at a time, the next one when the channel is writable.
 * What waits in memory is one piece and the channel's own bound, however long the response is. Belongs to the event loop.
 */
final class ResponseWriter {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseWriter.class);

    private final Channel channel;
    private final Deadline deadline;
    private final Duration stallTimeout;
    private final ChunkSource source;
    private final Runnable whenSent;
    private boolean asking;
    private boolean done;

    private ResponseWriter(
            Channel channel, Deadline deadline, Duration stallTimeout, ChunkSource source, Runnable whenSent) {
        this.channel = channel;
        this.deadline = deadline;
        this.stallTimeout = stallTimeout;
        this.source = source;
        this.whenSent = whenSent;
    }

    /**
     * Starts to send. {@code whenSent} runs on the event loop when the operating system has all of it, and never if the connection
     * breaks before. A client that takes nothing for {@code stallTimeout} is cut off.
     *
     * @param headers complete, framing included
     * @param bodiless whether the headers are all there is to send, as for HEAD
     */
    static ResponseWriter send(
            Channel channel,
            Deadline deadline,
            Duration stallTimeout,
            Response response,
            HttpHeaders headers,
            boolean bodiless,
            Runnable whenSent) {
        ChunkSource source = switch (response) {
            case Response.Full full -> new ArraySource(full.body());
            case Response.Stream stream -> stream.body();
        };
        HttpResponseStatus status = HttpResponseStatus.valueOf(response.status());
        ResponseWriter writer = new ResponseWriter(channel, deadline, stallTimeout, source, whenSent);
        byte[] atOnce = bodiless ? Response.EMPTY : ArraySource.wholeIfSmall(response);
        if (atOnce != null) {
            writer.finish(channel.writeAndFlush(new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(atOnce), headers, EmptyHttpHeaders.INSTANCE)));
        } else {
            Wire.writeAndFlush(channel, new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers));
            writer.pump();
        }
        return writer;
    }

    /** The channel's writability has changed. */
    void writabilityChanged() {
        if (!done) pump();
    }

    /** The connection is gone. */
    void abort() {
        if (done) return;
        done = true;
        source.close();
    }

    private void pump() {
        if (asking) return;
        if (!channel.isWritable()) {
            deadline.in(stallTimeout, this::cutOff);
            return;
        }
        deadline.clear();
        asking = true;
        CompletionStage<byte[]> next;
        try {
            next = source.next();
        } catch (RuntimeException e) {
            arrived(null, e);
            return;
        }
        // Always as a task of its own: a source that never has to wait must not keep the loop from its other channels.
        next.whenComplete((chunk, failure) -> channel.eventLoop().execute(() -> arrived(chunk, failure)));
    }

    private void arrived(byte @Nullable [] chunk, @Nullable Throwable failure) {
        asking = false;
        if (done) return;
        if (chunk == null) {
            LOG.warn("a response broke off in the middle", failure);
            abort();
            Wire.close(channel);
        } else if (chunk.length == 0) {
            finish(channel.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT));
        } else {
            Wire.writeAndFlush(channel, new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)));
            pump();
        }
    }

    private void finish(ChannelFuture lastWrite) {
        done = true;
        source.close();
        if (!lastWrite.isDone()) deadline.in(stallTimeout, this::cutOff);
        lastWrite.addListener(write -> {
            if (!write.isSuccess()) return;
            deadline.clear();
            whenSent.run();
        });
    }

    private void cutOff() {
        LOG.debug("{} has read nothing for {}", channel, stallTimeout);
        Wire.close(channel);
    }
}
