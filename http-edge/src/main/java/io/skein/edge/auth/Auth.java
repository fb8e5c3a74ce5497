package io.skein.edge.auth;

import io.skein.cluster.TrustedIssuer;
import io.skein.edge.guard.Guard;
import io.skein.edge.http.Router;
import io.skein.engine.meters.Meters;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.auth.RevocationTable;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/** Who comes, with what, and whether it still counts: everything of a node that has to do with tokens. */
public final class Auth implements AutoCloseable {
    private final Authenticator authenticator;
    private final TokenIssuer issuer;
    private final Revocations revocations;
    private final AuthTrail trail;
    private final AuthMeters meters;
    private final IdentityRoutes routes;

    private Auth(
            Authenticator authenticator,
            TokenIssuer issuer,
            Revocations revocations,
            AuthTrail trail,
            AuthMeters meters,
            IdentityRoutes routes) {
        this.authenticator = authenticator;
        this.issuer = issuer;
        this.revocations = revocations;
        this.trail = trail;
        this.meters = meters;
        this.routes = routes;
    }

    /**
     * Learns what is revoked, and goes on asking.
     *
     * @throws SQLException if the database does not tell
     */
    public static Auth start(AuthSettings settings, SigningKey key, DataSource database, Guard guard, Meters all)
            throws SQLException {
        InstantSource clock = InstantSource.system();
        var meters = new AuthMeters(all);
        var genuine = new GenuineTokens();
        var tickets = new Tickets(key, settings, clock);
        var issuer = new TokenIssuer(key, settings, clock, genuine);
        var own = new OwnTokenVerifier(key, settings, clock, genuine);
        var trail = new AuthTrail(new AuditLog(database), clock);
        trail.keys(settings.issuer(), List.of(key.id()));
        TokenVerifier verifier =
                settings.issuers().isEmpty() ? own : new EveryVerifier(own, others(settings, meters, trail, clock));
        Revocations revocations = Revocations.start(new RevocationTable(database), settings, meters, guard, clock);
        var authenticator = new Authenticator(
                settings, verifier, tickets, revocations, revocations.permits()::lease, guard, meters, clock);
        var routes = new IdentityRoutes(settings, authenticator, issuer, tickets, clock);
        return new Auth(authenticator, issuer, revocations, trail, meters, routes);
    }

    private static Map<String, TokenVerifier> others(
            AuthSettings settings, AuthMeters meters, AuthTrail trail, InstantSource clock) {
        return settings.issuers().stream().collect(Collectors.toMap(TrustedIssuer::issuer, other -> {
            var keys =
                    new IssuerKeys(other, IssuerKeys.Pace.USUAL, meters, ids -> trail.keys(other.issuer(), ids), clock);
            keys.warm();
            return new OtherTokenVerifier(other, keys, settings.claims(other, clock));
        }));
    }

    public void addTo(Router.Builder router) {
        routes.addTo(router);
    }

    public Authenticator authenticator() {
        return authenticator;
    }

    public TokenIssuer issuer() {
        return issuer;
    }

    public Revocations revocations() {
        return revocations;
    }

    /** What the audit log is told. */
    public AuthTrail trail() {
        return trail;
    }

    /** Of this node's sockets. */
    public Permits permits() {
        return revocations.permits();
    }

    public AuthMeters meters() {
        return meters;
    }

    /** What a node's health has to say. */
    public Optional<String> complaint() {
        return revocations.complaint();
    }

    @Override
    public void close() {
        revocations.close();
        trail.close();
    }
}
