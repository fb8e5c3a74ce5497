package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Lease;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import io.skein.persistence.auth.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The permits of all live sockets of a node, and of answers that take their time, by user and by the second in which they expire. So neither an expiry nor a revocation looks at
 * sockets that it does not concern, and none has a timer of its own: one a second looks at the seconds that have passed. Thread-safe.
 */
public final class Permits {
    private final RevokedTokens revoked;
    private final AuthMeters meters;
    private final Guard guard;
    private final Duration clockSkew;
    private final InstantSource clock;
    private final Map<Identity, Set<Permit>> byUser = new HashMap<>();
    private final SortedMap<Long, Set<Permit>> bySecond = new TreeMap<>();

    Permits(RevokedTokens revoked, AuthMeters meters, Guard guard, Duration clockSkew, InstantSource clock) {
        this.revoked = revoked;
        this.meters = meters;
        this.guard = guard;
        this.clockSkew = clockSkew;
        this.clock = clock;
    }

    /**
     * For a socket that has just opened.
     *
     * @param loop the socket's event loop
     * @param end told there, once, when the socket has to be closed and why: {@code unauthenticated} with reason {@code token_expired} or
     *     {@code token_revoked}; {@code rate_limited} with reason {@code too_many_connections}
     */
    public Permit open(Verified who, Executor loop, Consumer<Refusal> end) {
        Optional<Refusal> full = guard.opened(who.identity());
        if (full.isPresent()) {
            var none = new Permit(this, who, loop, end, _ -> {});
            none.end(full.get());
            return none;
        }
        return watched(new Permit(this, who, loop, end, permit -> {
            closed(permit);
            guard.closed(permit.identity());
        }));
    }

    /** For a request of somebody: what its answer rests on, where that takes its time. */
    public Lease lease(Verified who) {
        return (loop, cut) -> watched(new Permit(this, who, loop, cut, this::closed));
    }

    private Permit watched(Permit permit) {
        Verified who = permit.who();
        synchronized (this) {
            byUser.computeIfAbsent(who.identity(), _ -> new HashSet<>()).add(permit);
            bySecond.computeIfAbsent(who.expiresAt().getEpochSecond(), _ -> new HashSet<>())
                    .add(permit);
        }
        // It may have been revoked since it was checked. Whoever revokes adds first and looks for sockets then.
        endIfRevoked(permit);
        return permit;
    }

    private void endIfRevoked(Permit permit) {
        if (revoked.cover(permit.who())) {
            meters.countRevoked();
            permit.end(Refused.revocation());
        }
    }

    void renewed(Permit permit, Verified before) {
        synchronized (this) {
            remove(bySecond, before.expiresAt().getEpochSecond(), permit);
            bySecond.computeIfAbsent(permit.expiresAt().getEpochSecond(), _ -> new HashSet<>())
                    .add(permit);
        }
        meters.countRenewed();
        endIfRevoked(permit);
    }

    private synchronized void closed(Permit permit) {
        remove(byUser, permit.identity(), permit);
        remove(bySecond, permit.expiresAt().getEpochSecond(), permit);
    }

    private static <K> void remove(Map<K, Set<Permit>> map, K key, Permit permit) {
        Set<Permit> others = map.get(key);
        if (others != null && others.remove(permit) && others.isEmpty()) {
            map.remove(key);
        }
    }

    /** Ends what {@code revocation} is of. It is among the revoked already. */
    void revoked(Revocation revocation) {
        List<Permit> concerned;
        synchronized (this) {
            concerned = byUser.getOrDefault(revocation.identity(), Set.of()).stream()
                    .filter(permit -> RevokedTokens.covers(revocation, permit.who()))
                    .toList();
        }
        concerned.forEach(permit -> {
            meters.countRevoked();
            permit.end(Refused.revocation());
        });
    }

    /** Ends those whose token could not open a socket any more either: at its expiry and the skew of clocks. */
    void expire() {
        long second = clock.instant().minus(clockSkew).getEpochSecond();
        var expired = new ArrayList<Permit>();
        synchronized (this) {
            SortedMap<Long, Set<Permit>> passed = bySecond.headMap(second + 1);
            passed.values().forEach(expired::addAll);
            passed.clear();
        }
        expired.forEach(permit -> permit.expire(second));
    }

    AuthMeters meters() {
        return meters;
    }

    Instant now() {
        return clock.instant();
    }

    /** How many sockets are open. */
    synchronized int size() {
        return byUser.values().stream().mapToInt(Set::size).sum();
    }
}
