package io.skein.edge.auth;

import java.util.Locale;

/** In what somebody failed to show who they are, or that they may. Each is counted by itself. */
public enum Failure {
    MISSING("Requests with neither a token nor a ticket."),
    MALFORMED("Texts that are no token, and headers that hold none."),
    SIGNATURE("Tokens with a wrong signature, or of a key or an algorithm that is not known here."),
    ISSUER("Tokens of an issuer that is not trusted."),
    AUDIENCE("Tokens that are meant for somebody else."),
    EXPIRED("Tokens that have expired."),
    NOT_YET_VALID("Tokens that are not valid yet."),
    CLAIMS("Tokens that lack what every token must say, or live too long."),
    REVOKED("Tokens and tickets that were revoked."),
    TICKET("Tickets that are none, have expired or were used before."),
    SCOPE("Requests that the token's scopes do not include."),
    UNKNOWABLE("Requests refused because keys or revocations could not be asked for, or too many came at once.");

    private final String help;

    Failure(String help) {
        this.help = help;
    }

    String help() {
        return help;
    }

    /** Of its counter. */
    String meter() {
        return "skein_auth_failures_" + name().toLowerCase(Locale.ROOT) + "_total";
    }
}
