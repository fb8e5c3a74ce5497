package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Verified;
import io.skein.engine.schema.Identity;
import io.skein.persistence.auth.Revocation;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The revocations that this node knows of. Asked for every token; that is a look at one map. Thread-safe. */
final class RevokedTokens {
    /** What is revoked of one user. Never changed once it is in the map. */
    private record OfOne(Instant allUntil, Instant allExpires, Map<String, Instant> expiry) {
        static final OfOne NOTHING = new OfOne(Instant.MIN, Instant.MIN, Map.of());

        OfOne with(Revocation revocation) {
            if (revocation.kind() == Revocation.Kind.ALL) {
                return new OfOne(
                        later(allUntil, revocation.issuedUntil()), later(allExpires, revocation.expiresAt()), expiry);
            }
            var more = new HashMap<>(expiry);
            more.merge(key(revocation.kind(), revocation.value()), revocation.expiresAt(), OfOne::later);
            return new OfOne(allUntil, allExpires, Map.copyOf(more));
        }

        private static Instant later(Instant one, Instant other) {
            return one.isAfter(other) ? one : other;
        }

        OfOne at(Instant now) {
            var rest = new HashMap<>(expiry);
            rest.values().removeIf(end -> !end.isAfter(now));
            boolean all = allExpires.isAfter(now);
            return new OfOne(all ? allUntil : Instant.MIN, all ? allExpires : Instant.MIN, Map.copyOf(rest));
        }

        int size() {
            return expiry.size() + (allExpires.equals(Instant.MIN) ? 0 : 1);
        }

        boolean cover(Binding binding) {
            return !binding.since().isAfter(allUntil)
                    || has(Revocation.Kind.TOKEN, binding.tokenId())
                    || binding.ancestors().stream().anyMatch(id -> has(Revocation.Kind.TOKEN, id))
                    || has(Revocation.Kind.SESSION, binding.session())
                    || has(Revocation.Kind.DEVICE, binding.device());
        }

        private boolean has(Revocation.Kind kind, String value) {
            return !value.isEmpty() && expiry.containsKey(key(kind, value));
        }

        private static String key(Revocation.Kind kind, String value) {
            return kind.wire() + ":" + value;
        }
    }

    private final Map<Identity, OfOne> revoked = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();

    void add(Revocation revocation) {
        revoked.compute(revocation.identity(), (_, known) -> {
            OfOne before = known == null ? OfOne.NOTHING : known;
            OfOne after = before.with(revocation);
            size.addAndGet(after.size() - before.size());
            return after;
        });
    }

    boolean cover(Verified who) {
        if (revoked.isEmpty()) return false; // saves the identity's hash
        OfOne known = revoked.get(who.identity());
        return known != null && known.cover(who.binding());
    }

    /** Lets go of what has expired. */
    void forget(Instant now) {
        for (Identity identity : revoked.keySet()) {
            revoked.computeIfPresent(identity, (_, known) -> {
                OfOne rest = known.at(now);
                size.addAndGet(rest.size() - known.size());
                return rest.size() == 0 ? null : rest;
            });
        }
    }

    /** How many there are. */
    int size() {
        return size.get();
    }

    /** Whether {@code revocation} is of this token. */
    static boolean covers(Revocation revocation, Verified who) {
        return OfOne.NOTHING.with(revocation).cover(who.binding());
    }
}
