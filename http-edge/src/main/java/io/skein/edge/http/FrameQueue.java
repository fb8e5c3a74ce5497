package io.skein.edge.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * The frames one socket has yet to send. A fragment goes into the channel only while the channel is writable, so a client that does
 * not read costs the channel's own bound and references to frames that others share. Belongs to the event loop.
 */
final class FrameQueue {
    private final Channel channel;
    private final int maxQueuedBytes;
    private final Queue<Frame> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private int nextFragment;
    private boolean pumping;

    FrameQueue(Channel channel, int maxQueuedBytes) {
        this.channel = channel;
        this.maxQueuedBytes = maxQueuedBytes;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Takes a frame unless too much is waiting already. One frame is always taken when none is waiting, however large. */
    boolean offer(Frame frame) {
        if (!waiting.isEmpty() && waitingBytes + frame.bytes() > maxQueuedBytes) return false;
        add(frame);
        return true;
    }

    /** Takes a frame whatever is waiting: for the last one. */
    void add(Frame frame) {
        waiting.add(frame);
        waitingBytes += frame.bytes();
        pump();
    }

    /**
     * Writes what the channel takes, without a flush. A write may change the channel's writability and so lead back here; then the
     * loop that is running goes on, and the stack does not grow with the frame.
     */
    void pump() {
        if (pumping) return;
        pumping = true;
        while (!waiting.isEmpty() && channel.isWritable()) {
            Frame frame = waiting.element();
            ByteBuf fragment = frame.fragment(nextFragment++);
            if (nextFragment == frame.fragments()) {
                waiting.remove();
                waitingBytes -= frame.bytes();
                nextFragment = 0;
            }
            Wire.write(channel, fragment);
        }
        pumping = false;
    }

    /** Forgets everything: the connection is gone. */
    void clear() {
        waiting.clear();
        waitingBytes = 0;
    }
}
