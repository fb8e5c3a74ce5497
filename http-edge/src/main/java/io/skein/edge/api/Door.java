package io.skein.edge.api;

import io.skein.edge.auth.Authenticator;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.engine.Modules;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.engine.workspace.Workspace.IdentifyAnswer;
import io.skein.persistence.Answer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How routes reach callers and workspaces. Whatever is refused or late comes out as the problem to answer with. */
final class Door {
    /** What {@code unavailable} advises when an owner did not answer: it is being looked for, or moves. */
    private static final long RETRY_AFTER_MILLIS = 1_000;

    /** Less than an exchange waits for its answer. */
    private static final long READER_SECONDS = 25;

    private final Engine engine;
    private final Authenticator authenticator;
    private final Guard guard;
    private final Directory directory = new Directory();

    Door(Engine engine, Authenticator authenticator, Guard guard) {
        this.engine = engine;
        this.authenticator = authenticator;
        this.guard = guard;
    }

    Engine engine() {
        return engine;
    }

    Modules modules() {
        return engine.modules();
    }

    /** Who calls, if their token may be used for this. */
    CompletionStage<Identity> caller(Request request, Scope needed) {
        return authenticator.caller(request, needed).thenApply(Verified::identity);
    }

    /** Who calls, if their token may be used to see what is in the workspace. */
    CompletionStage<Identity> reader(Request request, String workspace) {
        return caller(request, Scope.read(workspace));
    }

    /** Who calls, before it is known what they need; {@link #require} is to follow. */
    CompletionStage<Verified> somebody(Request request) {
        return authenticator.caller(request);
    }

    void require(Verified who, Scope needed) {
        authenticator.require(who, needed);
    }

    /** The workspace of the route's {@code {workspace}}. */
    static String workspace(Request request) {
        String id = request.parameter("workspace");
        if (!Engine.isWorkspaceId(id)) {
            throw new ProblemException(ErrorCode.NOT_FOUND, "no workspace can have this id");
        }
        return id;
    }

    /** The schema of a workspace's module. */
    CompletionStage<ModuleSchema> schema(String workspace) {
        String known = directory.module(workspace);
        if (known != null) {
            return CompletableFuture.completedFuture(schemaOf(known));
        }
        return inTime(engine.identify(workspace)).thenApply(answer -> switch (answer) {
            case IdentifyAnswer.Is(var module) -> {
                directory.learn(workspace, module);
                yield schemaOf(module);
            }
            case IdentifyAnswer.Refused(var refusal) -> throw problem(refusal);
        });
    }

    /** The schema of the module of a workspace that was read. */
    ModuleSchema moduleOf(ReadAnswer.Found found) {
        return schemaOf(found.about().module());
    }

    private ModuleSchema schemaOf(String module) {
        return modules()
                .find(module)
                .orElseThrow(() -> new ProblemException(
                        ErrorCode.UNAVAILABLE, "this node does not have the workspace's module " + module));
    }

    /** A client's call, if the guard has nothing against it. */
    CompletionStage<Outcome.Accepted> call(Request request, String workspace, Call call) {
        permit(guard.call(request.address(), call));
        return ownCall(workspace, call);
    }

    /** A call of the server's own. */
    CompletionStage<Outcome.Accepted> ownCall(String workspace, Call call) {
        return accepted(engine.call(workspace, call));
    }

    static CompletionStage<Outcome.Accepted> accepted(CompletionStage<Outcome> outcome) {
        return inTime(outcome).thenApply(result -> switch (result) {
            case Outcome.Accepted accepted -> accepted;
            case Outcome.Answered(var seq, var answer) -> new Outcome.Accepted(seq, false, Optional.of(answer));
            case Outcome.Refused refused -> throw problem(refused.refusal());
        });
    }

    CompletionStage<ReadAnswer.Found> read(String workspace, Identity viewer, List<Subscription> subscriptions) {
        return inTime(engine.read(workspace, viewer, subscriptions)).thenApply(answer -> switch (answer) {
            case ReadAnswer.Found found -> found;
            case ReadAnswer.Refused(var refusal) -> throw problem(refusal);
        });
    }

    /** What a reader of the database found. One that takes too long is told to stop, so that its place is free for others. */
    <T> CompletionStage<T> found(CompletableFuture<Answer<T>> answer) {
        return inTime(answer.orTimeout(READER_SECONDS, TimeUnit.SECONDS)).thenApply(result -> switch (result) {
            case Answer.Found<T>(var value) -> value;
            case Answer.Refused<T>(var refusal) -> throw problem(refusal);
        });
    }

    Guard guard() {
        return guard;
    }

    /**
     * What the guard says.
     *
     * @throws ProblemException with what it objects
     */
    static void permit(Optional<Refusal> objection) {
        objection.ifPresent(why -> {
            throw problem(why);
        });
    }

    static ProblemException problem(Refusal refusal) {
        return new ProblemException(Problem.of(refusal));
    }

    /** The same stage, with a late answer told as {@code unavailable}. */
    static <T> CompletionStage<T> inTime(CompletionStage<T> answer) {
        return answer.exceptionally(failure -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            if (cause instanceof TimeoutException) {
                throw problem(Refusal.later(
                        ErrorCode.UNAVAILABLE,
                        "there was no answer in time; what was sent may or may not be done: repeat it with its key",
                        RETRY_AFTER_MILLIS));
            }
            throw cause instanceof RuntimeException known ? known : new CompletionException(cause);
        });
    }
}
