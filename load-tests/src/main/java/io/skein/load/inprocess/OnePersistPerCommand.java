package io.skein.load.inprocess;

import io.skein.engine.journal.Group;
import io.skein.engine.schema.Bytes;
import io.skein.engine.workspace.GroupCommitted;
import java.util.List;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;

/**
 * The reference for group commit: the same journal and the same bytes for each command, but every command is a persist of its own, as the
 * guides show it. It decides and publishes nothing.
 */
final class OnePersistPerCommand extends EventSourcedBehavior<ActorRef<Done>, GroupCommitted, Long> {
    /** What one moved card takes in the journal. */
    private static final int BYTES = 150;

    private OnePersistPerCommand(String id) {
        super(PersistenceId.ofUniqueId(id));
    }

    static Behavior<ActorRef<Done>> create(String id) {
        return Behaviors.setup(_ -> new OnePersistPerCommand(id));
    }

    @Override
    public Long emptyState() {
        return 0L;
    }

    @Override
    public CommandHandler<ActorRef<Done>, GroupCommitted, Long> commandHandler() {
        return (seq, replyTo) -> Effect()
                .persist(GroupCommitted.stored(
                        new Group("board", 1, seq + 1, List.of(new byte[BYTES]), Bytes.of(new byte[32]), List.of())))
                .thenRun(_ -> replyTo.tell(Done.done()));
    }

    @Override
    public EventHandler<Long, GroupCommitted> eventHandler() {
        return (seq, _) -> seq + 1;
    }

    /** Keeps calls in flight to such an entity. */
    static Behavior<Done> driver(String id, int inFlight, Driver.Tally tally) {
        return Behaviors.setup(context -> {
            ActorRef<ActorRef<Done>> entity = context.spawn(create(id), "entity");
            for (int i = 0; i < inFlight; i++) {
                entity.tell(context.getSelf());
            }
            return Behaviors.receiveMessage(_ -> {
                tally.commits().increment();
                entity.tell(context.getSelf());
                return Behaviors.same();
            });
        });
    }
}
