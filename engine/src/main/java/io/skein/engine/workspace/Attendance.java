package io.skein.engine.workspace;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.presence.FromBoard;
import io.skein.engine.presence.Mode;
import io.skein.engine.presence.PresenceAnswer;
import io.skein.engine.presence.PresenceBoard;
import io.skein.engine.presence.PresenceSettings;
import io.skein.engine.presence.Update;
import io.skein.engine.state.WorkspaceState;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/** The workspace's board of who is here: made when the first relay looks for it, and again should it fail. Belongs to the workspace. */
final class Attendance {
    private final ActorContext<Workspace.Command> context;
    private final PresenceSettings settings;
    private final Function<Runnable, Workspace.Command> later;
    private @Nullable ActorRef<PresenceBoard.Command> board;
    private int boards;

    /** @param later a message that runs something in the workspace */
    Attendance(
            ActorContext<Workspace.Command> context,
            PresenceSettings settings,
            Function<Runnable, Workspace.Command> later) {
        this.context = context;
        this.settings = settings;
        this.later = later;
    }

    /** A relay looks for the board. */
    void find(Live present, ActorRef<FromBoard> relay) {
        if (board == null) {
            Duration tick = present.durable().schema().presence().tick().orElse(settings.tick());
            board = context.spawn(
                    PresenceBoard.create(settings, Math.toIntExact(tick.toMillis())), "presence-" + ++boards);
            context.watchWith(board, later.apply(() -> board = null));
        }
        board.tell(new PresenceBoard.Meet(relay));
    }

    /** Answers who is here, as far as the viewer may know. */
    void who(Live present, Workspace.WhoIsHere question) {
        WorkspaceState state = present.durable();
        Role role = SystemTables.roleOf(state, state.workspace(), question.viewer());
        if (role == Role.NONE) {
            question.replyTo()
                    .tell(new PresenceAnswer.Refused(
                            Refusal.of(ErrorCode.FORBIDDEN, "you are not a member of this workspace")));
        } else if (board == null) {
            question.replyTo()
                    .tell(new PresenceAnswer.Here(new Update(0, true, Mode.LIST, 0, 0, 0, List.of(), List.of())));
        } else {
            boolean byName = role.atLeast(state.schema().presence().listFor());
            board.tell(new PresenceBoard.Ask(byName, question.replyTo()));
        }
    }
}
