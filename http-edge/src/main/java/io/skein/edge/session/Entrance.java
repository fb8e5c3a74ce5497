package io.skein.edge.session;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.relay.Relay;
import io.skein.engine.relay.Relays;
import io.skein.engine.runtime.Engine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorRef;

/** Where a session goes in: this node's relay of its workspace, and what the workspace is; or why there is no way in. */
public sealed interface Entrance {
    record Open(ActorRef<Relay.Command> relay, ModuleSchema schema) implements Entrance {}

    record Shut(Refusal why) implements Entrance {}

    /** Looks for it. Never fails: what goes wrong is {@link Shut}. */
    static CompletionStage<Entrance> of(Engine engine, String workspace) {
        return engine.relay(workspace)
                .thenCompose(found -> behind(engine, found))
                .exceptionally(_ ->
                        new Shut(Refusal.later(ErrorCode.UNAVAILABLE, "the workspace cannot be reached now", 1_000)));
    }

    private static CompletionStage<Entrance> behind(Engine engine, Relays.Found found) {
        return switch (found) {
            case Relays.Found.Here(var relay) ->
                engine.describe(relay).thenApply(description -> switch (description) {
                    case Relay.Description.Known(var schema, var _) -> new Open(relay, schema);
                    case Relay.Description.Unknown(var refusal) -> new Shut(refusal);
                });
            case Relays.Found.Refused(var refusal) -> CompletableFuture.completedFuture(new Shut(refusal));
        };
    }
}
