package io.skein.cluster;

import java.time.Duration;

/**
 * How much one address, and one identity, may have of a node. What each one means stands in {@code reference.conf}.
 *
 * @param byAddress whether addresses are limited at all
 * @param connectionsOfAddress open at once; 0: without a bound
 * @param sessionsOfIdentity open at once; 0: without a bound
 * @param remembered addresses, and identities, that a pace is kept of
 * @param identitiesOfAddress that it is given
 * @param workspacesOfIdentity that it makes, rooms included
 * @param invitesOfAddress that it tries
 * @param invitesOfIdentity the same
 * @param tokensOfIdentity that it has made
 */
public record Limits(
        boolean byAddress,
        int connectionsOfAddress,
        int sessionsOfIdentity,
        int remembered,
        Pace identitiesOfAddress,
        Pace workspacesOfIdentity,
        Pace invitesOfAddress,
        Pace invitesOfIdentity,
        Pace tokensOfIdentity) {
    /**
     * A token bucket.
     *
     * @param atOnce its size; 0: without a bound
     * @param aMinute how many flow into it
     */
    public record Pace(int atOnce, int aMinute) {
        /** Until one more flows in. */
        public Duration interval() {
            return Duration.ofMinutes(1).dividedBy(aMinute);
        }
    }

    static Limits read(Section limits) {
        return new Limits(
                limits.flag("by-address"),
                limits.count("connections-of-address", 0, Integer.MAX_VALUE),
                limits.count("sessions-of-identity", 0, Integer.MAX_VALUE),
                limits.count("remembered", 1_000, 10_000_000),
                pace(limits.section("identities-of-address")),
                pace(limits.section("workspaces-of-identity")),
                pace(limits.section("invites-of-address")),
                pace(limits.section("invites-of-identity")),
                pace(limits.section("tokens-of-identity")));
    }

    private static Pace pace(Section pace) {
        return new Pace(
                pace.count("at-once", 0, 10_000_000), // nobody means more by a bound
                pace.count("a-minute", 1, 10_000_000));
    }
}
