package io.skein.edge.api;

import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.view.Audience;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What somebody may know of the past (rule M2). Admins and owners see it with the role they have now. Everybody else sees what they could have
 * been told at the time and could still be told: with the lesser of the role they had then and the one they have now, strangers that the
 * access policy lets in likewise. Otherwise an invitation would also show what was deleted before it, and opening a workspace to the
 * public everything it ever held. A module's rules about rows look at the rows as they were.
 */
final class Past {
    private final Semaphore states;
    private final long retryAfterMillis;

    /**
     * @param states past states that may be in memory at once
     * @param retryAfter what one too many is advised
     */
    Past(int states, Duration retryAfter) {
        this.states = new Semaphore(states);
        this.retryAfterMillis = retryAfter.toMillis();
    }

    /** Whether a role reaches back to before its holder had it. */
    static boolean seesAll(Role now) {
        return now.atLeast(Role.ADMIN);
    }

    /** Who somebody was in a past state; empty for nobody who may look. */
    static Optional<Audience> audience(WorkspaceState state, Identity viewer, Role now) {
        Role role = now;
        if (!seesAll(now)) {
            Role then = SystemTables.roleOf(state, state.workspace(), viewer);
            role = then.atLeast(now) ? now : then;
        }
        return role == Role.NONE ? Optional.empty() : Optional.of(Audience.of(state.schema(), viewer, role));
    }

    /**
     * A place for one past state; fails with {@code overloaded} if there is none.
     *
     * @return gives the place back, however often it is run
     */
    Runnable place() {
        return places(1);
    }

    /** The same for so many at once. */
    Runnable places(int count) {
        if (!states.tryAcquire(count)) {
            throw new ProblemException(Problem.of(Refusal.later(
                    ErrorCode.OVERLOADED, "too many past states are being read at once", retryAfterMillis)));
        }
        var held = new AtomicBoolean(true);
        return () -> {
            if (held.getAndSet(false)) {
                states.release(count);
            }
        };
    }
}
