package io.skein.persistence.bridge;

import io.skein.engine.runtime.Engine;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.apache.pekko.cluster.typed.ClusterSingleton;
import org.apache.pekko.cluster.typed.SingletonActor;

/**
 * The way out of workspaces (rules B1 to B4): what modules put into their outboxes is carried to other systems, by one node of the cluster, after it
 * is durable. Nothing leaves unless the settings have a target that allows it.
 */
public final class Bridge {
    private final BridgeCounters counters;

    private Bridge(BridgeCounters counters) {
        this.counters = counters;
    }

    /**
     * Starts the bridge on a node of a cluster, after the engine. The system's configuration must hold {@link
     * io.skein.persistence.JournalConfig}.
     *
     * @throws IllegalArgumentException if two targets have one name, or a relay's secret is no private key
     */
    public static Bridge start(Engine engine, DataSource dataSource, BridgeSettings settings) {
        requireValid(settings.targets());
        var counters = new BridgeCounters(engine.meters(), settings.targets());
        ClusterSingleton.get(engine.system())
                .init(SingletonActor.of(BridgeKeeper.create(engine, dataSource, settings, counters), "skein-bridge")
                        .withStopMessage(new BridgeKeeper.Stop()));
        return new Bridge(counters);
    }

    /** Says at the start what the first delivery would. */
    private static void requireValid(List<BridgeSettings.Target> targets) {
        for (BridgeSettings.Target target : targets) {
            if (target.type() == BridgeSettings.Type.NOSTR) {
                try {
                    Schnorr.publicKey(HexFormat.of().parseHex(target.secret()));
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "the secret of bridge target %s must be a private key of 64 hex digits"
                                    .formatted(target.name()));
                }
            }
        }
    }

    /** What this node has carried. */
    public BridgeCounters counters() {
        return counters;
    }
}
