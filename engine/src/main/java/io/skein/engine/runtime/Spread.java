package io.skein.engine.runtime;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.sharding.ShardCoordinator.AbstractShardAllocationStrategy;
import org.apache.pekko.cluster.sharding.ShardCoordinator.ActorSystemDependentAllocationStrategy;
import org.apache.pekko.cluster.sharding.internal.LeastShardAllocationStrategy;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * Where shards are: equally many on each node, as Pekko's own strategy does it, but none on a node that is about to leave. Shards move a few at a time, so
 * that each of them is away only as long as its own move takes: the new homes are written down one after the other, and the workspaces that open on one
 * node at once wait for each other.
 */
final class Spread extends AbstractShardAllocationStrategy implements ActorSystemDependentAllocationStrategy {
    /** From a node that leaves, at once: so many, or a part of its shards where it has many, so that it is done within seconds. */
    private static final int LEAVING_AT_ONCE = 2;

    private static final int LEAVING_PARTS = 32;

    /** To a node that has come, in one round: at most a part of all shards. A young process is slow, and gets faster with what it does. */
    private static final int MOST_IN_A_ROUND = 16;

    private static final double PART_IN_A_ROUND = 1.0 / 50;
    private static final long ROUND_NANOS = 1_000_000_000;

    private final Leaving.Nodes nodes;
    private final ActorSystemDependentAllocationStrategy equally;
    private long nextRoundNanos = System.nanoTime();

    Spread(Leaving.Nodes nodes) {
        this(nodes, new LeastShardAllocationStrategy(MOST_IN_A_ROUND, PART_IN_A_ROUND));
    }

    /** @param equally for nodes that stay */
    Spread(Leaving.Nodes nodes, ActorSystemDependentAllocationStrategy equally) {
        this.nodes = nodes;
        this.equally = equally;
    }

    @Override
    public void start(ActorSystem system) {
        equally.start(system);
    }

    @Override
    public Future<ActorRef> allocateShard(ActorRef requester, String shard, Map<ActorRef, IndexedSeq<String>> homes) {
        Map<ActorRef, IndexedSeq<String>> staying = staying(homes);
        return equally.allocateShard(requester, shard, asScala(staying.isEmpty() ? homes : staying));
    }

    @Override
    public Future<Set<String>> rebalance(Map<ActorRef, IndexedSeq<String>> homes, Set<String> moving) {
        Map<ActorRef, IndexedSeq<String>> staying = staying(homes);
        if (staying.isEmpty()) {
            return Future.successful(Set.of()); // there is nobody to give them to
        }
        List<String> leaving = homes.entrySet().stream()
                .filter(home -> !staying.containsKey(home.getKey()))
                .flatMap(home -> CollectionConverters.asJava(home.getValue()).stream())
                .toList();
        return leaving.isEmpty() ? even(staying, moving) : Future.successful(next(leaving, moving));
    }

    private static Set<String> next(List<String> leaving, Set<String> moving) {
        int atOnce = Math.max(LEAVING_AT_ONCE, leaving.size() / LEAVING_PARTS);
        return leaving.stream()
                .filter(shard -> !moving.contains(shard))
                .limit(Math.max(0, atOnce - moving.size()))
                .collect(Collectors.toSet());
    }

    private Future<Set<String>> even(Map<ActorRef, IndexedSeq<String>> homes, Set<String> moving) {
        if (System.nanoTime() - nextRoundNanos < 0) {
            return Future.successful(Set.of());
        }
        nextRoundNanos = System.nanoTime() + ROUND_NANOS;
        return asJava(equally.rebalance(asScala(homes), asScala(moving)));
    }

    private Map<ActorRef, IndexedSeq<String>> staying(Map<ActorRef, IndexedSeq<String>> homes) {
        var staying = new HashMap<>(homes);
        staying.keySet().removeIf(nodes::isLeaving);
        return staying;
    }

    private static <K, V> scala.collection.immutable.Map<K, V> asScala(Map<K, V> map) {
        return scala.collection.immutable.Map.from(CollectionConverters.asScala(map));
    }

    private static scala.collection.immutable.Set<String> asScala(Set<String> set) {
        return scala.collection.immutable.Set.from(CollectionConverters.asScala(set));
    }

    private static Future<Set<String>> asJava(Future<scala.collection.immutable.Set<String>> shards) {
        return FutureConverters.asScala(
                FutureConverters.asJava(shards).thenApply(set -> Set.copyOf(CollectionConverters.asJava(set))));
    }
}
