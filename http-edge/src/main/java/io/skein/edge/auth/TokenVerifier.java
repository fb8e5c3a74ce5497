package io.skein.edge.auth;

import java.util.concurrent.CompletionStage;

/**
 * Checks bearer tokens of one or more issuers. A stage, as another issuer's keys may have to be fetched first; called on an event
 * loop, so it must not block. Only bugs fail the stage: what is wrong with a token is a {@link Verification.Refused}.
 */
public interface TokenVerifier {
    CompletionStage<Verification> verify(String token);
}
