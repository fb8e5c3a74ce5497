package io.skein.persistence.catalog;

import io.skein.engine.runtime.Engine;
import io.skein.engine.workspace.Workspace;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import io.skein.persistence.catalog.CatalogTables.Due;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;
import org.slf4j.MDC;

/**
 * Wakes workspaces whose scheduled commands are due, so that these run although nobody opens the workspace. A look takes a batch and
 * puts each off by {@link CatalogSettings#wakeRetry}; what the workspace answers replaces that. So one that cannot start is tried again and
 * again without holding up others, and a waker that dies loses nothing.
 */
final class Waker {
    /** What the waker hears. */
    sealed interface Command {}

    private record Look() implements Command {}

    private record Found(List<Due> due) implements Command {}

    private record Woken(Due due, Optional<Instant> firstDue) implements Command {}

    private record NotWoken(Due due, Throwable why) implements Command {}

    private record NoLook(Throwable why) implements Command {}

    private final ActorContext<Command> context;
    private final DataSource dataSource;
    private final CatalogSettings settings;
    private final ClusterSharding sharding;
    private final Readers thread;
    private List<Woken> answered = new ArrayList<>();
    private boolean looking;

    private Waker(ActorContext<Command> context, DataSource dataSource, CatalogSettings settings) {
        this.context = context;
        this.dataSource = dataSource;
        this.settings = settings;
        this.sharding = ClusterSharding.get(context.getSystem());
        this.thread = new Readers("skein-waker", 1, settings.retryAfter());
    }

    static Behavior<Command> create(DataSource dataSource, CatalogSettings settings) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(new Look(), settings.wakeInterval());
            return new Waker(context, dataSource, settings).running();
        }));
    }

    private Behavior<Command> running() {
        return Behaviors.receiveMessage(command -> {
            switch (command) {
                case Look _ -> look();
                case Found(var due) -> {
                    looking = false;
                    due.forEach(this::wake);
                }
                case Woken woken -> answered.add(woken);
                case NotWoken(var due, var why) -> {
                    try (var _ = MDC.putCloseable("workspace", due.workspace())) {
                        context.getLog().warn("workspace {} is due and does not wake", due.workspace(), why);
                    }
                }
                case NoLook(var why) -> {
                    looking = false;
                    context.getLog().warn("cannot look for due workspaces", why);
                }
            }
            return Behaviors.same();
        });
    }

    /** Notes what woken workspaces said, and takes the next batch. */
    private void look() {
        if (looking) {
            return;
        }
        looking = true;
        List<Woken> settled = answered;
        answered = new ArrayList<>();
        Instant now = Instant.now();
        context.pipeToSelf(
                thread.start(_ -> new Answer.Found<>(settleAndLease(settled, now))),
                (answer, failure) -> switch (answer) {
                    case Answer.Found<List<Due>>(var due) -> new Found(due);
                    case Answer.Refused<List<Due>>(var refusal) ->
                        new NoLook(new IllegalStateException(refusal.message()));
                    case null -> new NoLook(failure);
                });
    }

    private List<Due> settleAndLease(List<Woken> settled, Instant now) throws java.sql.SQLException {
        try (Connection connection = dataSource.getConnection()) {
            for (Woken woken : settled) {
                if (woken.firstDue().map(now::isBefore).orElse(true)) {
                    CatalogTables.settle(connection, woken.due(), woken.firstDue());
                }
            }
            return CatalogTables.lease(connection, now, now.plus(settings.wakeRetry()), settings.wakeBatch());
        }
    }

    private void wake(Due due) {
        EntityRef<Workspace.Command> workspace = sharding.entityRefFor(Engine.WORKSPACES, due.workspace());
        context.ask(
                Workspace.Woken.class,
                workspace,
                settings.wakeRetry(),
                Workspace.Wake::new,
                (woken, failure) -> failure == null ? new Woken(due, woken.firstDue()) : new NotWoken(due, failure));
    }
}
