package io.skein.engine.workspace;

import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.state.WorkspaceState;
import java.time.Instant;
import java.util.Optional;

/** What an invitation is to, for who has its token and thinks about it. */
public sealed interface InviteAnswer {
    /**
     * It can be redeemed now.
     *
     * @param name of the workspace
     * @param role what who joins becomes
     */
    record Open(String name, String module, Role role, Optional<Instant> expiresAt, int usesLeft)
            implements InviteAnswer {}

    record Refused(Refusal refusal) implements InviteAnswer {}

    /** What is said of a token; no more to who has none than what they would be refused with if they tried to join. */
    static InviteAnswer of(WorkspaceState state, String token, Instant now) {
        var about = SystemTables.workspace(state, state.workspace());
        var invite =
                state.in(SystemTables.INVITE).find(Membership.tokenHash(token)).filter(found -> found.isOpen(now));
        if (about.isEmpty() || invite.isEmpty()) {
            return new Refused(Refusal.rejected(Membership.INVITE_INVALID, Membership.INVITE_INVALID_MESSAGE));
        }
        return new Open(
                about.get().name(),
                about.get().module(),
                invite.get().role(),
                invite.get().expiresAt(),
                invite.get().usesLeft());
    }
}
