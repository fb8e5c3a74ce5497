package io.skein.persistence.catalog;

import io.skein.engine.workspace.GroupCommitted;
import io.skein.persistence.ProjectionSession;
import java.time.Duration;
import javax.sql.DataSource;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
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

/** What runs once in the cluster: the projection of the journal into the catalog, and the waker. */
final class CatalogKeeper {
    private static final ProjectionId ID = ProjectionId.of("catalog", "all");
    private static final int GROUP = 100;
    /** How long the first event of a group waits for others. */
    private static final Duration GROUP_WAIT = Duration.ofMillis(50);

    /** Ends what runs, then itself. */
    record Stop() {}

    private CatalogKeeper() {}

    static Behavior<Stop> create(DataSource dataSource, CatalogSettings settings) {
        return Behaviors.setup(context -> {
            ActorRef<ProjectionBehavior.Command> projection =
                    context.spawn(ProjectionBehavior.create(projection(context.getSystem(), dataSource)), "projection");
            context.watch(projection);
            context.spawn(
                    Behaviors.supervise(Waker.create(dataSource, settings)).onFailure(SupervisorStrategy.restart()),
                    "waker");
            return Behaviors.receive(Stop.class)
                    .onMessage(Stop.class, _ -> {
                        projection.tell(ProjectionBehavior.stopMessage());
                        return Behaviors.same();
                    })
                    .onSignal(Terminated.class, _ -> Behaviors.stopped())
                    .build();
        });
    }

    private static GroupedProjection<Offset, EventEnvelope<GroupCommitted>> projection(
            ActorSystem<?> system, DataSource dataSource) {
        return JdbcProjection.groupedWithin(
                        ID,
                        EventSourcedProvider.<GroupCommitted>eventsByTag(
                                system, JdbcReadJournal.Identifier(), GroupCommitted.CATALOG),
                        () -> new ProjectionSession(dataSource),
                        CatalogHandler::new,
                        system)
                .withGroup(GROUP, GROUP_WAIT);
    }
}
