package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Lease;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * What a live socket, or an answer that takes its time, is there by: a token (or the one behind its ticket), until that expires or is revoked, or another takes its place. {@link
 * Permits} has all of a node. Belongs to the socket's event loop, but for {@link #end}.
 */
public final class Permit implements Lease.Held {
    private final Permits permits;
    private final Executor loop;
    private final Consumer<Refusal> end;
    private volatile Verified who;
    private final Consumer<Permit> whenClosed;
    private boolean over;
    private boolean closed;

    Permit(Permits permits, Verified who, Executor loop, Consumer<Refusal> end, Consumer<Permit> whenClosed) {
        this.permits = permits;
        this.who = who;
        this.whenClosed = whenClosed;
        this.loop = loop;
        this.end = end;
    }

    public Identity identity() {
        return who.identity();
    }

    public Verified who() {
        return who;
    }

    /** Whether nothing that the client says counts any more. */
    public boolean isOver() {
        return over;
    }

    /** Why something is not allowed with this token; empty: it is. */
    public Optional<Refusal> lack(Scope needed) {
        Optional<Refusal> lack = who.scopes().lack(needed);
        lack.ifPresent(_ -> permits.meters().count(Failure.SCOPE));
        return lack;
    }

    /**
     * Puts a fresh token in the place of the one there was; rule K4. It has to be of the same user, device and session, and still allow what the
     * socket is there for.
     *
     * @return why not, and then it all stays as it was
     */
    public Optional<Refusal> renew(Verified next, Scope needed) {
        Verified before = who;
        if (over) {
            return Optional.of(Refused.expiry());
        }
        if (!next.identity().equals(before.identity())
                || !next.binding().device().equals(before.binding().device())
                || !next.binding().session().equals(before.binding().session())) {
            return Optional.of(new Refusal(
                    ErrorCode.FORBIDDEN,
                    "other_token",
                    "the token is of another user, device or session than this connection",
                    -1,
                    0));
        }
        Optional<Refusal> lack = next.scopes().lack(needed);
        if (lack.isEmpty()) {
            who = next;
            permits.renewed(this, before);
        }
        return lack;
    }

    /** What is left of the token's life, none if it has none left. */
    public Duration left() {
        Duration left = Duration.between(permits.now(), who.expiresAt());
        return left.isNegative() ? Duration.ZERO : left;
    }

    Instant expiresAt() {
        return who.expiresAt();
    }

    /** From any thread: the socket is told so, and nothing else of it counts. */
    void end(Refusal why) {
        loop.execute(() -> {
            if (!over) {
                over = true;
                end.accept(why);
            }
        });
    }

    /** The same, unless a fresh token has come that lives on after this second. */
    void expire(long second) {
        loop.execute(() -> {
            if (!over && who.expiresAt().getEpochSecond() <= second) {
                over = true;
                permits.meters().countExpired();
                end.accept(Refused.expiry());
            }
        });
    }

    /** The socket is closed, or the answer sent. */
    @Override
    public void close() {
        over = true;
        if (!closed) {
            closed = true;
            whenClosed.accept(this);
        }
    }
}
