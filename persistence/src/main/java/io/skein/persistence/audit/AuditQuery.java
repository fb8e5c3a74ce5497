package io.skein.persistence.audit;

import io.skein.engine.audit.AuditKind;
import java.time.Instant;
import java.util.Optional;

/**
 * Which rows of the audit log, newest first.
 *
 * @param workspace of this one alone; empty text: those of no workspace; absent: all
 * @param before rows before this one, as {@link AuditLog.Page#next} says; absent: from the newest
 * @param since at this time or later
 * @param until before this time
 * @param limit so many at most, 1 or more
 */
public record AuditQuery(
        Optional<String> workspace,
        Optional<Long> before,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<AuditKind> kind,
        Optional<String> subject,
        int limit) {
    /** The page that begins before this row. */
    public AuditQuery before(long id) {
        return new AuditQuery(workspace, Optional.of(id), since, until, kind, subject, limit);
    }

    /** The newest of all. */
    public static AuditQuery newest(int limit) {
        return new AuditQuery(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                limit);
    }
}
