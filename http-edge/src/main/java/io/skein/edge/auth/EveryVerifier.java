package io.skein.edge.auth;

import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Gives each token to who knows its issuer. What it says of that is believed by nobody before its signature is checked. */
final class EveryVerifier implements TokenVerifier {
    private final TokenVerifier own;
    private final Map<String, TokenVerifier> others;

    EveryVerifier(TokenVerifier own, Map<String, TokenVerifier> others) {
        this.own = own;
        this.others = Map.copyOf(others);
    }

    @Override
    public CompletionStage<Verification> verify(String token) {
        return others.getOrDefault(issuer(token), own).verify(token);
    }

    /** Empty: there is none to be seen, and our own verifier says what is wrong. */
    private static String issuer(String token) {
        if (token.length() > OwnTokenVerifier.MAX_TOKEN_CHARS) return "";
        try {
            String issuer = JWTParser.parse(token).getJWTClaimsSet().getIssuer();
            return issuer == null ? "" : issuer;
        } catch (ParseException _) {
            return "";
        }
    }
}
