package io.skein.edge.guard;

import io.skein.cluster.Limits;
import io.skein.cluster.Limits.Pace;
import io.skein.engine.membership.Membership;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Call;
import io.skein.engine.schema.Identity;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Bounds what one address and one identity may have of this node, where no membership does (rules G1 and G2). Every wire asks here. Whoever is over a
 * limit is told {@code rate_limited}, and counted. Thread-safe.
 */
public final class Guard {
    /** The reason of who has too many connections or sessions open. */
    public static final String TOO_MANY = "too_many_connections";

    private static final Duration PLACE_RETRY = Duration.ofSeconds(5);

    /** What is limited. Each is counted by itself. */
    private enum Limit {
        CONNECTIONS_OF_ADDRESS("this address has all the connections it may have"),
        SESSIONS_OF_IDENTITY("you have all the sessions you may have"),
        IDENTITIES_OF_ADDRESS("this address asks for too many identities"),
        WORKSPACES_OF_IDENTITY("you make too many workspaces"),
        INVITES_OF_ADDRESS("this address tries too many invitations"),
        INVITES_OF_IDENTITY("you try too many invitations"),
        TOKENS_OF_IDENTITY("you have too many tokens made");

        private final String sentence;

        Limit(String sentence) {
            this.sentence = sentence;
        }
    }

    private final boolean byAddress;
    private final Turnstile<Address> connections;
    private final Turnstile<Identity> sessions;
    private final Pacer<Address> identities;
    private final Pacer<Identity> workspaces;
    private final Pacer<Address> invitesOfAddress;
    private final Pacer<Identity> invitesOfIdentity;
    private final Pacer<Identity> tokens;
    private final Map<Limit, Meter.Counter> counters = new EnumMap<>(Limit.class);

    public Guard(Limits limits, Meters meters) {
        this(limits, meters, System::nanoTime);
    }

    /** @param nanoTime a clock that never goes back */
    Guard(Limits limits, Meters meters, LongSupplier nanoTime) {
        int remembered = limits.remembered();
        byAddress = limits.byAddress();
        connections = new Turnstile<>(limits.connectionsOfAddress());
        sessions = new Turnstile<>(limits.sessionsOfIdentity());
        identities = new Pacer<>(limits.identitiesOfAddress(), remembered, nanoTime);
        workspaces = new Pacer<>(limits.workspacesOfIdentity(), remembered, nanoTime);
        invitesOfAddress = new Pacer<>(limits.invitesOfAddress(), remembered, nanoTime);
        invitesOfIdentity = new Pacer<>(limits.invitesOfIdentity(), remembered, nanoTime);
        tokens = new Pacer<>(limits.tokensOfIdentity(), remembered, nanoTime);
        for (Limit limit : Limit.values()) {
            counters.put(
                    limit,
                    meters.counter(
                            "skein_limited_total",
                            "What was refused because one address or one identity had or did too much; see"
                                    + " skein.limits.",
                            new Meter.Label("limit", limit.name().toLowerCase(Locale.ROOT))));
        }
    }

    /** One that bounds nothing. */
    public static Guard none() {
        var endless = new Pace(0, 1);
        return new Guard(new Limits(false, 0, 0, 1_000, endless, endless, endless, endless, endless), new Meters());
    }

    // ---- places

    /** One more connection; why not, or it has a place that it has to {@linkplain #disconnected give back}. */
    public Optional<Refusal> connected(Address address) {
        return !byAddress || connections.enter(address) ? Optional.empty() : full(Limit.CONNECTIONS_OF_ADDRESS);
    }

    public void disconnected(Address address) {
        if (byAddress) connections.leave(address);
    }

    /** One more session; why not, or it has a place that it has to {@linkplain #closed give back}. */
    public Optional<Refusal> opened(Identity identity) {
        return sessions.enter(identity) ? Optional.empty() : full(Limit.SESSIONS_OF_IDENTITY);
    }

    public void closed(Identity identity) {
        sessions.leave(identity);
    }

    private Optional<Refusal> full(Limit limit) {
        return Optional.of(refused(limit, TOO_MANY, PLACE_RETRY.toMillis()));
    }

    // ---- paces

    /** A new anonymous identity. */
    public Optional<Refusal> newIdentity(Address address) {
        return byAddress ? take(identities, address, Limit.IDENTITIES_OF_ADDRESS) : Optional.empty();
    }

    /** A new workspace, or room. */
    public Optional<Refusal> newWorkspace(Identity maker) {
        return take(workspaces, maker, Limit.WORKSPACES_OF_IDENTITY);
    }

    /** A token made from another one. */
    public Optional<Refusal> newToken(Identity user) {
        return take(tokens, user, Limit.TOKENS_OF_IDENTITY);
    }

    /** A look at an invitation, which tells as much as redeeming it does. */
    public Optional<Refusal> invitation(Address address, Identity guest) {
        Optional<Refusal> ofAddress =
                byAddress ? take(invitesOfAddress, address, Limit.INVITES_OF_ADDRESS) : Optional.empty();
        return ofAddress.or(() -> take(invitesOfIdentity, guest, Limit.INVITES_OF_IDENTITY));
    }

    /** A call on its way to its workspace: of those, who is no member yet may redeem an invitation. */
    public Optional<Refusal> call(Address address, Call call) {
        return call.reducer().equals(Membership.JOIN) ? invitation(address, call.sender()) : Optional.empty();
    }

    private <K> Optional<Refusal> take(Pacer<K> pacer, K who, Limit limit) {
        OptionalLong wait = pacer.take(who);
        return wait.isEmpty() ? Optional.empty() : Optional.of(refused(limit, "", wait.getAsLong()));
    }

    private Refusal refused(Limit limit, String reason, long retryAfterMillis) {
        Objects.requireNonNull(counters.get(limit)).increment();
        return new Refusal(ErrorCode.RATE_LIMITED, reason, limit.sentence, -1, retryAfterMillis);
    }
}
