package io.skein.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Path;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;

/**
 * The configuration of a node: what Skein reads as {@link SkeinSettings} and what Pekko reads, from the same layers.
 *
 * <p>From strongest to weakest: system properties, the operator's file, {@code skein-single.conf} (Pekko for this environment),
 * every {@code reference.conf}. They are resolved once, at the end, so that a setting overridden anywhere is also the one that
 * {@code ${skein.…}} refers to.
 *
 * @param settings typed, checked
 * @param pekko for the actor system; the journal's part comes on top of it
 */
public record NodeConfig(SkeinSettings settings, Config pekko) {
    /** A batch of calls has another half MiB beside the largest; names and addresses take little. */
    private static final int ENVELOPE_BYTES = 1 << 20;

    private static final String ENVIRONMENT = "skein-single.conf";

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
        Config all = resolve(ConfigFactory.systemProperties()
                .withFallback(overrides)
                .withFallback(ConfigFactory.parseResourcesAnySyntax(NodeConfig.class.getClassLoader(), ENVIRONMENT))
                .withFallback(reference));
        SkeinSettings settings = SkeinSettings.from(all);
        UnknownKeys.refuse("skein", all.getConfig("skein"), reference.resolve().getConfig("skein"));
        // Not by reference in the file: from the environment the list comes as one text.
        ConfigValue seedNodes =
                ConfigValueFactory.fromIterable(settings.cluster().seedNodes());
        int largestCall = Math.max(
                settings.http().maxBodyBytes(), settings.http().maxFrameBytes());
        return new NodeConfig(
                settings,
                all.withValue("pekko.cluster.seed-nodes", seedNodes)
                        .withValue(
                                "pekko.remote.artery.advanced.maximum-frame-size",
                                ConfigValueFactory.fromAnyRef(largestCall + ENVELOPE_BYTES)));
    }

    private static Config resolve(Config layers) {
        try {
            return layers.resolve();
        } catch (ConfigException.UnresolvedSubstitution e) {
            throw new SettingsException("A setting refers to one that does not exist: " + e.getMessage(), e);
        }
    }

    /** Makes a system started from this configuration a member: of the seeds' cluster, or of a cluster of its own. */
    public void join(ActorSystem<?> system) {
        if (settings.cluster().seedNodes().isEmpty()) {
            Cluster cluster = Cluster.get(system);
            cluster.manager().tell(new Join(cluster.selfMember().address()));
        }
    }
}
