package io.skein.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.skein.edge.auth.Verification.Refused;
import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.http.Problem;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.text.ParseException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import javax.crypto.SecretKey;

/**
 * Socket tickets: what a browser puts into a WebSocket's URL, as it cannot send a header there. URLs end up in logs, so a ticket
 * lives a minute and opens one socket on a node. Signed with HMAC under a secret derived from the signing key: any node of the
 * cluster can check it, none takes it for a token, and a thousand clients that return at once cost next to nothing.
 */
public final class Tickets {
    private static final String TOKEN_EXPIRY = "token_exp";
    private static final long FULL_RETRY_MILLIS = 5_000;

    private final AuthSettings settings;
    private final InstantSource clock;
    private final UsedTickets used;
    private final JWSHeader header;
    private final JWSSigner signer;
    private final JWSVerifier verifier;

    public Tickets(SigningKey key, AuthSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        // A ticket from a node whose clock is ahead of ours lives longer here.
        this.used = new UsedTickets(
                settings.maxUsedTickets(), settings.ticketLifetime().plus(settings.clockSkew()));
        this.header = new JWSHeader.Builder(JWSAlgorithm.HS256)
                .type(new JOSEObjectType("skein-ticket+jwt"))
                .build();
        SecretKey secret = key.derive("skein socket ticket");
        try {
            this.signer = new MACSigner(secret);
            this.verifier = new MACVerifier(secret);
        } catch (JOSEException e) {
            throw new IllegalStateException("256 bits are a key for HS256", e);
        }
    }

    /** A ticket for whoever has shown a token. */
    public String issue(Verified holder) {
        var claims = new JWTClaimsSet.Builder()
                .issuer(holder.issuer())
                .subject(holder.subject())
                .claim(TOKEN_EXPIRY, holder.expiresAt().getEpochSecond())
                .expirationTime(Date.from(clock.instant().plus(settings.ticketLifetime())))
                .jwtID(Randoms.hex128());
        holder.binding().addToTicket(claims);
        String scope = holder.scopes().claim();
        if (!scope.isEmpty()) claims.claim("scope", scope);
        SignedJWT ticket = new SignedJWT(header, claims.build());
        try {
            ticket.sign(signer);
        } catch (JOSEException e) {
            throw new IllegalStateException("a secret that signed at start does not sign now", e);
        }
        return ticket.serialize();
    }

    /** Takes a ticket: its holder, with the expiry of the token behind it; or what is wrong. */
    public Verification redeem(String ticket) {
        try {
            SignedJWT parsed = SignedJWT.parse(ticket);
            if (!header.getAlgorithm().equals(parsed.getHeader().getAlgorithm())
                    || !header.getType().equals(parsed.getHeader().getType())
                    || !parsed.verify(verifier)) {
                return Refused.because(Failure.TICKET, "this is no ticket of ours");
            }
            return take(parsed.getJWTClaimsSet());
        } catch (ParseException | JOSEException e) {
            return Refused.because(Failure.TICKET, "this is no ticket of ours");
        }
    }

    /** The claims are as we wrote them: the signature says so. */
    private Verification take(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        // Whole seconds in the claim: the last one counts in full, as it was cut down to it.
        if (now.isAfter(claims.getExpirationTime().toInstant()))
            return Refused.because(Failure.TICKET, "the ticket has expired");
        return switch (used.use(claims.getJWTID(), now)) {
            case FIRST ->
                new Verified(
                        claims.getIssuer(),
                        claims.getSubject(),
                        Instant.ofEpochSecond(claims.getLongClaim(TOKEN_EXPIRY)),
                        Binding.ofTicket(claims),
                        Scopes.ofClaim(claims.getClaim("scope")));
            case AGAIN -> Refused.because(Failure.TICKET, "the ticket was used before");
            case FULL ->
                new Refused(
                        Failure.UNKNOWABLE,
                        Problem.of(Refusal.later(
                                ErrorCode.OVERLOADED,
                                "too many sockets open at once on this node",
                                FULL_RETRY_MILLIS)));
        };
    }
}
