package io.skein.engine.module;

/**
 * How many calls a workspace takes from identities that are not its members, which an open access policy lets in. Identities are cheap to
 * have, so there is a bound on each and one on all of them; over either the call is {@code rate_limited}. Kept by the workspace's owner in
 * memory: a workspace that has moved or slept begins anew.
 *
 * @param perSecond calls of one identity
 * @param burst of one identity at once
 * @param allPerSecond calls of all of them
 * @param allBurst of all of them at once
 */
public record StrangerLimit(int perSecond, int burst, int allPerSecond, int allBurst) {
    public StrangerLimit {
        if (perSecond < 1 || burst < 1 || allPerSecond < perSecond || allBurst < burst) {
            throw new IllegalArgumentException("each may call at least once, and all of them at least as often as one");
        }
    }
}
