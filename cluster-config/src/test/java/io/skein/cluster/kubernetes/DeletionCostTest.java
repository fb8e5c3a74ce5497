package io.skein.cluster.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pod says how old its node is, once that is known, and again if Kubernetes did not take it. */
class DeletionCostTest {
    private static final String POD = "/api/v1/namespaces/sync/pods/skein-1";
    private static final Duration SOON = Duration.ofMillis(50);

    @TempDir
    Path folder;

    @Test
    void the_oldest_costs_most_and_what_was_refused_is_written_again() throws Exception {
        var config = ConfigFactory.parseString("""
            pekko.actor.provider = cluster
            pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
            pekko.cluster.jmx.enabled = off
            """).withFallback(ConfigFactory.load());
        ActorTestKit kit = ActorTestKit.create("deletion-cost", config);
        try (var server = new ApiServer(folder)) {
            server.answer(POD, 403, "{}");
            Cluster cluster = Cluster.get(kit.system());
            kit.spawn(DeletionCost.of(server.client(), SOON, SOON));
            cluster.manager().tell(new Join(cluster.selfMember().address()));
            assertEquals(oldest(), body(server));
            assertEquals(oldest(), body(server), "it was refused");
            server.answer(POD, 200, "{}");
            assertEquals(oldest(), body(server));
            server.asked.clear();
        } finally {
            kit.shutdownTestKit();
        }
    }

    private static String oldest() {
        return "{\"metadata\":{\"annotations\":{\"controller.kubernetes.io/pod-deletion-cost\":\"10000\"}}}";
    }

    /** What is written next that is a node's that is up. */
    private static String body(ApiServer server) throws InterruptedException {
        ApiServer.Asked asked = server.asked.poll(30, TimeUnit.SECONDS);
        assertNotNull(asked, "nothing was written");
        assertTrue(asked.path().equals(POD), asked.path());
        return asked.body().contains("\"0\"") ? body(server) : asked.body();
    }
}
