package io.skein.edge.node;

import io.skein.edge.http.Problem;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What probes ask. {@code alive} says that the process answers, and asks nobody: a database that is away is no reason to restart a node.
 * {@code ready} says whether the node should get requests; its checks run at most once at a time and are believed for a moment, so
 * that many who ask cost what one does. {@code startup} says whether it has ever been ready.
 */
final class Health {
    private static final Logger LOG = LoggerFactory.getLogger(Health.class);
    private static final long RETRY_AFTER_MILLIS = 1_000;

    private final List<Check> checks;
    private final Duration patience;
    private final Duration believed;
    private final AtomicReference<Optional<String>> told = new AtomicReference<>(Optional.of("not asked yet"));
    private volatile boolean stopping;
    private volatile boolean started;
    private @Nullable CompletableFuture<Optional<String>> latest;
    private long latestNanos;

    /** Something that a node cannot serve without. */
    @FunctionalInterface
    interface Check {
        /** Why it is not well; empty if it is. May block: it runs on a virtual thread. What it throws is a complaint, too. */
        Optional<String> complaint() throws Exception;
    }

    /**
     * @param patience how long whoever asks waits for the checks
     * @param believed how long an answer of the checks is good for
     */
    Health(List<Check> checks, Duration patience, Duration believed) {
        this.checks = List.copyOf(checks);
        this.patience = patience;
        this.believed = believed;
    }

    void addTo(Router.Builder router) {
        router.get("/health/alive", _ -> CompletableFuture.completedFuture(well("alive")))
                .get("/health/ready", this::ready)
                .get("/health/startup", this::startup);
    }

    /** Runs the checks, unless it is too soon; waits for nothing. */
    void look() {
        complaint().thenAccept(this::tell);
    }

    /** 1 if the last answer was that this node is ready, 0 otherwise. */
    double told() {
        return !stopping && Optional.empty().equals(told.get()) ? 1 : 0;
    }

    /** From now on the node is not ready. */
    void stop() {
        stopping = true;
    }

    private CompletionStage<Response> startup(Request request) {
        return started ? CompletableFuture.completedFuture(well("started")) : ready(request);
    }

    private CompletionStage<Response> ready(Request request) {
        return complaint().thenApply(complaint -> {
            tell(complaint);
            return complaint.<Response>map(Health::unwell).orElseGet(() -> well("ready"));
        });
    }

    private CompletionStage<Optional<String>> complaint() {
        if (stopping) {
            return CompletableFuture.completedFuture(Optional.of("this node is stopping"));
        }
        return checked()
                .copy()
                .completeOnTimeout(
                        Optional.of("the checks take longer than %d ms".formatted(patience.toMillis())),
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** The checks that are running, or have just run, or that now start. */
    private synchronized CompletableFuture<Optional<String>> checked() {
        CompletableFuture<Optional<String>> known = latest;
        if (known != null && (!known.isDone() || System.nanoTime() - latestNanos < believed.toNanos())) {
            return known;
        }
        var running = new CompletableFuture<Optional<String>>();
        latest = running;
        Thread.ofVirtual().name("skein-health").start(() -> {
            Optional<String> complaint = Optional.of("a check ended with an error");
            try {
                complaint = firstComplaint();
            } finally {
                synchronized (this) {
                    latestNanos = System.nanoTime();
                }
                running.complete(complaint); // whatever happened: an open question would be waited for ever after
            }
        });
        return running;
    }

    private Optional<String> firstComplaint() {
        try {
            for (Check check : checks) {
                Optional<String> complaint = check.complaint();
                if (complaint.isPresent()) {
                    return complaint;
                }
            }
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the checks were interrupted");
        } catch (Exception e) {
            LOG.warn("a check of this node's health failed", e);
            return Optional.of("a check failed; the log of this node says more");
        }
    }

    /** The log has each change once, however often probes ask. */
    private void tell(Optional<String> complaint) {
        started |= complaint.isEmpty();
        if (!told.getAndSet(complaint).equals(complaint)) {
            complaint.ifPresentOrElse(why -> LOG.warn("not ready: {}", why), () -> LOG.info("ready"));
        }
    }

    private static Response well(String status) {
        return Response.json(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("status", status);
                    out.writeEndObject();
                })
                .withHeader("cache-control", "no-store");
    }

    private static Response unwell(String why) {
        return Problem.of(Refusal.later(ErrorCode.UNAVAILABLE, why, RETRY_AFTER_MILLIS))
                .toResponse();
    }
}
