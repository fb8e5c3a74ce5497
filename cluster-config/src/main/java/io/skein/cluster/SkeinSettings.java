package io.skein.cluster;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Every setting of a node, typed and within its bounds. What each one means, its unit and its default stand in
 * {@code reference.conf}; names here carry the unit where the type does not.
 *
 * @param dataDir folder of what is this node's own, made when needed
 */
public record SkeinSettings(
        Path dataDir,
        Http http,
        Limits limits,
        Management management,
        Tracing tracing,
        Auth auth,
        Secrets secrets,
        Database database,
        Workspace workspace,
        Relay relay,
        Presence presence,
        History history,
        Catalog catalog,
        Audit audit,
        Bridge bridge,
        Session session,
        Rooms rooms,
        Cluster cluster) {

    /** The version that is the revision of the Deployment. */
    static final String DEPLOYMENT = "deployment";

    /**
     * The one address and its limits.
     *
     * @param trustedProxies whose word on where a request comes from counts
     */
    public record Http(
            String host,
            int port,
            int maxFrameBytes,
            int maxBodyBytes,
            int maxImportBytes,
            int maxImports,
            int maxNesting,
            int maxHeaderBytes,
            List<String> corsOrigins,
            Duration helloTimeout,
            Duration heartbeat,
            Duration idleTimeout,
            int maxConnections,
            List<Network> trustedProxies,
            ForwardedHeader forwardedHeader,
            Optional<ClientTls> tls,
            Duration stopDelay) {}

    /** Files in PEM with which a node shows clients who it is. */
    public record ClientTls(Path key, Path certificate) {}

    /** Where proxies write whom they speak for. */
    public enum ForwardedHeader {
        /** A list of addresses, of which each proxy adds one. */
        X_FORWARDED_FOR,
        /** The same as RFC 7239 has it. */
        FORWARDED
    }

    /** The address of those who look after the node. */
    public record Management(String host, int port) {}

    /**
     * Where spans of calls go.
     *
     * @param endpoint base URL of a receiver of OTLP over HTTP; empty: nowhere, unless OpenTelemetry's own variables say so
     * @param sampling the share of calls that is traced, 0 to 1, where the caller does not say
     * @param queue spans that may wait for the receiver
     */
    public record Tracing(Optional<String> endpoint, double sampling, int queue) {}

    /** What a caller without a token is. */
    public enum AuthMode {
        /** A fresh anonymous identity. */
        DEVELOPMENT,
        /** Unauthenticated. */
        TOKEN
    }

    /**
     * Tokens.
     *
     * @param key the ES256 private key as PEM or JWK; empty: it lies in the data directory
     */
    public record Auth(
            AuthMode mode,
            String issuer,
            String audience,
            Duration tokenTtl,
            Duration madeTokenTtl,
            Duration clockSkew,
            Duration ticketTtl,
            Revocations revocations,
            List<TrustedIssuer> issuers,
            Optional<String> key) {

        /** Without the key. */
        @Override
        public String toString() {
            return "Auth[mode=" + mode + ", issuer=" + issuer + ", audience=" + audience + "]";
        }
    }

    /** How tokens that count no more are kept. */
    public record Revocations(Duration kept, Duration poll, Duration patience, int most, int mostOfOne) {}

    /**
     * What seals secret columns.
     *
     * @param keys each an id, a colon and 32 bytes in base64; none: see {@code reference.conf}
     * @param current the id of the one to seal with; empty: the first
     */
    public record Secrets(List<String> keys, String current) {
        /** Without the keys. */
        @Override
        public String toString() {
            return "Secrets[" + keys.size() + " keys, current=" + current + "]";
        }
    }

    /**
     * PostgreSQL.
     *
     * @param url JDBC URL; empty means embedded in {@link SkeinSettings#dataDir}
     * @param embeddedPort port of the embedded server, 0 for a free one
     */
    public record Database(
            Optional<String> url,
            String user,
            String password,
            int poolSize,
            int journalPoolSize,
            int journalParallelism,
            int journalWrites,
            int snapshotWrites,
            int journalQueue,
            Duration connectTimeout,
            Duration socketTimeout,
            int embeddedPort) {

        /** Without the password, and without the URL, which may hold one. */
        @Override
        public String toString() {
            return "Database[" + (url.isPresent() ? "external" : "embedded") + ", user=" + user + "]";
        }
    }

    /** Bounds of one workspace on its owner. */
    public record Workspace(
            int maxGroupTransactions,
            int maxGroupBytes,
            int maxQueuedCommands,
            int maxQueuedBytes,
            int maxBytes,
            Duration idleTimeout,
            int snapshotMinTransactions,
            int idempotencyMaxEntries,
            Duration idempotencyMaxAge,
            int recentLogTransactions,
            int recentLogBytes,
            int maxTransactionOperations,
            int maxTransactionBytes,
            Duration retryAfter,
            Duration journalRetryMin,
            Duration journalRetryMax) {}

    /** Bounds of one workspace's representative on a node. */
    public record Relay(
            int maxUnacknowledgedCommands,
            int maxUnacknowledgedBytes,
            int logTransactions,
            int logBytes,
            int snapshotCacheBytes,
            int maxIdleViews,
            int maxSessions,
            int maxRelays,
            Duration linger,
            Duration callTimeout,
            Duration enlistRetry,
            Duration retryAfter) {}

    /** How who is here is told, and its bounds. */
    public record Presence(
            Duration tick,
            Duration grace,
            int listMax,
            int activeShown,
            int activeMax,
            int maxStateBytes,
            int maxStateBytesInAll,
            int framesPerSecond,
            Duration idleAfter,
            Duration settle) {}

    /** Bounds of reading what happened. */
    public record History(int readers, int pageTransactions, int pageBytes, int pastStates, Duration retryAfter) {}

    /** Bounds of the list of workspaces, and of waking them. */
    public record Catalog(
            int readers, int pageSize, Duration wakeInterval, int wakeBatch, Duration wakeRetry, Duration retryAfter) {}

    /**
     * The audit log.
     *
     * @param kept how long its entries stay; zero: for ever
     */
    public record Audit(Duration kept, Duration forgetInterval, int readers, int pageSize, Duration retryAfter) {}

    /** How events of modules leave for other systems; see {@link BridgeTarget}. */
    public record Bridge(
            List<BridgeTarget> targets,
            Duration poll,
            int atOnce,
            Duration timeout,
            Duration retryMin,
            Duration retryMax,
            int maxAttempts,
            Duration maxAge) {}

    /** Bounds of one socket. */
    public record Session(
            int maxCallsInFlight,
            int messagesPerSecond,
            int messageBurst,
            int maxSubscriptions,
            int maxFilterTerms,
            int frameBudgetBytes,
            int maxSignalBytes,
            int signalsPerSecond,
            int signalBurst) {}

    /**
     * This node among the others.
     *
     * @param appVersion what nodes say that they are; {@code deployment} has to be asked of Kubernetes
     * @param seedNodes addresses {@code pekko://name@host:port}; empty: this node is a cluster of its own
     * @param podName this node's pod; empty where none is known
     * @param deletionCost whether to write on the pod how old the node is
     * @param drainTimeout for handing workspaces over before the node leaves
     */
    public record Cluster(
            String name,
            Environment environment,
            String appVersion,
            String host,
            int port,
            List<String> seedNodes,
            int managementPort,
            String podName,
            boolean deletionCost,
            Optional<Tls> tls,
            int linkWindowBytes,
            int linkQueueBytes,
            Duration drainTimeout,
            int shards) {}

    /** How nodes find each other. */
    public enum Environment {
        /** Not at all: the node is a cluster of its own. */
        SINGLE,
        /** By a list of addresses. */
        LOCAL,
        /** Through the Kubernetes API. */
        KUBERNETES
    }

    /**
     * Files in PEM with which nodes show each other who they are.
     *
     * @param authority the certificate that signs those of all nodes
     */
    public record Tls(Path key, Path certificate, Path authority) {}

    /** Who may enter a room that a client of Yjs makes by coming. */
    public enum NewRooms {
        /** In development mode {@link #PUBLIC_WRITE}, else {@link #PRIVATE}. */
        AUTO,
        /** Nobody: rooms are made as other workspaces are. */
        NONE,
        PRIVATE,
        PUBLIC_READ,
        PUBLIC_WRITE
    }

    /** Yjs documents. */
    public record Rooms(NewRooms newRooms) {}

    /**
     * Reads the block {@code skein} of a resolved config.
     *
     * @throws SettingsException naming the first key that is missing, of the wrong type or out of bounds
     */
    public static SkeinSettings from(Config config) {
        return SettingsReader.read(new Section("skein", config.getConfig("skein")));
    }
}
