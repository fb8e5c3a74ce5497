package io.skein.persistence;

import com.typesafe.config.ConfigFactory;
import io.skein.engine.Modules;
import io.skein.engine.module.Access;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.RelaySettings;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.engine.workspace.Workspace;
import io.skein.engine.workspace.WorkspaceSettings;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.catalog.Catalog;
import io.skein.persistence.catalog.CatalogSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/** A node without an edge, on a real PostgreSQL: a cluster of its own, with engine and catalog. */
public final class TestNode implements AutoCloseable {
    public static final Modules MODULES = new Modules(List.of(new RoomsModule(), new BoardModule()));
    private static final Duration ASK = Duration.ofSeconds(20);

    private final Database database;
    private final ActorSystem<Void> system;
    private final SnapshotTable snapshots;
    private final Engine engine;
    private final Catalog catalog;

    private TestNode(
            Database database, ActorSystem<Void> system, SnapshotTable snapshots, Engine engine, Catalog catalog) {
        this.database = database;
        this.system = system;
        this.snapshots = snapshots;
        this.engine = engine;
        this.catalog = catalog;
    }

    public static TestNode start(Endpoint endpoint) {
        return start(endpoint, WorkspaceSettings.DEFAULT);
    }

    public static TestNode start(Endpoint endpoint, WorkspaceSettings settings) {
        return start(endpoint, settings, CatalogSettings.DEFAULT);
    }

    public static TestNode start(Endpoint endpoint, WorkspaceSettings settings, CatalogSettings catalogSettings) {
        return start(endpoint, MODULES, settings, catalogSettings);
    }

    public static TestNode start(Endpoint endpoint, Modules modules) {
        return start(endpoint, modules, WorkspaceSettings.DEFAULT, CatalogSettings.DEFAULT);
    }

    /** Opens and migrates the database and starts everything. */
    private static TestNode start(
            Endpoint endpoint, Modules modules, WorkspaceSettings settings, CatalogSettings catalogSettings) {
        Database database = Database.open(TestPostgres.options(endpoint));
        Migrations.migrate(database.dataSource());
        var config = ConfigFactory.parseString("""
            # The catalog is waited for.
            jdbc-read-journal {
              refresh-interval = 100ms
              journal-sequence-retrieval { query-delay = 100ms, max-tries = 150 }
            }
            """)
                .withFallback(JournalConfig.of(database.endpoint(), JournalOptions.DEFAULT, Duration.ofSeconds(5)))
                .withFallback(ConfigFactory.parseString("""
                    pekko {
                      loglevel = WARNING
                      actor { provider = cluster, allow-java-serialization = off }
                      remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                      cluster {
                        jmx.enabled = off
                        gossip-interval = 200ms
                        leader-actions-interval = 200ms
                        # Who stops as the last of its cluster waits for as long, and for nobody.
                        singleton.hand-over-retry-interval = 200ms
                        sharding { number-of-shards = 8, distributed-data.durable.keys = [] }
                      }
                      coordinated-shutdown.exit-jvm = off
                      persistence {
                        journal.plugin = "jdbc-journal"
                        snapshot-store.plugin = "jdbc-snapshot-store"
                        typed.stash-overflow-strategy = fail
                      }
                    }
                    """))
                .withFallback(ConfigFactory.load());
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "records", config);
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(new Join(cluster.selfMember().address()));
        var snapshots = new SnapshotTable(database.dataSource());
        Engine engine = Engine.start(
                system,
                modules,
                settings,
                RelaySettings.DEFAULT,
                io.skein.engine.presence.PresenceSettings.DEFAULT,
                100,
                ASK,
                snapshots,
                io.skein.engine.trace.Tracing.OFF);
        Catalog catalog = Catalog.start(system, database.dataSource(), catalogSettings);
        return new TestNode(database, system, snapshots, engine, catalog);
    }

    public Database database() {
        return database;
    }

    public ActorSystem<Void> system() {
        return system;
    }

    public Catalog catalog() {
        return catalog;
    }

    public Engine engine() {
        return engine;
    }

    /** Creates a private workspace. */
    public Outcome create(String id, Identity owner, String module) {
        return await(engine.create(id, owner, "Name of " + id, module, Access.PRIVATE, "", Optional.empty())
                .toCompletableFuture());
    }

    public CompletableFuture<Outcome> send(String id, Call call) {
        return engine.call(id, call).toCompletableFuture();
    }

    /** One attempt, past the engine's door, which would ask again while the workspace cannot be had. */
    public CompletableFuture<Outcome> sendOnce(String id, Call call) {
        var owner = ClusterSharding.get(system).entityRefFor(Engine.WORKSPACES, id);
        return AskPattern.<Workspace.Command, Outcome>ask(
                        owner, replyTo -> new Workspace.Ask(call, replyTo), ASK, system.scheduler())
                .toCompletableFuture();
    }

    public Outcome call(String id, Identity sender, String reducer, Record args) {
        return await(send(id, Call.of(sender, reducer, args)));
    }

    /** What somebody sees of some tables now. */
    public ReadAnswer read(String id, Identity viewer, String... tables) {
        var filters = new java.util.HashMap<String, Filter>();
        for (String table : tables) {
            filters.put(table, new Filter.All());
        }
        return await(engine.read(id, viewer, List.of(Subscription.of(1, Map.copyOf(filters))))
                .toCompletableFuture());
    }

    /** A message to a workspace past the engine's door. */
    public void tell(String id, Workspace.Command command) {
        ClusterSharding.get(system).entityRefFor(Engine.WORKSPACES, id).tell(command);
    }

    public static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    @Override
    public void close() {
        system.terminate();
        await(system.getWhenTerminated().toCompletableFuture());
        catalog.close();
        snapshots.close();
        database.close();
    }

    /** A node in a process of its own, to be killed. */
    public static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws IOException {
            try (TestNode node = start(new Endpoint(arguments[0], arguments[1], ""))) {
                System.out.println("ready");
                System.out.flush();
                for (int next = System.in.read(); next >= 0; next = System.in.read()) {
                    if (next == 's') {
                        schedule(node, arguments[2], Long.parseLong(arguments[3]));
                    }
                }
            }
        }

        private static void schedule(TestNode node, String id, long delayMillis) {
            Identity owner = Identity.of("test", "owner");
            node.create(id, owner, "rooms");
            Outcome outcome = node.call(id, owner, "later", new RoomsModule.Later("note", delayMillis));
            System.out.println("scheduled " + outcome);
            System.out.flush();
        }
    }
}
