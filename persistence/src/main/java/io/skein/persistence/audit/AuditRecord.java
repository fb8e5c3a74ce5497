package io.skein.persistence.audit;

import io.skein.engine.audit.AuditKind;
import io.skein.engine.audit.Origin;
import io.skein.engine.schema.Identity;
import java.time.Instant;
import java.util.Optional;

/**
 * A row of the audit log.
 *
 * @param workspace empty for what is of no workspace
 * @param seq of the transaction; 0 where none made it
 * @param actor empty for a node itself
 * @param subject on whom or what; see {@link AuditKind}
 * @param details a JSON object
 */
public record AuditRecord(
        Instant at,
        String workspace,
        long seq,
        AuditKind kind,
        Optional<Identity> actor,
        String subject,
        String details,
        Origin origin) {
    /** One that no transaction of a workspace made. */
    public static AuditRecord ofInstallation(
            Instant at, AuditKind kind, Optional<Identity> actor, String subject, String details, Origin origin) {
        return new AuditRecord(at, "", 0, kind, actor, subject, details, origin);
    }
}
