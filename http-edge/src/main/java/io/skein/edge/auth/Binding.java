package io.skein.edge.auth;

import com.nimbusds.jwt.JWTClaimsSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;

/**
 * What a token is bound to beside its user: everything that a revocation may name. Who makes a token from another one hands this on, so that
 * no revocation of the older one misses the newer.
 *
 * @param tokenId the claim {@code jti}; empty: it has none
 * @param ancestors the ids of the tokens that it was made from
 * @param device the claim {@code device}; empty: of no device
 * @param session the claim {@code sid}; empty: of no session
 * @param since when the first of these tokens was issued; {@link Instant#EPOCH} where that is not said
 */
public record Binding(String tokenId, List<String> ancestors, String device, String session, Instant since) {
    /** So deep may tokens be made from tokens. */
    static final int MAX_ANCESTORS = 8;

    private static final String DEVICE = "device";
    private static final String SESSION = "sid";
    private static final String ANCESTORS = "ancestors";
    private static final String SINCE = "since";
    /** In a ticket, whose {@code jti} is its own. */
    private static final String TOKEN = "token_id";

    public Binding {
        ancestors = List.copyOf(ancestors);
    }

    /** Of a token that was made here. */
    static Binding ofOwn(JWTClaimsSet claims) {
        return read(claims, text(claims, "jti"));
    }

    /** Of a ticket, for the token behind it. */
    static Binding ofTicket(JWTClaimsSet claims) {
        return read(claims, text(claims, TOKEN));
    }

    private static Binding read(JWTClaimsSet claims, String tokenId) {
        Instant since = claims.getClaim(SINCE) instanceof Number seconds
                ? Instant.ofEpochSecond(seconds.longValue())
                : issued(claims);
        var ancestors = new ArrayList<String>();
        if (claims.getClaim(ANCESTORS) instanceof List<?> ids) ids.forEach(id -> ancestors.add(String.valueOf(id)));
        return new Binding(tokenId, ancestors, text(claims, DEVICE), text(claims, SESSION), since);
    }

    /** Of another issuer's token: what is ours to say it cannot say. */
    static Binding ofForeign(JWTClaimsSet claims) {
        return new Binding(text(claims, "jti"), List.of(), text(claims, DEVICE), text(claims, SESSION), issued(claims));
    }

    private static Instant issued(JWTClaimsSet claims) {
        Date issued = claims.getIssueTime();
        return issued == null ? Instant.EPOCH : issued.toInstant();
    }

    private static String text(JWTClaimsSet claims, String name) {
        return claims.getClaim(name) instanceof String text ? text : "";
    }

    /** Of somebody who has no token. */
    static Binding none(Instant since) {
        return new Binding("", List.of(), "", "", since);
    }

    /** Of a token that is made from one with this. */
    Binding child(String id, String childDevice, String childSession) {
        var line = new ArrayList<>(ancestors);
        if (!tokenId.isEmpty()) line.add(tokenId);
        return new Binding(id, line, childDevice, childSession, since);
    }

    /** Into a token's claims. */
    void addTo(JWTClaimsSet.Builder claims) {
        claims.jwtID(tokenId);
        addRest(claims);
    }

    /** Into a ticket's. */
    void addToTicket(JWTClaimsSet.Builder claims) {
        claims.claim(TOKEN, tokenId);
        addRest(claims);
    }

    private void addRest(JWTClaimsSet.Builder claims) {
        Map.of(DEVICE, device, SESSION, session).forEach((name, value) -> {
            if (!value.isEmpty()) claims.claim(name, value);
        });
        if (!ancestors.isEmpty()) claims.claim(ANCESTORS, ancestors);
        claims.claim(SINCE, since.getEpochSecond());
    }
}
