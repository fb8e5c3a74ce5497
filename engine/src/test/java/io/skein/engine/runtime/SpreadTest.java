package io.skein.engine.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.cluster.sharding.ShardCoordinator.ActorSystemDependentAllocationStrategy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/** Where shards go, and how many at once, when a node is about to leave. */
class SpreadTest {
    private final ActorTestKit kit =
            ActorTestKit.create(ConfigFactory.parseString("""
                pekko.actor.provider = cluster
                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                pekko.cluster.jmx.enabled = off
                """).withFallback(ConfigFactory.load()));

    private final ExtendedActorSystem system = (ExtendedActorSystem) Adapter.toClassic(kit.system());
    private final Leaving.Nodes nodes = new Leaving.Nodes(kit.system());
    private final Equally equally = new Equally();
    private final Spread spread = new Spread(nodes, equally);
    private final ActorRef here = system.provider().resolveActorRef("/system/sharding/workspace");
    private final ActorRef leaving = region("10.0.0.2");
    private final ActorRef other = region("10.0.0.3");

    /** In place of Pekko's own, which knows members of a cluster only: takes the least region, and says what it was asked. */
    private static final class Equally implements ActorSystemDependentAllocationStrategy {
        private int asked;

        @Override
        public void start(ActorSystem system) {}

        @Override
        public Future<ActorRef> allocateShard(
                ActorRef requester, String shard, scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> homes) {
            return Future.successful(CollectionConverters.asJava(homes).entrySet().stream()
                    .min(Comparator.comparingInt(home -> home.getValue().size()))
                    .orElseThrow()
                    .getKey());
        }

        @Override
        public Future<scala.collection.immutable.Set<String>> rebalance(
                scala.collection.immutable.Map<ActorRef, IndexedSeq<String>> homes,
                scala.collection.immutable.Set<String> moving) {
            asked++;
            return Future.successful(scala.collection.immutable.Set.from(
                    CollectionConverters.asScala(Set.of("one of " + homes.size() + " nodes"))));
        }
    }

    private ActorRef region(String host) {
        return system.provider().resolveActorRef("pekko://skein@" + host + ":25520/system/sharding/workspace");
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private static IndexedSeq<String> shards(int from, int to) {
        return CollectionConverters.asScala(
                        IntStream.range(from, to).mapToObj(Integer::toString).toList())
                .toIndexedSeq();
    }

    private static <T> T await(Future<T> future) throws Exception {
        return FutureConverters.asJava(future).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private Map<ActorRef, IndexedSeq<String>> homes(int atLeaving) {
        return new HashMap<>(Map.of(leaving, shards(0, atLeaving), other, shards(500, 540), here, shards(600, 641)));
    }

    @Test
    void aNodeThatLeaves_givesItsShardsAwayAFewAtATime() throws Exception {
        nodes.set(Set.of(leaving.path().address()));
        Set<String> first = await(spread.rebalance(homes(40), Set.of()));
        assertEquals(2, first.size());
        assertTrue(IntStream.range(0, 40).mapToObj(Integer::toString).toList().containsAll(first), first::toString);
        assertEquals(Set.of(), await(spread.rebalance(homes(40), first)), "while these are on their way");
        assertEquals(8, await(spread.rebalance(homes(256), Set.of())).size(), "where there are many, more");
    }

    @Test
    void aNodeThatLeaves_getsNoShard() throws Exception {
        nodes.set(Set.of(leaving.path().address()));
        var homes = homes(0); // it would be the one with the fewest
        assertEquals(other, await(spread.allocateShard(other, "700", homes)));
        nodes.set(homes.keySet().stream()
                .map(ref -> ref.equals(here) ? nodes.self() : ref.path().address())
                .collect(Collectors.toSet()));
        assertEquals(leaving, await(spread.allocateShard(other, "700", homes)), "unless all leave");
        assertEquals(Set.of(), await(spread.rebalance(homes(40), Set.of())), "to nobody");
    }

    @Test
    void nodesThatStay_areMadeEvenInRoundsThatAreNotDueAtOnce() throws Exception {
        assertEquals(Set.of("one of 3 nodes"), await(spread.rebalance(homes(40), Set.of())));
        assertEquals(Set.of(), await(spread.rebalance(homes(40), Set.of())), "the next round is not due");
        assertEquals(1, equally.asked);
    }
}
