package io.skein.edge.auth;

import io.skein.edge.guard.Address;
import io.skein.edge.http.Problem;
import io.skein.engine.audit.Origin;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.schema.Identity;
import java.time.Instant;

/** What came of checking a token or ticket. */
public sealed interface Verification {
    /**
     * It is genuine, in time, and meant for us.
     *
     * @param issuer who vouches for the user
     * @param subject for whom
     * @param expiresAt until when
     * @param binding what else it is bound to
     * @param scopes what it may be used for
     */
    record Verified(String issuer, String subject, Instant expiresAt, Binding binding, Scopes scopes)
            implements Verification {
        /** The one place where a token becomes an identity. */
        public Identity identity() {
            return Identity.of(issuer, subject);
        }

        /** What the audit log says of what is done with it by somebody who comes from there. */
        public Origin origin(Address from) {
            return new Origin(binding.tokenId(), binding.session(), binding.device(), from.text());
        }
    }

    /** It is not, and this says in what. */
    record Refused(Failure failure, Problem problem) implements Verification {
        /** The reason of whoever comes with, or has come with, a token that has expired. */
        public static final String EXPIRED = "token_expired";
        /** The same for one that was revoked. */
        static final String REVOKED = "token_revoked";

        static Refused because(Failure failure, String detail) {
            return new Refused(failure, Problem.of(ErrorCode.UNAUTHENTICATED, detail));
        }

        static Refused expired() {
            return new Refused(Failure.EXPIRED, Problem.of(expiry()));
        }

        static Refused revoked() {
            return new Refused(Failure.REVOKED, Problem.of(revocation()));
        }

        static Refusal expiry() {
            return new Refusal(ErrorCode.UNAUTHENTICATED, EXPIRED, "the token has expired", -1, 0);
        }

        static Refusal revocation() {
            return new Refusal(ErrorCode.UNAUTHENTICATED, REVOKED, "the token was revoked", -1, 0);
        }
    }
}
