package io.skein.edge.auth;

import java.util.Locale;

/** In what somebody failed to show who they are, or that they may. Each is counted by itself. */
public enum Failure {
    /** Requests with neither a token nor a ticket. */
    MISSING,
    /** Texts that are no token, and headers that hold none. */
    MALFORMED,
    /** Tokens with a wrong signature, or of a key or an algorithm that is not known here. */
    SIGNATURE,
    /** Tokens of an issuer that is not trusted. */
    ISSUER,
    /** Tokens that are meant for somebody else. */
    AUDIENCE,
    /** Tokens that have expired. */
    EXPIRED,
    /** Tokens that are not valid yet. */
    NOT_YET_VALID,
    /** Tokens that lack what every token must say, or live too long. */
    CLAIMS,
    /** Tokens and tickets that were revoked. */
    REVOKED,
    /** Tickets that are none, have expired or were used before. */
    TICKET,
    /** Requests that the token's scopes do not include. */
    SCOPE,
    /** Requests refused because keys or revocations could not be asked for, or too many came at once. */
    UNKNOWABLE;

    /** As its counter is labelled. */
    String kind() {
        return name().toLowerCase(Locale.ROOT);
    }
}
