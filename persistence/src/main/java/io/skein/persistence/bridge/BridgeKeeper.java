package io.skein.persistence.bridge;

import io.skein.engine.runtime.Engine;
import io.skein.engine.workspace.GroupCommitted;
import io.skein.persistence.ProjectionSession;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.Offset;
import org.apache.pekko.projection.ProjectionBehavior;
import org.apache.pekko.projection.ProjectionId;
import org.apache.pekko.projection.eventsourced.EventEnvelope;
import org.apache.pekko.projection.eventsourced.javadsl.EventSourcedProvider;
import org.apache.pekko.projection.javadsl.GroupedProjection;
import org.apache.pekko.projection.jdbc.javadsl.JdbcProjection;

/** What runs once in the cluster: the projection of outboxes into the bridge's table, a courier for each target, and who tells workspaces. */
final class BridgeKeeper {
    private static final ProjectionId ID = ProjectionId.of("bridge", "all");
    private static final int GROUP = 100;
    /** How long the first event of a group waits for others. */
    private static final Duration GROUP_WAIT = Duration.ofMillis(50);

    private static final Duration RESTART_MIN = Duration.ofSeconds(1);
    private static final Duration RESTART_MAX = Duration.ofSeconds(30);

    /** Ends what runs, then itself. */
    record Stop() {}

    private BridgeKeeper() {}

    static Behavior<Stop> create(
            Engine engine, DataSource dataSource, BridgeSettings settings, BridgeCounters counters) {
        return Behaviors.setup(context -> {
            ActorRef<ProjectionBehavior.Command> projection = context.spawn(
                    ProjectionBehavior.create(projection(engine, dataSource, settings.targets())), "projection");
            context.watch(projection);
            context.spawn(lasting(Reporter.create(engine, dataSource, settings)), "reporter");
            for (BridgeSettings.Target target : settings.targets()) {
                context.spawn(
                        lasting(Courier.create(target, settings, counters.of(target.name()), dataSource)),
                        "courier-" + target.name());
            }
            return Behaviors.receive(Stop.class)
                    .onMessage(Stop.class, _ -> {
                        projection.tell(ProjectionBehavior.stopMessage());
                        return Behaviors.same();
                    })
                    .onSignal(Terminated.class, _ -> Behaviors.stopped())
                    .build();
        });
    }

    private static <T> Behavior<T> lasting(Behavior<T> behavior) {
        return Behaviors.supervise(behavior)
                .onFailure(SupervisorStrategy.restartWithBackoff(RESTART_MIN, RESTART_MAX, 0.2));
    }

    private static GroupedProjection<Offset, EventEnvelope<GroupCommitted>> projection(
            Engine engine, DataSource dataSource, List<BridgeSettings.Target> targets) {
        return JdbcProjection.groupedWithin(
                        ID,
                        EventSourcedProvider.<GroupCommitted>eventsByTag(
                                engine.system(), JdbcReadJournal.Identifier(), GroupCommitted.OUTBOX),
                        () -> new ProjectionSession(dataSource),
                        () -> new OutboxHandler(engine.modules(), targets),
                        engine.system())
                .withGroup(GROUP, GROUP_WAIT);
    }
}
