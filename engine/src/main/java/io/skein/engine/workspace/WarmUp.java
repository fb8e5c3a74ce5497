package io.skein.engine.workspace;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/**
 * Opens a workspace that does not exist, once, before others come: connections are made and classes loaded while nobody waits for it. The
 * first workspace of a new process was seen to take 1.2 s to open, the second 0.1 s, and whoever works in one that moves waits so long.
 */
public final class WarmUp {
    /** No workspace can be called so. */
    private static final String NOBODY = "-warm-up";

    private WarmUp() {}

    /** Stops when the journal has been read, or cannot be read; {@code done} is told. */
    public static Behavior<Ledger.Answer> create(Workspace.Shared shared, Runnable done) {
        return Behaviors.setup(context -> {
            context.watch(context.spawn(Ledger.create(NOBODY, shared, context.getSelf()), "ledger"));
            return Behaviors.receive(Ledger.Answer.class)
                    .onAnyMessage(_ -> Behaviors.stopped())
                    .onSignal(ChildFailed.class, failed -> {
                        context.getLog().warn("the journal could not be read to warm up", failed.cause());
                        return Behaviors.stopped();
                    })
                    .onSignal(PostStop.class, _ -> {
                        done.run();
                        return Behaviors.same();
                    })
                    .build();
        });
    }
}
