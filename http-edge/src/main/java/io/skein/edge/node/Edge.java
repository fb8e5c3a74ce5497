package io.skein.edge.node;

import io.skein.cluster.NodeConfig;
import io.skein.cluster.SkeinSettings;
import io.skein.edge.api.ApiRoutes;
import io.skein.edge.auth.Auth;
import io.skein.edge.auth.AuthSettings;
import io.skein.edge.auth.KeyFile;
import io.skein.edge.auth.Scope;
import io.skein.edge.auth.SigningKey;
import io.skein.edge.guard.Guard;
import io.skein.edge.guard.Proxies;
import io.skein.edge.http.Gate;
import io.skein.edge.http.HttpCounters;
import io.skein.edge.http.HttpServer;
import io.skein.edge.http.HttpSettings;
import io.skein.edge.http.Problem;
import io.skein.edge.http.Router;
import io.skein.edge.http.SocketRoute;
import io.skein.edge.http.SocketRoute.Decision;
import io.skein.edge.http.StaticFiles;
import io.skein.edge.http.Tls;
import io.skein.edge.http.TlsMeters;
import io.skein.edge.json.Json;
import io.skein.edge.json.JsonLimits;
import io.skein.edge.rooms.RoomSocket;
import io.skein.edge.session.NativeFormat;
import io.skein.edge.session.NativeSession;
import io.skein.edge.spacetime.SpacetimeSocket;
import io.skein.engine.Modules;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.runtime.Engine;
import io.skein.persistence.DatabaseException;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A whole node: the engine and, in front of it, the one port that clients see. */
public final class Edge implements AutoCloseable {
    /** The native wire's name in a WebSocket handshake. */
    public static final String NATIVE_PROTOCOL = "v1.json.skein";

    private static final int MAX_USED_TICKETS = 100_000;
    private static final Duration STOP_GRACE = Duration.ofSeconds(5);
    /** Shorter than the timeout of any probe should be; longer than a healthy database ever takes. */
    private static final Duration HEALTH_PATIENCE = Duration.ofSeconds(2);

    private static final Duration HEALTH_BELIEVED = Duration.ofSeconds(1);
    private static final Map<String, String> PAGE_HEADERS = Map.of(
            "content-security-policy",
            "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:; style-src 'self'",
            "x-content-type-options",
            "nosniff",
            "referrer-policy",
            "no-referrer");

    private final Node node;
    private final Auth auth;
    private final Health health;
    private final Router router;
    private final HttpServer server;
    private final Management management;

    private Edge(Node node, Auth auth, Health health, Router router, HttpServer server, Management management) {
        this.node = node;
        this.auth = auth;
        this.health = health;
        this.router = router;
        this.server = server;
        this.management = management;
    }

    /**
     * Starts the engine and opens the ports.
     *
     * @throws IOException if a port cannot be had or the key cannot be read
     */
    public static Edge start(NodeConfig config, Modules modules) throws IOException {
        SigningKey key = signingKey(config.settings());
        Node node = Node.start(config, modules);
        try {
            return start(node, key);
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private static Edge start(Node node, SigningKey key) throws IOException {
        Guard guard = new Guard(node.settings().limits(), node.engine().meters());
        Auth auth = auth(node, key, guard);
        try {
            var checks = new ArrayList<>(node.checks());
            checks.add(auth::complaint);
            var health = new Health(checks, HEALTH_PATIENCE, HEALTH_BELIEVED);
            Router router = router(node, key, auth, guard, health);
            var meters = node.engine().meters();
            var counters = new HttpCounters(meters);
            var tlsMeters = new TlsMeters(meters);
            Management management = Management.start(node.settings().management(), health, meters);
            try {
                SkeinSettings.Http settings = node.settings().http();
                Gate gate = gate(settings, guard, tlsMeters);
                HttpServer server = HttpServer.start(
                        httpSettings(settings),
                        router,
                        counters,
                        gate,
                        node.engine().tracing());
                return new Edge(node, auth, health, router, server, management);
            } catch (IOException e) {
                management.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            auth.close();
            throw e;
        }
    }

    private static Gate gate(SkeinSettings.Http settings, Guard guard, TlsMeters meters) throws IOException {
        Optional<SkeinSettings.ClientTls> files = settings.tls();
        return new Gate(
                guard,
                new Proxies(settings.trustedProxies(), settings.forwardedHeader()),
                files.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Tls.open(files.get().key(), files.get().certificate(), meters)));
    }

    private static Auth auth(Node node, SigningKey key, Guard guard) {
        SkeinSettings.Auth auth = node.settings().auth();
        SkeinSettings.Revocations revocations = auth.revocations();
        var settings = new AuthSettings(
                auth.issuer(),
                auth.audience(),
                auth.tokenTtl(),
                auth.madeTokenTtl(),
                auth.clockSkew(),
                auth.ticketTtl(),
                MAX_USED_TICKETS,
                auth.mode() == SkeinSettings.AuthMode.DEVELOPMENT,
                auth.issuers(),
                new AuthSettings.Revocations(
                        revocations.kept(),
                        revocations.poll(),
                        revocations.patience(),
                        revocations.most(),
                        revocations.mostOfOne()));
        try {
            return Auth.start(
                    settings,
                    key,
                    node.database().dataSource(),
                    guard,
                    node.engine().meters());
        } catch (SQLException e) {
            throw new DatabaseException("which tokens are revoked cannot be asked", e);
        }
    }

    private static SigningKey signingKey(SkeinSettings settings) throws IOException {
        return settings.auth().key().isPresent()
                ? SigningKey.parse(settings.auth().key().get())
                : KeyFile.loadOrCreate(settings.dataDir());
    }

    private static Router router(Node node, SigningKey key, Auth auth, Guard guard, Health health) {
        SkeinSettings settings = node.settings();
        Router.Builder router = Router.builder(settings.http().maxBodyBytes());
        auth.addTo(router);
        new ApiRoutes(
                        settings,
                        node.engine(),
                        node.catalog(),
                        node.history(),
                        node.audit(),
                        auth,
                        guard,
                        key,
                        json(settings))
                .addTo(router);
        health.addTo(router);
        router.socket(nativeSocket(node, auth, guard));
        router.socket(new SpacetimeSocket(node.engine(), settings, auth, guard, InstantSource.system()).route());
        new RoomSocket(node.engine(), settings, auth, guard).addTo(router);
        router.get("/{file*}", new StaticFiles(Edge.class.getClassLoader(), "web", "file", PAGE_HEADERS));
        return router.build();
    }

    private static SocketRoute nativeSocket(Node node, Auth auth, Guard guard) {
        SkeinSettings settings = node.settings();
        var shared = new NativeSession.Shared(
                node.engine(),
                new NativeFormat(settings.http().heartbeat().toMillis()),
                json(settings),
                settings.session(),
                settings.http().helloTimeout(),
                auth.authenticator(),
                auth.permits(),
                guard);
        return new SocketRoute(
                "/v1/workspaces/{workspace}/socket",
                List.of(NATIVE_PROTOCOL),
                SocketRoute.Payload.TEXT,
                (request, _) -> auth.authenticator()
                        .socketCaller(request, "ticket")
                        .thenApply(caller -> {
                            String workspace = request.parameter("workspace");
                            if (!Engine.isWorkspaceId(workspace)) {
                                return new Decision.Refuse(
                                        Problem.of(ErrorCode.NOT_FOUND, "no workspace is called so"));
                            }
                            auth.authenticator().require(caller, Scope.read(workspace));
                            return new Decision.Open(new NativeSession(shared, workspace, caller, request.address()));
                        }));
    }

    private static Json json(SkeinSettings settings) {
        JsonLimits limits = JsonLimits.DEFAULT;
        return new Json(new JsonLimits(
                settings.http().maxNesting(),
                settings.http().maxBodyBytes(),
                limits.maxNameChars(),
                limits.maxNumberChars()));
    }

    private static HttpSettings httpSettings(SkeinSettings.Http http) {
        HttpSettings usual = HttpSettings.DEFAULT;
        return new HttpSettings(
                http.host(),
                http.port(),
                usual.ioThreads(),
                http.maxConnections(),
                http.maxHeaderBytes(),
                http.maxHeaderBytes(),
                usual.requestTimeout(),
                usual.answerTimeout(),
                usual.idleTimeout(),
                usual.writeHighBytes(),
                http.corsOrigins(),
                new HttpSettings.Socket(
                        http.maxFrameBytes(),
                        http.heartbeat(),
                        http.idleTimeout(),
                        usual.socket().closeTimeout(),
                        usual.socket().maxQueuedBytes()));
    }

    public Node node() {
        return node;
    }

    /** Who comes, with what. */
    public Auth auth() {
        return auth;
    }

    /** What it answers. */
    public Router router() {
        return router;
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    /** The port that probes and metrics systems ask. */
    public int managementPort() {
        return management.port();
    }

    /** Tells probes, waits until they can have heard, tells sessions to go elsewhere, then stops everything behind them. */
    @Override
    public void close() {
        health.stop();
        try {
            Thread.sleep(node.settings().http().stopDelay());
            server.stop(STOP_GRACE).toCompletableFuture().get(2 * STOP_GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            node.system().log().warn("the edge did not stop in time", e);
        }
        auth.close();
        try {
            node.close();
        } finally {
            management.close();
        }
    }
}
