package io.skein.load.drive;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.Future;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one event loop of a client, the thread that runs the scenario beside it, and the first failure of either. A client shares the machine
 * with the system it loads: one thread without locks costs it least.
 */
public final class ClientLoop {
    private static final long POLL_MILLIS = 10;

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, io());
    private final CompletableFuture<Void> failure = new CompletableFuture<>();

    private static IoHandlerFactory io() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** For sockets of this loop. */
    public Bootstrap bootstrap() {
        return new Bootstrap()
                .group(loop)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class);
    }

    /** The run has failed; only the first failure is kept. */
    public void fail(String what, @Nullable Throwable cause) {
        failure.completeExceptionally(new IllegalStateException(what, cause));
    }

    /** Runs something on the loop after a while; if it throws, the run fails. */
    public void later(Runnable work, long delayMillis) {
        reportFailure(loop.schedule(work, delayMillis, TimeUnit.MILLISECONDS));
    }

    /**
     * Runs something on the loop again and again until it is ended or the loop ends; if it throws, the run fails.
     *
     * @return what ends it, called on the loop
     */
    public Runnable every(Runnable work, long millis) {
        Future<?> scheduled = loop.scheduleAtFixedRate(work, 0, millis, TimeUnit.MILLISECONDS);
        reportFailure(scheduled);
        return () -> scheduled.cancel(false);
    }

    private void reportFailure(Future<?> scheduled) {
        scheduled.addListener(done -> {
            if (!done.isSuccess() && !done.isCancelled()) {
                fail("the client failed", done.cause());
            }
        });
    }

    // --- for the thread that runs the scenario ---

    /** Asks on the loop. */
    public <T extends @Nullable Object> T call(Callable<T> work) throws InterruptedException {
        try {
            return loop.submit(work).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Waits until the condition, asked on the loop, holds; false if the time is over first.
     *
     * @throws IllegalStateException if the run fails meanwhile
     */
    public boolean await(BooleanSupplier condition, long atMostSeconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(atMostSeconds);
        while (!call(condition::getAsBoolean)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            waitUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
        return true;
    }

    /**
     * Waits for the moment.
     *
     * @throws IllegalStateException if the run fails before it, or has
     */
    public void waitUntil(long nanoTime) throws InterruptedException {
        try {
            failure.get(Math.max(0, nanoTime - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            // Nobody failed.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Does a last thing on the loop and ends it. */
    public void close(Runnable last) {
        loop.execute(last);
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
