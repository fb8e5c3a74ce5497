package io.skein.cluster.kubernetes;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.StreamSupport;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * Writes on this node's pod how old the node is among the others, so that a Deployment that gets smaller gives up the youngest. The oldest has what
 * there is only once, and each time it goes everybody waits for the next oldest to take that over.
 */
public final class DeletionCost {
    /** Of the oldest; each younger node costs less by {@link #STEP}. */
    private static final int OLDEST = 10_000;

    private static final int STEP = 100;
    /** Several nodes that come or go together are one change. */
    private static final Duration SETTLE = Duration.ofSeconds(2);

    private static final Duration RETRY = Duration.ofSeconds(30);

    private final ActorContext<Object> context;
    private final TimerScheduler<Object> timers;
    private final KubernetesApi api;
    private final Duration settle;
    private final Duration retry;
    private int written = -1;

    private DeletionCost(
            ActorContext<Object> context,
            TimerScheduler<Object> timers,
            KubernetesApi api,
            Duration settle,
            Duration retry) {
        this.context = context;
        this.timers = timers;
        this.api = api;
        this.settle = settle;
        this.retry = retry;
    }

    private enum Look {
        NOW
    }

    private record Wrote(int cost) {}

    private record Failed(String why) {}

    public static Behavior<?> of(KubernetesApi api) {
        return of(api, SETTLE, RETRY);
    }

    /**
     * @param settle how long after the last change it is written
     * @param retry how long after a failure it is tried again
     */
    static Behavior<?> of(KubernetesApi api, Duration settle, Duration retry) {
        return Behaviors.<Object>setup(context -> Behaviors.withTimers(timers -> {
            Cluster.get(context.getSystem())
                    .subscriptions()
                    .tell(Subscribe.create(context.getSelf().narrow(), MemberEvent.class));
            return new DeletionCost(context, timers, api, settle, retry).listening();
        }));
    }

    private Behavior<Object> listening() {
        return Behaviors.receive(Object.class)
                .onMessage(MemberEvent.class, _ -> lookIn(settle))
                .onMessage(Look.class, _ -> look())
                .onMessage(Wrote.class, this::wrote)
                .onMessage(Failed.class, failed -> {
                    context.getLog().warn("the deletion cost of this pod was not written: {}", failed.why());
                    return lookIn(retry);
                })
                .build();
    }

    private Behavior<Object> wrote(Wrote wrote) {
        written = wrote.cost();
        return Behaviors.same();
    }

    private Behavior<Object> lookIn(Duration pause) {
        timers.startSingleTimer(Look.NOW, pause);
        return Behaviors.same();
    }

    private Behavior<Object> look() {
        int cost = cost(Cluster.get(context.getSystem()));
        if (cost != written) {
            var self = context.getSelf();
            Thread.ofVirtual().name("skein-deletion-cost").start(() -> self.tell(write(cost)));
        }
        return Behaviors.same();
    }

    private Object write(int cost) {
        try {
            api.writeDeletionCost(cost);
            return new Wrote(cost);
        } catch (IOException e) {
            return new Failed(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Failed("interrupted");
        }
    }

    /** Zero, which is what a pod costs that says nothing, as long as this node is not up, or from the hundredth on. */
    private static int cost(Cluster cluster) {
        Member self = cluster.selfMember();
        if (!self.status().equals(MemberStatus.up())) {
            return 0;
        }
        long older = StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()) && member.isOlderThan(self))
                .count();
        return Math.max(0, (int) (OLDEST - STEP * older));
    }
}
