package io.skein.persistence.catalog;

import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * Whose workspaces are whose. One node of the cluster follows the journal into the catalog's tables, a second or so behind it, and wakes
 * workspaces whose scheduled commands are due; every node can ask.
 */
public final class Catalog implements AutoCloseable {
    /** A workspace as one of its members sees it in a list. */
    public record Listed(String id, String name, String module, Access access, Role role, Instant createdAt) {}

    private final DataSource dataSource;
    private final CatalogSettings settings;
    private final Readers readers;

    private Catalog(DataSource dataSource, CatalogSettings settings) {
        this.dataSource = dataSource;
        this.settings = settings;
        this.readers = new Readers("skein-catalog", settings.readers(), settings.retryAfter());
    }

    /**
     * Starts the catalog on a node of a cluster, after the engine. The system's configuration must hold {@link
     * io.skein.persistence.JournalConfig}.
     */
    public static Catalog start(ActorSystem<?> system, DataSource dataSource, CatalogSettings settings) {
        ClusterSingleton.get(system)
                .init(SingletonActor.of(CatalogKeeper.create(dataSource, settings), "skein-catalog")
                        .withStopMessage(new CatalogKeeper.Stop()));
        return new Catalog(dataSource, settings);
    }

    /**
     * The workspaces of which somebody is a member, by their ids.
     *
     * @param after the last id of the page before; empty for the first page
     * @param limit at most so many, at least 1
     * @return refused: {@code invalid_args}, {@code overloaded}, {@code unavailable}
     */
    public CompletableFuture<Answer<List<Listed>>> workspacesOf(Identity identity, String after, int limit) {
        if (limit < 1) {
            return CompletableFuture.completedFuture(
                    new Answer.Refused<>(Refusal.of(ErrorCode.INVALID_ARGS, "a page has at least 1 workspace")));
        }
        return readers.start(_ -> {
            try (Connection connection = dataSource.getConnection()) {
                return new Answer.Found<>(
                        CatalogTables.list(connection, identity, after, Math.min(limit, settings.pageSize())));
            }
        });
    }

    /** Refuses what comes. The singleton ends with the actor system. */
    @Override
    public void close() {
        readers.close();
    }
}
