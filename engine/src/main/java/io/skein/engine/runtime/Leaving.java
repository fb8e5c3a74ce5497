package io.skein.engine.runtime;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.sharding.ShardRegion.CurrentShardRegionState;
import org.apache.pekko.cluster.sharding.typed.GetShardRegionState;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * Hands this node's workspaces over before it leaves, a few at a time. It tells the whole cluster that it is about to leave; whoever says where shards
 * are ({@link Spread}) takes them away from it. Shutting a region down moves all of its shards at once: the first is back when the last one's new home is
 * written down, and whatever opens on the other nodes opens at the same time.
 */
final class Leaving {
    private static final ServiceKey<Command> LEAVING = ServiceKey.create(Command.class, "skein-leaving");
    private static final Duration LOOK = Duration.ofMillis(50);
    /** In it busy workspaces, whose journal is long, write a snapshot each; the next owner has little to read then. */
    private static final Duration PREPARATION = Duration.ofSeconds(1);

    /** What the node's actor for this hears. */
    sealed interface Command {}

    /** This node is to leave: done when it has no shard any more, or nobody is there to take one. */
    record Leave(CompletableFuture<Done> done) implements Command {}

    private record Listed(Receptionist.Listing listing) implements Command {}

    private record Tell() implements Command {}

    private record Look() implements Command {}

    private record Have(CurrentShardRegionState state) implements Command {}

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final EntityTypeKey<?> type;
    private final Nodes nodes;
    private final Runnable prepare;
    private boolean asked;
    private CompletableFuture<Done> done = new CompletableFuture<>();

    /** Which nodes are about to leave. Written by one actor, read by any thread. */
    static final class Nodes {
        private final Address self;
        private volatile Set<Address> leaving = Set.of();

        Nodes(ActorSystem<?> system) {
            this.self = Cluster.get(system).selfMember().address();
        }

        Address self() {
            return self;
        }

        void set(Set<Address> nodes) {
            leaving = Set.copyOf(nodes);
        }

        boolean isLeaving(org.apache.pekko.actor.ActorRef ref) {
            return leaving.contains(addressOf(ref.path().address()));
        }

        private Address addressOf(Address address) {
            return address.hasLocalScope() ? self : address;
        }
    }

    private Leaving(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            EntityTypeKey<?> type,
            Nodes nodes,
            Runnable prepare) {
        this.context = context;
        this.timers = timers;
        this.type = type;
        this.nodes = nodes;
        this.prepare = prepare;
    }

    /**
     * Keeps {@code nodes} true, and waits for {@link Leave}.
     *
     * @param prepare makes workspaces ready to be opened elsewhere
     */
    static Behavior<Command> create(EntityTypeKey<?> type, Nodes nodes, Runnable prepare) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            ActorRef<Receptionist.Listing> listings = context.messageAdapter(Receptionist.Listing.class, Listed::new);
            context.getSystem().receptionist().tell(Receptionist.subscribe(LEAVING, listings));
            var leaving = new Leaving(context, timers, type, nodes, prepare);
            return Behaviors.receive(Command.class)
                    .onAnyMessage(leaving::onCommand)
                    .build();
        }));
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Listed(var listing) ->
                nodes.set(listing.getServiceInstances(LEAVING).stream()
                        .map(ref -> nodes.addressOf(ref.path().address()))
                        .collect(Collectors.toSet()));
            case Leave leave -> {
                done = leave.done();
                prepare.run();
                if (isAlone()) {
                    end();
                } else {
                    timers.startSingleTimer(new Tell(), PREPARATION);
                }
            }
            case Tell _ -> {
                context.getSystem().receptionist().tell(Receptionist.register(LEAVING, context.getSelf()));
                timers.startTimerWithFixedDelay(new Look(), Duration.ZERO, LOOK);
            }
            case Look _ -> look();
            case Have(var state) -> {
                asked = false;
                // A shard that is just going does not answer.
                if (state.getShards().isEmpty() && state.getFailed().isEmpty()) {
                    end();
                }
            }
        }
        return Behaviors.same();
    }

    private void look() {
        if (isAlone()) {
            end();
            return;
        }
        if (asked) {
            return;
        }
        asked = true;
        ActorRef<CurrentShardRegionState> answers = context.messageAdapter(CurrentShardRegionState.class, Have::new);
        ClusterSharding.get(context.getSystem()).shardState().tell(new GetShardRegionState(type, answers));
    }

    /** Nobody could take a shard; or the cluster has given this node up, and nobody takes one from it. */
    private boolean isAlone() {
        Cluster cluster = Cluster.get(context.getSystem());
        MemberStatus self = cluster.selfMember().status();
        if (cluster.isTerminated() || self.equals(MemberStatus.down()) || self.equals(MemberStatus.removed())) {
            return true;
        }
        CurrentClusterState state = cluster.state();
        for (Member member : state.getMembers()) {
            if (member.status().equals(MemberStatus.up())
                    && !state.getUnreachable().contains(member)
                    && !member.address().equals(nodes.self)
                    && !nodes.leaving.contains(member.address())) {
                return false;
            }
        }
        return true;
    }

    private void end() {
        timers.cancelAll();
        done.complete(Done.getInstance());
    }
}
