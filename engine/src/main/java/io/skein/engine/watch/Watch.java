package io.skein.engine.watch;

import io.skein.engine.relay.RelayCounters;
import io.skein.engine.workspace.WorkspaceCounters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.ClusterEvent.CurrentClusterState;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.sharding.ClusterSharding;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.pattern.Patterns;

/**
 * A node's eye on itself and on the others. It looks at this node's meters once a second; whoever asks gets what all nodes say, and of those that do
 * not answer within a second that they are silent. However many ask at once, each node is asked once.
 */
public final class Watch {
    private static final ServiceKey<Command> WATCHES = ServiceKey.create(Command.class, "skein-watch");
    private static final Duration LOOK = Duration.ofSeconds(1);
    /** What one node waits for the others. */
    public static final Duration PATIENCE = Duration.ofSeconds(1);

    private static final Duration SHARDS = Duration.ofSeconds(3);
    private static final Duration SHARDS_PATIENCE = Duration.ofSeconds(2);

    /** What a watch hears. */
    public sealed interface Command {}

    /** Somebody at this node wants to know. */
    public record Ask(ActorRef<ClusterReport> replyTo) implements Command {}

    /** Another node's watch wants to know of this node. */
    record Question(long round, ActorRef<Answer> replyTo) implements Command {}

    /** The answer to a {@link Question} of this round. */
    record Answer(long round, NodeReport report) {}

    private record Look() implements Command {}

    private record Shards(int count) implements Command {}

    private record Listed(Receptionist.Listing listing) implements Command {}

    private record Answered(Answer answer) implements Command {}

    private record Late(long round) implements Command {}

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final String type;
    private final String self;
    private final NodeLook look;
    private final ActorRef<Answer> answers;
    /** Those who asked since the round began, or since there was none. */
    private final List<ActorRef<ClusterReport>> curious = new ArrayList<>();

    private final Map<String, NodeReport> reports = new HashMap<>();
    private Set<ActorRef<Command>> others = Set.of();
    private int awaited;
    private long nextShardsNanos = System.nanoTime();
    private long round;

    private Watch(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String type,
            RelayCounters relays,
            WorkspaceCounters workspaces) {
        this.context = context;
        this.timers = timers;
        this.type = type;
        this.self = Cluster.get(context.getSystem()).selfMember().address().toString();
        this.look = new NodeLook(self, relays, workspaces);
        this.answers = context.messageAdapter(Answer.class, Answered::new);
    }

    /**
     * The watch of this node.
     *
     * @param type what workspaces are called in the cluster
     */
    public static Behavior<Command> create(String type, RelayCounters relays, WorkspaceCounters workspaces) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            var watch = new Watch(context, timers, type, relays, workspaces);
            var receptionist = context.getSystem().receptionist();
            receptionist.tell(Receptionist.register(WATCHES, context.getSelf()));
            receptionist.tell(
                    Receptionist.subscribe(WATCHES, context.messageAdapter(Receptionist.Listing.class, Listed::new)));
            timers.startTimerWithFixedDelay(new Look(), LOOK);
            return Behaviors.receive(Command.class)
                    .onAnyMessage(watch::onCommand)
                    .build();
        }));
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case Ask(var replyTo) -> {
                lookAtShards();
                curious.add(replyTo);
                if (curious.size() == 1) {
                    begin();
                }
            }
            case Question(var theirs, var replyTo) -> {
                lookAtShards();
                replyTo.tell(new Answer(theirs, look.report()));
            }
            case Answered(var answer) -> {
                if (answer.round() == round && !curious.isEmpty()) {
                    reports.put(answer.report().address(), answer.report());
                    endIfComplete();
                }
            }
            case Late(var late) -> {
                if (late == round && !curious.isEmpty()) {
                    end();
                }
            }
            case Look _ -> look.look();
            case Shards(var count) -> look.shards(count);
            case Listed(var listing) -> {
                others = new HashSet<>(listing.getServiceInstances(WATCHES));
                others.remove(context.getSelf());
            }
        }
        return Behaviors.same();
    }

    // ---- one round of questions

    private void begin() {
        round++;
        reports.clear();
        reports.put(self, look.report());
        awaited = others.size() + 1;
        others.forEach(other -> other.tell(new Question(round, answers)));
        timers.startSingleTimer(new Late(round), PATIENCE);
        endIfComplete();
    }

    private void endIfComplete() {
        if (reports.size() >= awaited) {
            end();
        }
    }

    private void end() {
        CurrentClusterState cluster = Cluster.get(context.getSystem()).state();
        var nodes = new ArrayList<ClusterReport.Node>();
        for (Member member : cluster.getMembers()) {
            String address = member.address().toString();
            var roles = new TreeSet<>(member.getRoles());
            roles.removeIf(role -> role.startsWith("dc-")); // the data center, of which there is one
            nodes.add(new ClusterReport.Node(
                    address,
                    roles,
                    member.status().toString().toLowerCase(Locale.ROOT),
                    !cluster.getUnreachable().contains(member),
                    member.appVersion().version(),
                    Optional.ofNullable(reports.get(address))));
        }
        nodes.sort(Comparator.comparing(ClusterReport.Node::address));
        var report = new ClusterReport(self, nodes);
        curious.forEach(replyTo -> replyTo.tell(report));
        curious.clear();
    }

    // ---- this node's shards

    /** For the next answer: only while somebody looks, because a shard that is on the move is a warning in the log then. */
    private void lookAtShards() {
        long now = System.nanoTime();
        if (now - nextShardsNanos < 0) {
            return;
        }
        nextShardsNanos = now + SHARDS.toNanos();
        var region = ClusterSharding.get(Adapter.toClassic(context.getSystem())).shardRegion(type);
        context.pipeToSelf(
                Patterns.ask(region, ShardRegion.getRegionStatsInstance(), SHARDS_PATIENCE), (stats, failure) -> {
                    if (stats instanceof ShardRegion.ShardRegionStats known) {
                        return new Shards(
                                known.getStats().size() + known.getFailed().size());
                    }
                    context.getSystem().log().debug("this node's shards are not known", failure);
                    return new Shards(-1);
                });
    }
}
