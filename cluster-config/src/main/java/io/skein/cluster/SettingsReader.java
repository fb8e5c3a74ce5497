package io.skein.cluster;

import io.skein.cluster.SkeinSettings.Audit;
import io.skein.cluster.SkeinSettings.Auth;
import io.skein.cluster.SkeinSettings.AuthMode;
import io.skein.cluster.SkeinSettings.Bridge;
import io.skein.cluster.SkeinSettings.Catalog;
import io.skein.cluster.SkeinSettings.ClientTls;
import io.skein.cluster.SkeinSettings.Cluster;
import io.skein.cluster.SkeinSettings.Database;
import io.skein.cluster.SkeinSettings.Environment;
import io.skein.cluster.SkeinSettings.ForwardedHeader;
import io.skein.cluster.SkeinSettings.History;
import io.skein.cluster.SkeinSettings.Http;
import io.skein.cluster.SkeinSettings.Management;
import io.skein.cluster.SkeinSettings.NewRooms;
import io.skein.cluster.SkeinSettings.Presence;
import io.skein.cluster.SkeinSettings.Relay;
import io.skein.cluster.SkeinSettings.Revocations;
import io.skein.cluster.SkeinSettings.Rooms;
import io.skein.cluster.SkeinSettings.Secrets;
import io.skein.cluster.SkeinSettings.Session;
import io.skein.cluster.SkeinSettings.Tls;
import io.skein.cluster.SkeinSettings.Tracing;
import io.skein.cluster.SkeinSettings.Workspace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads each block of settings within its bounds, and what must hold between two settings. */
final class SettingsReader {
    /** As the migration of the audit log says. */
    private static final Duration LEAST_AUDIT = Duration.ofDays(30);

    private SettingsReader() {}

    static SkeinSettings read(Section skein) {
        Path dataDir = Path.of(skein.nonEmptyText("data-dir")).toAbsolutePath().normalize();
        return new SkeinSettings(
                dataDir,
                http(skein.section("http")),
                Limits.read(skein.section("limits")),
                management(skein.section("management")),
                tracing(skein.section("tracing")),
                auth(skein.section("auth")),
                secrets(skein.section("secrets")),
                database(skein.section("database")),
                workspace(skein.section("workspace")),
                relay(skein.section("relay")),
                presence(skein.section("presence")),
                history(skein.section("history")),
                catalog(skein.section("catalog")),
                audit(skein.section("audit")),
                bridge(skein.section("bridge")),
                session(skein.section("session")),
                rooms(skein.section("rooms")),
                cluster(skein.section("cluster")));
    }

    private static Http http(Section http) {
        Duration heartbeat = http.duration("heartbeat");
        Duration idleTimeout = http.duration("idle-timeout");
        if (idleTimeout.compareTo(heartbeat) <= 0) {
            throw http.refuse("idle-timeout", "must be longer than skein.http.heartbeat");
        }
        return new Http(
                http.nonEmptyText("host"),
                http.port("port"),
                http.bytes("max-frame-bytes"),
                http.bytes("max-body-bytes"),
                http.bytes("max-import-bytes"),
                http.count("max-imports", 1, 10_000),
                http.count("max-nesting", 4, 1000),
                http.bytes("max-header-bytes"),
                http.texts("cors-origins"),
                http.duration("hello-timeout"),
                heartbeat,
                idleTimeout,
                http.count("max-connections"),
                Network.all(http, "trusted-proxies"),
                http.choice("forwarded-header", ForwardedHeader.class),
                httpTls(http.section("tls")),
                http.pause("stop-delay"));
    }

    private static Management management(Section management) {
        return new Management(management.nonEmptyText("host"), management.port("port"));
    }

    private static Tracing tracing(Section tracing) {
        Optional<String> endpoint = given(tracing.text("endpoint"));
        if (endpoint.isPresent() && !endpoint.get().matches("https?://[^/\\s].*")) {
            throw tracing.refuse("endpoint", "must be a URL that starts with http:// or https://");
        }
        return new Tracing(endpoint, tracing.share("sampling"), tracing.count("queue", 16, 1_000_000));
    }

    private static Auth auth(Section auth) {
        return new Auth(
                auth.choice("mode", AuthMode.class),
                auth.nonEmptyText("issuer"),
                auth.nonEmptyText("audience"),
                auth.duration("token-ttl"),
                auth.duration("made-token-ttl"),
                auth.pause("clock-skew"),
                auth.duration("ticket-ttl"),
                revocations(auth),
                TrustedIssuer.all(auth),
                given(auth.text("key")));
    }

    private static Revocations revocations(Section auth) {
        Section revocations = auth.section("revocations");
        Duration kept = revocations.duration("kept");
        if (kept.compareTo(auth.duration("token-ttl")) < 0) {
            throw revocations.refuse("kept", "must not be less than skein.auth.token-ttl");
        }
        return new Revocations(
                kept,
                revocations.duration("poll"),
                revocations.duration("patience"),
                revocations.count("most", 1, 10_000_000),
                revocations.count("most-of-one", 1, 100_000));
    }

    private static Secrets secrets(Section secrets) {
        return new Secrets(secrets.texts("keys"), secrets.text("current"));
    }

    private static Rooms rooms(Section rooms) {
        return new Rooms(rooms.choice("new-rooms", NewRooms.class));
    }

    private static Database database(Section database) {
        Optional<String> url = given(database.text("url"));
        if (url.isPresent() && !url.get().startsWith("jdbc:postgresql:")) {
            throw database.refuse("url", "must start with jdbc:postgresql:");
        }
        int snapshotWrites = database.count("snapshot-writes", 1, 1000);
        int journalWrites = database.count("journal-writes", 2, 100_000);
        if (journalWrites <= snapshotWrites) {
            throw database.refuse("journal-writes", "must be more than snapshot-writes");
        }
        return new Database(
                url,
                database.text("user"),
                database.text("password"),
                database.count("pool-size", 2, 1000),
                database.count("journal-pool-size", 2, 1000),
                database.count("journal-parallelism", 1, 1000),
                journalWrites,
                snapshotWrites,
                database.count("journal-queue", 1000, 1_000_000),
                database.duration("connect-timeout"),
                database.duration("socket-timeout"),
                database.port("embedded-port"));
    }

    private static Workspace workspace(Section workspace) {
        return new Workspace(
                workspace.count("max-group-transactions"),
                workspace.bytes("max-group-bytes"),
                workspace.count("max-queued-commands"),
                workspace.bytes("max-queued-bytes"),
                workspace.bytes("max-bytes"),
                workspace.duration("idle-timeout"),
                workspace.count("snapshot-min-transactions"),
                workspace.count("idempotency-max-entries"),
                workspace.duration("idempotency-max-age"),
                workspace.count("recent-log-transactions"),
                workspace.bytes("recent-log-bytes"),
                workspace.count("max-transaction-operations"),
                workspace.bytes("max-transaction-bytes"),
                workspace.duration("retry-after"),
                workspace.duration("journal-retry-min"),
                workspace.duration("journal-retry-max"));
    }

    private static Relay relay(Section relay) {
        return new Relay(
                relay.count("max-unacknowledged-commands"),
                relay.bytes("max-unacknowledged-bytes"),
                relay.count("log-transactions"),
                relay.bytes("log-bytes"),
                relay.bytes("snapshot-cache-bytes"),
                relay.count("max-idle-views"),
                relay.count("max-sessions"),
                relay.count("max-relays"),
                relay.duration("linger"),
                relay.duration("call-timeout"),
                relay.duration("enlist-retry"),
                relay.duration("retry-after"));
    }

    private static Presence presence(Section presence) {
        int listMax = presence.count("list-max");
        int activeMax = presence.count("active-max");
        int activeShown = presence.count("active-shown");
        if (activeMax < listMax) {
            throw presence.refuse("active-max", "must not be less than list-max");
        }
        if (activeShown > listMax) {
            throw presence.refuse("active-shown", "must not be more than list-max");
        }
        return new Presence(
                presence.duration("tick"),
                presence.duration("grace"),
                listMax,
                activeShown,
                activeMax,
                presence.bytes("max-state-bytes"),
                presence.bytes("max-state-bytes-in-all"),
                presence.count("frames-per-second"),
                presence.duration("idle-after"),
                presence.duration("settle"));
    }

    private static History history(Section history) {
        return new History(
                history.count("readers", 1, 1000),
                history.count("page-transactions", 1, 100_000),
                history.bytes("page-bytes"),
                history.count("past-states", 1, 1000),
                history.duration("retry-after"));
    }

    private static Audit audit(Section audit) {
        Duration kept = audit.pause("kept");
        if (!kept.isZero() && kept.compareTo(LEAST_AUDIT) < 0) {
            throw audit.refuse(
                    "kept",
                    "must be 30 days or more, or 0s for ever: the database keeps the last 30 days whatever it is");
        }
        return new Audit(
                kept,
                audit.duration("forget-interval"),
                audit.count("readers", 1, 1000),
                audit.count("page-size", 1, 10_000),
                audit.duration("retry-after"));
    }

    private static Catalog catalog(Section catalog) {
        return new Catalog(
                catalog.count("readers", 1, 10_000),
                catalog.count("page-size", 1, 100_000),
                catalog.duration("wake-interval"),
                catalog.count("wake-batch", 1, 10_000),
                catalog.duration("wake-retry"),
                catalog.duration("retry-after"));
    }

    private static Bridge bridge(Section bridge) {
        Duration retryMin = bridge.duration("retry-min");
        Duration retryMax = bridge.duration("retry-max");
        if (retryMax.compareTo(retryMin) < 0) {
            throw bridge.refuse("retry-max", "must not be less than skein.bridge.retry-min");
        }
        return new Bridge(
                BridgeTarget.all(bridge),
                bridge.duration("poll"),
                bridge.count("at-once", 1, 100),
                bridge.duration("timeout"),
                retryMin,
                retryMax,
                bridge.count("max-attempts", 1, 1_000_000),
                bridge.duration("max-age"));
    }

    private static Session session(Section session) {
        return new Session(
                session.count("max-calls-in-flight"),
                session.count("messages-per-second"),
                session.count("message-burst"),
                session.count("max-subscriptions"),
                session.count("max-filter-terms"),
                session.bytes("frame-budget-bytes"),
                session.bytes("max-signal-bytes"),
                session.count("signals-per-second"),
                session.count("signal-burst"));
    }

    private static Cluster cluster(Section cluster) {
        Environment environment = cluster.choice("environment", Environment.class);
        List<String> seedNodes = cluster.texts("seed-nodes");
        if (environment == Environment.LOCAL && seedNodes.isEmpty()) {
            throw cluster.refuse("seed-nodes", "must name a node where skein.cluster.environment is local");
        }
        if (environment != Environment.LOCAL && !seedNodes.isEmpty()) {
            throw cluster.refuse("seed-nodes", "must be empty unless skein.cluster.environment is local");
        }
        String downing = cluster.text("downing");
        if (!downing.equals("keep-majority") && !downing.equals("lease-majority")) {
            throw cluster.refuse("downing", "must be one of keep-majority, lease-majority");
        }
        if (downing.equals("lease-majority") && environment != Environment.KUBERNETES) {
            throw cluster.refuse("downing", "must be keep-majority unless skein.cluster.environment is kubernetes");
        }
        requireFailureDetection(cluster);
        Section kubernetes = cluster.section("kubernetes");
        kubernetes.nonEmptyText("pod-selector");
        kubernetes.nonEmptyText("port-name");
        kubernetes.count("required-nodes", 1, 1_000);
        requirePodName(cluster, kubernetes, environment);
        return new Cluster(
                cluster.nonEmptyText("name"),
                environment,
                cluster.nonEmptyText("app-version"),
                cluster.nonEmptyText("host"),
                cluster.port("port"),
                seedNodes,
                cluster.port("management-port"),
                kubernetes.text("pod-name"),
                kubernetes.flag("deletion-cost"),
                tls(cluster.section("tls")),
                cluster.bytes("link-window-bytes"),
                cluster.bytes("link-queue-bytes"),
                cluster.duration("drain-timeout"),
                cluster.count("shards", 1, 10_000));
    }

    /** Two settings ask Kubernetes about this very pod. */
    private static void requirePodName(Section cluster, Section kubernetes, Environment environment) {
        boolean asks = cluster.text("app-version").equals(SkeinSettings.DEPLOYMENT);
        if (asks && environment != Environment.KUBERNETES) {
            throw cluster.refuse("app-version", "must be a version unless skein.cluster.environment is kubernetes");
        }
        if (kubernetes.flag("deletion-cost") && environment != Environment.KUBERNETES) {
            throw kubernetes.refuse("deletion-cost", "must be false unless skein.cluster.environment is kubernetes");
        }
        if ((asks || kubernetes.flag("deletion-cost"))
                && kubernetes.text("pod-name").isEmpty()) {
            throw kubernetes.refuse(
                    "pod-name", "must be this pod's name for app-version = deployment and deletion-cost");
        }
    }

    private static void requireFailureDetection(Section cluster) {
        Duration heartbeat = cluster.duration("heartbeat");
        if (cluster.duration("acceptable-pause").compareTo(heartbeat.multipliedBy(2)) < 0) {
            throw cluster.refuse("acceptable-pause", "must be at least two heartbeats: one lost packet is no death");
        }
        cluster.duration("stable-after");
    }

    private static Optional<ClientTls> httpTls(Section tls) {
        return areGiven(tls, List.of("key", "certificate"))
                ? Optional.of(new ClientTls(Path.of(tls.text("key")), Path.of(tls.text("certificate"))))
                : Optional.empty();
    }

    private static Optional<Tls> tls(Section tls) {
        return areGiven(tls, List.of("key", "certificate", "authority"))
                ? Optional.of(new Tls(
                        Path.of(tls.text("key")), Path.of(tls.text("certificate")), Path.of(tls.text("authority"))))
                : Optional.empty();
    }

    /** Whether there are all of these files; none is none. */
    private static boolean areGiven(Section tls, List<String> keys) {
        List<String> missing =
                keys.stream().filter(key -> tls.text(key).isEmpty()).toList();
        if (missing.size() == keys.size()) {
            return false;
        }
        for (String key : keys) {
            if (missing.contains(key)) {
                throw tls.refuse(key, "must name a file where the others of " + tls.path() + " do");
            }
            if (!Files.isReadable(Path.of(tls.text(key)))) {
                throw tls.refuse(key, "must name a file that can be read");
            }
        }
        return true;
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
