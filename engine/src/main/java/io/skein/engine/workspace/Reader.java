package io.skein.engine.workspace;

import io.skein.engine.Modules;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableRows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.jspecify.annotations.Nullable;

/** Reads a workspace's rows once, wherever the workspace is, answers, and is gone. */
public final class Reader {
    private final ActorContext<FromOwner> context;
    private final Inlet inlet;
    private final Consumer<Workspace.Command> region;
    private final Consumer<ReadAnswer> whenAnswered;
    private final List<TableRows> rows = new ArrayList<>();
    private Downstream.@Nullable Found found;

    private Reader(
            ActorContext<FromOwner> context,
            Modules modules,
            Consumer<Workspace.Command> region,
            Consumer<ReadAnswer> whenAnswered) {
        this.context = context;
        this.inlet = new Inlet(modules, context.getSystem());
        this.region = region;
        this.whenAnswered = whenAnswered;
    }

    /**
     * @param region sends to the workspace, wherever it is
     * @param patience after so long without anything from the owner nobody waits any more
     */
    public static Behavior<FromOwner> create(
            Identity viewer,
            List<Subscription> subscriptions,
            Modules modules,
            Consumer<Workspace.Command> region,
            Duration patience,
            Consumer<ReadAnswer> whenAnswered) {
        return Behaviors.setup(context -> {
            var reader = new Reader(context, modules, region, whenAnswered);
            long link = reader.inlet.begin();
            context.setReceiveTimeout(patience, new FromOwner.Lost(link));
            region.accept(new Workspace.Read(viewer, subscriptions, context.getSelf(), link));
            return Behaviors.receive(FromOwner.class).onAnyMessage(reader::hear).build();
        });
    }

    private Behavior<FromOwner> hear(FromOwner message) {
        Downstream heard = null;
        try {
            switch (message) {
                case FromOwner.Whole whole -> heard = inlet.hear(whole);
                case FromOwner.Part part -> heard = inlet.hear(part);
                case FromOwner.Check check -> inlet.hear(check);
                case FromOwner.Refused(var _, var refusal) -> {
                    return answer(new ReadAnswer.Refused(refusal));
                }
                case FromOwner.Lost _ -> {
                    return answer(unavailable());
                }
            }
        } catch (CorruptException e) {
            context.getLog().error("what a workspace's owner says cannot be read here", e);
            return answer(unavailable());
        }
        if (inlet.isLost()) {
            return answer(unavailable());
        }
        if (inlet.isOwing() || message instanceof FromOwner.Check) {
            inlet.acknowledge();
            region.accept(new Workspace.Check(context.getSelf(), inlet.link(), 0, inlet.received()));
        }
        return heard == null ? Behaviors.same() : take(heard);
    }

    private Behavior<FromOwner> take(Downstream heard) {
        if (heard instanceof Downstream.Found beginning) {
            found = beginning;
        }
        if (!(heard instanceof Downstream.SnapshotRows(var _, var piece, var last))) {
            return Behaviors.same();
        }
        Pieces.join(rows, piece);
        if (!last) {
            return Behaviors.same();
        }
        inlet.acknowledge();
        if (inlet.isRemote()) {
            region.accept(new Workspace.Check(context.getSelf(), inlet.link(), 0, inlet.received()));
        }
        var head = Objects.requireNonNull(found);
        return answer(new ReadAnswer.Found(head.about(), head.role(), head.seq(), head.hash(), rows));
    }

    private Behavior<FromOwner> answer(ReadAnswer answer) {
        whenAnswered.accept(answer);
        return Behaviors.stopped();
    }

    private static ReadAnswer unavailable() {
        return new ReadAnswer.Refused(
                Refusal.later(ErrorCode.UNAVAILABLE, "the workspace's owner is out of reach; ask again", 1_000));
    }
}
