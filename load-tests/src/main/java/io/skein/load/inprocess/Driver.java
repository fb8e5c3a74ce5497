package io.skein.load.inprocess;

import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.runtime.Engine;
import io.skein.engine.schema.Identity;
import io.skein.engine.workspace.Workspace;
import io.skein.modules.board.BoardModule;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Recorder;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;

/** Keeps a number of calls in flight to one workspace: each outcome is answered by the next call. A closed loop. */
final class Driver {
    /** Cards that a workspace has; calls move them about, so that the workspace keeps its size. */
    static final int CARDS = 200;

    static final Identity WRITER = Identity.of("load", "writer");

    private static final int COLUMNS = 10;

    /** What all drivers of a run count into. */
    record Tally(LongAdder commits, LongAdder refused, Recorder latencyMicros) {}

    private final EntityRef<Workspace.Command> workspace;
    private final Tally tally;
    private final ActorRef<Outcome> self;
    /** When the calls in flight were sent, oldest first: a workspace answers in order. */
    private final long[] sentNanos;

    private int oldest;
    private int card;

    private Driver(ActorContext<Outcome> context, String workspace, int inFlight, Tally tally) {
        this.workspace = ClusterSharding.get(context.getSystem()).entityRefFor(Engine.WORKSPACES, workspace);
        this.tally = tally;
        this.self = context.getSelf();
        this.sentNanos = new long[inFlight];
        for (int i = 0; i < inFlight; i++) {
            send(i);
        }
    }

    static Behavior<Outcome> create(String workspace, int inFlight, Tally tally) {
        return Behaviors.setup(context -> {
            var driver = new Driver(context, workspace, inFlight, tally);
            return Behaviors.receiveMessage(driver::answered);
        });
    }

    private void send(int slot) {
        card = (card + 1) % CARDS;
        sentNanos[slot] = System.nanoTime();
        var move = new BoardModule.MoveCard("card-" + card, card % COLUMNS, sentNanos[slot]);
        workspace.tell(new Workspace.Ask(Call.of(WRITER, "move_card", move), self));
    }

    private Behavior<Outcome> answered(Outcome outcome) {
        switch (outcome) {
            case Outcome.Accepted _ -> {
                tally.commits().increment();
                tally.latencyMicros().recordValue((System.nanoTime() - sentNanos[oldest]) / 1_000);
            }
            case Outcome.Answered answered -> throw new IllegalStateException("no query was asked: " + answered);
            case Outcome.Refused _ -> tally.refused().increment();
        }
        send(oldest);
        oldest = (oldest + 1) % sentNanos.length;
        return Behaviors.same();
    }
}
