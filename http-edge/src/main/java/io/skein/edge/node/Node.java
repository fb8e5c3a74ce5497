package io.skein.edge.node;

import io.skein.cluster.BridgeTarget;
import io.skein.cluster.NodeConfig;
import io.skein.cluster.SkeinSettings;
import io.skein.edge.tracing.TraceExport;
import io.skein.engine.Modules;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.relay.RelaySettings;
import io.skein.engine.runtime.Engine;
import io.skein.engine.runtime.Readers;
import io.skein.engine.trace.Tracing;
import io.skein.engine.workspace.WorkspaceSettings;
import io.skein.persistence.Database;
import io.skein.persistence.DatabaseOptions;
import io.skein.persistence.Installation;
import io.skein.persistence.JournalConfig;
import io.skein.persistence.JournalOptions;
import io.skein.persistence.Migrations;
import io.skein.persistence.SnapshotTable;
import io.skein.persistence.TableSizes;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditRetention;
import io.skein.persistence.bridge.Bridge;
import io.skein.persistence.bridge.BridgeSettings;
import io.skein.persistence.catalog.Catalog;
import io.skein.persistence.catalog.CatalogSettings;
import io.skein.persistence.history.History;
import io.skein.persistence.history.HistoryLimits;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.ClusterShardingHealthCheck;
import org.apache.pekko.cluster.typed.Cluster;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.jdk.javaapi.FutureConverters;

/** A node without its edge: database, cluster membership and engine, started in this order and stopped in the other. */
public final class Node implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** For everything after workspaces are handed over: the rest of them, leaving the cluster, the last writes. */
    private static final Duration STOP = Duration.ofSeconds(30);

    private static final int CHECK_SECONDS = 2;
    private static final String NO_DATABASE = "the database does not answer";

    private final SkeinSettings settings;
    private final Database database;
    private final SnapshotTable snapshots;
    private final ActorSystem<Void> system;
    private final Engine engine;
    private final History history;
    private final Catalog catalog;
    private final AuditLog audit;
    private final AuditRetention auditRetention;
    private final TableSizes tableSizes;
    private final Optional<TraceExport> traces;

    private Node(
            SkeinSettings settings,
            Database database,
            SnapshotTable snapshots,
            ActorSystem<Void> system,
            Engine engine,
            History history,
            Catalog catalog,
            AuditLog audit,
            AuditRetention auditRetention,
            TableSizes tableSizes,
            Optional<TraceExport> traces) {
        this.settings = settings;
        this.database = database;
        this.snapshots = snapshots;
        this.system = system;
        this.engine = engine;
        this.history = history;
        this.catalog = catalog;
        this.audit = audit;
        this.auditRetention = auditRetention;
        this.tableSizes = tableSizes;
        this.traces = traces;
    }

    /**
     * Opens and migrates the database, starts the engine, and joins the cluster once workspaces can be opened here without delay.
     *
     * @throws io.skein.persistence.DatabaseException if the database cannot be had as it must be
     */
    public static Node start(NodeConfig config, Modules modules) {
        SkeinSettings settings = config.settings();
        Seals.use(settings);
        Optional<TraceExport> traces = TraceExport.start(settings.tracing());
        Database database = Database.open(databaseOptions(settings));
        try {
            Migrations.migrateOrRequire(database.dataSource());
            String incarnation = Installation.recognise(database.dataSource());
            var db = settings.database();
            var journal = new JournalOptions(db.journalPoolSize(), db.journalParallelism(), db.journalQueue());
            ActorSystem<Void> system = ActorSystem.create(
                    Behaviors.empty(),
                    settings.cluster().name(),
                    JournalConfig.of(database.endpoint(), journal, db.connectTimeout())
                            .withFallback(config.asked().pekko()));
            Tracing tracing = traces.map(export -> Tracing.of(export.tracer(), Readers.ofTraces(system)))
                    .orElse(Tracing.OFF);
            var snapshots = new SnapshotTable(database.dataSource());
            Engine engine = Engine.start(
                    system,
                    modules,
                    workspaceSettings(settings.workspace(), db, settings.cluster(), incarnation),
                    relaySettings(settings),
                    presenceSettings(settings.presence()),
                    settings.relay().maxRelays(),
                    settings.relay().callTimeout(),
                    snapshots,
                    tracing);
            traces.ifPresent(export -> export.countIn(engine.meters()));
            var history = new History(database.dataSource(), modules, historyLimits(settings));
            Catalog catalog = Catalog.start(system, database.dataSource(), catalogSettings(settings.catalog()));
            Bridge.start(engine, database.dataSource(), bridgeSettings(settings.bridge()));
            await(engine.warm(), db.connectTimeout());
            config.join(system);
            var audit = new AuditLog(database.dataSource());
            return new Node(
                    settings,
                    database,
                    snapshots,
                    system,
                    engine,
                    history,
                    catalog,
                    audit,
                    AuditRetention.start(
                            audit, settings.audit().kept(), settings.audit().forgetInterval(), InstantSource.system()),
                    TableSizes.start(database.dataSource(), engine.meters()),
                    traces);
        } catch (RuntimeException e) {
            database.close();
            traces.ifPresent(TraceExport::close);
            throw e;
        }
    }

    /** A node that could not warm up is slow at first, and no worse. */
    private static void await(CompletionStage<?> warm, Duration atMost) {
        try {
            warm.toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the journal does not answer yet", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Where a node's database is, by its settings. */
    public static DatabaseOptions databaseOptions(SkeinSettings settings) {
        SkeinSettings.Database database = settings.database();
        return new DatabaseOptions(
                database.url(),
                database.user(),
                database.password(),
                settings.dataDir(),
                database.embeddedPort(),
                database.poolSize(),
                database.connectTimeout(),
                database.socketTimeout());
    }

    private static WorkspaceSettings workspaceSettings(
            SkeinSettings.Workspace workspace,
            SkeinSettings.Database database,
            SkeinSettings.Cluster cluster,
            String incarnation) {
        return new WorkspaceSettings(
                new DecideLimits(
                        workspace.maxTransactionOperations(),
                        workspace.maxTransactionBytes(),
                        workspace.maxBytes(),
                        workspace.idempotencyMaxAge()),
                workspace.maxGroupTransactions(),
                workspace.maxGroupBytes(),
                database.journalWrites(),
                database.snapshotWrites(),
                workspace.maxQueuedCommands(),
                workspace.maxQueuedBytes(),
                workspace.idempotencyMaxEntries(),
                workspace.recentLogTransactions(),
                workspace.recentLogBytes(),
                cluster.linkWindowBytes(),
                cluster.linkQueueBytes(),
                workspace.snapshotMinTransactions(),
                workspace.idleTimeout(),
                workspace.retryAfter(),
                workspace.journalRetryMin(),
                workspace.journalRetryMax(),
                incarnation);
    }

    private static RelaySettings relaySettings(SkeinSettings settings) {
        SkeinSettings.Relay relay = settings.relay();
        return new RelaySettings(
                relay.maxSessions(),
                relay.maxUnacknowledgedCommands(),
                relay.maxUnacknowledgedBytes(),
                relay.logTransactions(),
                relay.logBytes(),
                relay.snapshotCacheBytes(),
                relay.maxIdleViews(),
                settings.session().maxSubscriptions(),
                relay.callTimeout(),
                relay.enlistRetry(),
                relay.linger(),
                settings.session().frameBudgetBytes(),
                relay.retryAfter());
    }

    private static PresenceSettings presenceSettings(SkeinSettings.Presence presence) {
        return new PresenceSettings(
                presence.tick(),
                presence.grace(),
                presence.listMax(),
                presence.activeShown(),
                presence.activeMax(),
                presence.maxStateBytes(),
                presence.maxStateBytesInAll(),
                presence.framesPerSecond(),
                presence.idleAfter(),
                presence.settle());
    }

    private static HistoryLimits historyLimits(SkeinSettings settings) {
        SkeinSettings.History history = settings.history();
        return new HistoryLimits(
                history.readers(),
                history.pageTransactions(),
                history.pageBytes(),
                settings.workspace().idempotencyMaxEntries(),
                history.retryAfter());
    }

    private static CatalogSettings catalogSettings(SkeinSettings.Catalog catalog) {
        return new CatalogSettings(
                catalog.readers(),
                catalog.pageSize(),
                catalog.wakeInterval(),
                catalog.wakeBatch(),
                catalog.wakeRetry(),
                catalog.retryAfter());
    }

    private static BridgeSettings bridgeSettings(SkeinSettings.Bridge bridge) {
        return new BridgeSettings(
                bridge.targets().stream().map(Node::bridgeTarget).toList(),
                bridge.poll(),
                bridge.atOnce(),
                bridge.timeout(),
                bridge.retryMin(),
                bridge.retryMax(),
                bridge.maxAttempts(),
                bridge.maxAge());
    }

    private static BridgeSettings.Target bridgeTarget(BridgeTarget target) {
        return new BridgeSettings.Target(
                target.name(),
                switch (target.type()) {
                    case WEBHOOK -> BridgeSettings.Type.WEBHOOK;
                    case NOSTR -> BridgeSettings.Type.NOSTR;
                },
                target.url(),
                target.secret(),
                target.eventKind(),
                target.allow(),
                target.allowPrivateAddress());
    }

    /** What must be well for this node to serve. */
    List<Health.Check> checks() {
        var sharding = new ClusterShardingHealthCheck(Adapter.toClassic(system));
        return List.of(
                () -> {
                    MemberStatus status = Cluster.get(system).selfMember().status();
                    return status.equals(MemberStatus.up())
                            ? Optional.empty()
                            : Optional.of("this node is %s in its cluster".formatted(status));
                },
                () -> (boolean) FutureConverters.asJava(sharding.apply())
                                .toCompletableFuture()
                                .get()
                        ? Optional.empty()
                        : Optional.of("workspaces cannot be reached from this node"),
                this::databaseComplaint);
    }

    private Optional<String> databaseComplaint() {
        try (Connection connection = database.dataSource().getConnection()) {
            return connection.isValid(CHECK_SECONDS) ? Optional.empty() : Optional.of(NO_DATABASE);
        } catch (SQLException e) {
            system.log().debug("the database does not answer", e);
            return Optional.of(NO_DATABASE);
        }
    }

    public SkeinSettings settings() {
        return settings;
    }

    public Database database() {
        return database;
    }

    public ActorSystem<Void> system() {
        return system;
    }

    public Engine engine() {
        return engine;
    }

    /** What happened in workspaces. */
    public History history() {
        return history;
    }

    /** Whose workspaces are whose. */
    public Catalog catalog() {
        return catalog;
    }

    /** Who changed who may what. */
    public AuditLog audit() {
        return audit;
    }

    /** Leaves the cluster, stops everything, closes the database. */
    @Override
    public void close() {
        CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.actorSystemTerminateReason());
        Duration atMost = settings.cluster().drainTimeout().plus(STOP);
        try {
            system.getWhenTerminated().toCompletableFuture().get(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            system.log().warn("the actor system did not stop in {}", atMost, e);
        }
        history.close();
        catalog.close();
        auditRetention.close();
        tableSizes.close();
        snapshots.close();
        database.close();
        traces.ifPresent(TraceExport::close);
    }
}
