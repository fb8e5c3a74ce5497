package io.skein.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.skein.cluster.kubernetes.DeletionCost;
import io.skein.cluster.kubernetes.KubernetesApi;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.cluster.typed.JoinSeedNodes;
import org.apache.pekko.management.cluster.bootstrap.ClusterBootstrap;
import org.apache.pekko.management.javadsl.PekkoManagement;

/**
 * The configuration of a node: what Skein reads as {@link SkeinSettings} and what Pekko reads, from the same layers.
 *
 * <p>From strongest to weakest: system properties, the operator's file, Pekko's for the environment, Pekko's for every
 * environment ({@code skein-pekko.conf}), every {@code reference.conf}. They are resolved once, at the end, so that a setting overridden anywhere is also the one that
 * {@code ${skein.…}} refers to.
 *
 * @param settings typed, checked
 * @param pekko for the actor system; the journal's part comes on top of it
 */
public record NodeConfig(SkeinSettings settings, Config pekko) {
    /** A batch of calls has another half MiB beside the largest; names and addresses take little. */
    private static final int ENVELOPE_BYTES = 1 << 20;

    private static final String EVERYWHERE = "skein-pekko.conf";
    private static final String KUBERNETES = "skein-kubernetes.conf";

    /**
     * Defaults, environment variables and system properties.
     *
     * @throws SettingsException when a key is unknown or a value is out of bounds
     */
    public static NodeConfig load() {
        return of(ConfigFactory.empty());
    }

    /**
     * The same with a file of the operator.
     *
     * @throws SettingsException also when the file cannot be read or parsed
     */
    public static NodeConfig load(Path file) {
        try {
            return of(ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false)));
        } catch (ConfigException.IO e) {
            throw new SettingsException("The settings file " + file + " cannot be read: " + e.getMessage(), e);
        } catch (ConfigException.Parse e) {
            throw new SettingsException("The settings file " + file + " is not HOCON: " + e.getMessage(), e);
        }
    }

    /**
     * The same with overrides given by code, such as tests.
     *
     * @param overrides unresolved is fine; it may hold {@code skein} and {@code pekko} keys
     * @throws SettingsException when a key is unknown or a value is out of bounds
     */
    public static NodeConfig of(Config overrides) {
        Config reference = ConfigFactory.defaultReferenceUnresolved();
        Config own = ConfigFactory.systemProperties().withFallback(overrides);
        // Whatever the environment, all keys of skein are read and checked alike.
        Config all = resolve(own.withFallback(pekko(EVERYWHERE)).withFallback(reference));
        SkeinSettings settings = SkeinSettings.from(all);
        UnknownKeys.refuse("skein", all.getConfig("skein"), reference.resolve().getConfig("skein"));
        Config pekko = settings.cluster().environment() == SkeinSettings.Environment.KUBERNETES
                ? resolve(own.withFallback(pekko(KUBERNETES))
                        .withFallback(pekko(EVERYWHERE))
                        .withFallback(reference))
                : all;
        return new NodeConfig(
                settings,
                pekko.withValue(
                                "pekko.remote.artery.transport",
                                ConfigValueFactory.fromAnyRef(
                                        settings.cluster().tls().isPresent() ? "tls-tcp" : "tcp"))
                        .withValue("pekko.remote.artery.advanced.maximum-frame-size", largestMessage(settings.http())));
    }

    private static ConfigValue largestMessage(SkeinSettings.Http http) {
        return ConfigValueFactory.fromAnyRef(Math.max(http.maxBodyBytes(), http.maxFrameBytes()) + ENVELOPE_BYTES);
    }

    private static Config pekko(String file) {
        return ConfigFactory.parseResourcesAnySyntax(
                NodeConfig.class.getClassLoader(),
                file,
                ConfigParseOptions.defaults().setAllowMissing(false));
    }

    private static Config resolve(Config layers) {
        try {
            return layers.resolve();
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new SettingsException("A setting refers to one that does not exist: " + e.getMessage(), e);
        }
    }

    /**
     * This configuration, with what has to be asked of Kubernetes: the version that is the revision of the Deployment.
     *
     * @throws SettingsException if it cannot be had; a node that guessed would draw workspaces to it, or drive them away
     */
    public NodeConfig asked() {
        if (!settings.cluster().appVersion().equals(SkeinSettings.DEPLOYMENT)) {
            return this;
        }
        try {
            long revision = kubernetes().deploymentRevision();
            return new NodeConfig(
                    settings,
                    pekko.withValue("pekko.cluster.app-version", ConfigValueFactory.fromAnyRef(revision + ".0.0")));
        } catch (IOException e) {
            throw new SettingsException(
                    "skein.cluster.app-version is deployment, and its revision cannot be had: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SettingsException("interrupted while Kubernetes was asked", e);
        }
    }

    private KubernetesApi kubernetes() throws IOException {
        return KubernetesApi.of(pekko, settings.cluster().podName());
    }

    /** Makes a system started from this configuration a member: of the cluster that its environment leads to, or of a new one. */
    public void join(ActorSystem<?> system) {
        switch (settings.cluster().environment()) {
            case SINGLE -> {
                Cluster cluster = Cluster.get(system);
                cluster.manager().tell(new Join(cluster.selfMember().address()));
            }
            case LOCAL ->
                // Not by Pekko's own setting: then it joins before this node has anything to offer.
                Cluster.get(system)
                        .manager()
                        .tell(new JoinSeedNodes(settings.cluster().seedNodes().stream()
                                .map(AddressFromURIString::parse)
                                .toList()));
            case KUBERNETES -> {
                PekkoManagement.get(system).start();
                ClusterBootstrap.get(system).start();
                if (settings.cluster().deletionCost()) {
                    startDeletionCost(system);
                }
            }
        }
    }

    /** What a node can do without is no reason not to serve. */
    private void startDeletionCost(ActorSystem<?> system) {
        try {
            system.systemActorOf(DeletionCost.of(kubernetes()), "skein-deletion-cost", Props.empty());
        } catch (IOException e) {
            system.log().warn("the deletion cost of this pod will not be written: {}", e.getMessage());
        }
    }
}
