package io.skein.edge.auth;

import io.skein.edge.http.Problem;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.schema.Identity;
import java.time.Instant;
import java.util.Map;

/** What came of checking a token or ticket. */
public sealed interface Verification {
    /**
     * It is genuine, in time, and meant for us.
     *
     * @param issuer who vouches
     * @param subject for whom
     * @param expiresAt until when
     * @param claims everything the token says
     */
    record Verified(String issuer, String subject, Instant expiresAt, Map<String, Object> claims)
            implements Verification {
        /** The one place where a token becomes an identity. */
        public Identity identity() {
            return Identity.of(issuer, subject);
        }
    }

    /** It is not, and this says in what. */
    record Refused(Problem problem) implements Verification {
        static Refused because(String detail) {
            return new Refused(Problem.of(ErrorCode.UNAUTHENTICATED, detail));
        }
    }
}
