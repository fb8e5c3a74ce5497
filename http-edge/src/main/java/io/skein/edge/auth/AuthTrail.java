package io.skein.edge.auth;

import io.skein.edge.auth.Verification.Verified;
import io.skein.edge.guard.Address;
import io.skein.engine.audit.AuditKind;
import io.skein.engine.audit.Origin;
import io.skein.engine.schema.RecordJson;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditRecord;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the audit log is told of tokens and keys (rule U2); revocations are told in their own transaction. Anonymous identities of the development
 * mode are not: anybody gets any number of them.
 */
public final class AuthTrail implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AuthTrail.class);
    private static final int WRITERS = 16;
    private static final Duration WRITE_RETRY = Duration.ofSeconds(1);

    /** @param scopes empty: everything that the user may */
    private record Made(String expires, String device, String session, List<String> scopes) {}

    private record Keys(List<String> keys) {}

    private final AuditLog log;
    private final InstantSource clock;
    private final Readers writers = new Readers("skein-auth-trail", WRITERS, WRITE_RETRY);

    AuthTrail(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * Says that a token was made from another, before anybody has it.
     *
     * @param address where whoever asked for it comes from
     * @return refused: {@code overloaded}, {@code unavailable}; then nobody may get it
     */
    public CompletableFuture<Answer<Verified>> made(Verified from, Address address, Verified made) {
        var details = new Made(
                made.expiresAt().toString(),
                made.binding().device(),
                made.binding().session(),
                made.scopes().words());
        var row = AuditRecord.ofInstallation(
                clock.instant(),
                AuditKind.TOKEN_MADE,
                Optional.of(from.identity()),
                made.binding().tokenId(),
                RecordJson.of(details).text(),
                from.origin(address));
        return writers.start(_ -> {
            log.append(row);
            return new Answer.Found<>(made);
        });
    }

    /** Says which keys an issuer signs with, where that is not what was last said. Waits for the database, and fails for nobody. */
    void keys(String issuer, Collection<String> ids) {
        try {
            log.appendIfNew(AuditRecord.ofInstallation(
                    clock.instant(),
                    AuditKind.KEYS_CHANGED,
                    Optional.empty(),
                    issuer,
                    RecordJson.of(new Keys(ids.stream().sorted().toList())).text(),
                    Origin.NONE));
        } catch (SQLException | RuntimeException e) {
            LOG.warn("the audit log was not told which keys {} has", issuer, e);
        }
    }

    @Override
    public void close() {
        writers.close();
    }
}
