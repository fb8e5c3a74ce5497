package io.skein.edge.api;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.BodyLines;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Brings lines as {@link ExportRoutes} makes them into a workspace; see {@link ImportRun}. */
final class ImportRoutes {
    private static final long RETRY_AFTER_MILLIS = 5_000;

    /** A thread for each import, and these are bounded. */
    private static final Executor VIRTUAL_THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private final Door door;
    private final Bodies bodies;
    private final SkeinSettings settings;
    private final Semaphore running;

    ImportRoutes(Door door, Bodies bodies, SkeinSettings settings) {
        this.door = door;
        this.bodies = bodies;
        this.settings = settings;
        this.running = new Semaphore(settings.http().maxImports());
    }

    void addTo(Router.Builder router) {
        router.postLines(
                "/v1/workspaces/{workspace}/import",
                settings.http().maxBodyBytes(),
                settings.http().maxImportBytes(),
                this::bringIn);
    }

    private CompletionStage<Response> bringIn(Request request, BodyLines body) {
        String workspace = Door.workspace(request);
        Optional<Access> access = Optional.ofNullable(request.query("access")).map(Bodies::access);
        return door.somebody(request).thenCompose(sender -> {
            door.require(sender, Scope.admin(workspace));
            Door.permit(door.guard().newWorkspace(sender.identity()));
            if (!running.tryAcquire()) {
                throw new ProblemException(Problem.of(Refusal.later(
                        ErrorCode.OVERLOADED, "too many imports are running on this node", RETRY_AFTER_MILLIS)));
            }
            return CompletableFuture.supplyAsync(() -> run(request, body, workspace, access, sender), VIRTUAL_THREADS)
                    .whenComplete((_, _) -> running.release());
        });
    }

    private Response run(Request request, BodyLines body, String workspace, Optional<Access> access, Verified sender) {
        var lines = new ImportLines(body.blocking(), bodies);
        var target = new ImportRun.Target(
                workspace,
                sender.identity(),
                sender.origin(request.address()),
                request.query("name"),
                access,
                Objects.requireNonNullElse(request.query("displayName"), ""));
        return new ImportRun(door, settings.workspace(), lines, target).run();
    }
}
