package io.skein.engine.audit;

import io.skein.engine.membership.Membership;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.membership.SystemTables.Invite;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.membership.SystemTables.Workspace;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a transaction changed about who may what (rule U1). It looks at rows and not at reducers: so nothing gets by it, whatever is called. */
public final class Audit {
    private final Transaction tx;
    private final Origin origin;
    private final Optional<Bytes> usedInvite;
    private final List<AuditEntry> entries = new ArrayList<>();

    private Audit(Transaction tx, Origin origin, int invites) {
        this.tx = tx;
        this.origin = origin;
        this.usedInvite = tx.ops().stream()
                .filter(op -> op.table() == invites && !op.isInsert() && !op.isDelete())
                .map(op -> (Bytes) op.key())
                .findFirst();
    }

    /** Whether operations on this table are looked at. */
    public static boolean concerns(ModuleSchema schema, int table) {
        return table == schema.ordinal(SystemTables.WORKSPACE)
                || table == schema.ordinal(SystemTables.MEMBER)
                || table == schema.ordinal(SystemTables.INVITE);
    }

    /** The entries of one transaction, in the order of its operations. */
    public static List<AuditEntry> entries(Committed committed, Origin origin) {
        ModuleSchema schema = committed.after().schema();
        var audit = new Audit(committed.transaction(), origin, schema.ordinal(SystemTables.INVITE));
        if (audit.tx.reducer().equals(Membership.DELETE)) {
            // One entry, however many went with it.
            audit.deleted(committed);
        } else {
            audit.tx.ops().stream().filter(op -> concerns(schema, op.table())).forEach(audit::follow);
        }
        return audit.entries;
    }

    private void deleted(Committed committed) {
        add(
                AuditKind.WORKSPACE_DELETED,
                "",
                "{\"members\":%d,\"invites\":%d}"
                        .formatted(
                                committed.before().in(SystemTables.MEMBER).size(),
                                committed.before().in(SystemTables.INVITE).size()));
    }

    private void follow(RowOp op) {
        Object row = op.after() == null ? op.before() : op.after();
        switch (row) {
            case Workspace after -> workspace((Workspace) op.before(), after);
            case Member member -> member(op, member);
            case Invite invite -> invite(op, invite);
            case null, default -> throw new IllegalStateException("a table without audit: " + op.table());
        }
    }

    private void workspace(@org.jspecify.annotations.Nullable Workspace before, Workspace after) {
        if (before == null) {
            add(
                    AuditKind.WORKSPACE_CREATED,
                    "",
                    "{\"access\":\"%s\"}".formatted(after.access().wire()));
            return;
        }
        if (before.access() != after.access()) {
            add(
                    AuditKind.ACCESS_CHANGED,
                    "",
                    fromTo(before.access().wire(), after.access().wire()));
        }
        if (!before.name().equals(after.name())) {
            add(AuditKind.WORKSPACE_RENAMED, "", "{}");
        }
    }

    private void member(RowOp op, Member member) {
        String who = member.identity().toString();
        String role = member.role().wire();
        if (op.isDelete()) {
            add(AuditKind.MEMBER_REMOVED, who, "{\"role\":\"%s\"}".formatted(role));
        } else if (op.before() instanceof Member before) {
            if (before.role() != member.role()) {
                add(AuditKind.ROLE_CHANGED, who, fromTo(before.role().wire(), role));
            }
        } else {
            String invite = usedInvite
                    .filter(_ -> tx.reducer().equals(Membership.JOIN))
                    .map(id -> ",\"invite\":\"" + id.toHex() + "\"")
                    .orElse("");
            add(AuditKind.MEMBER_ADDED, who, "{\"role\":\"%s\"%s}".formatted(role, invite));
        }
    }

    /** One that is used is told of by the member, and one that is dropped was of no use any more. */
    private void invite(RowOp op, Invite invite) {
        String id = invite.tokenHash().toHex();
        if (op.isInsert()) {
            String end = invite.expiresAt()
                    .map(time -> ",\"expires\":\"" + time + "\"")
                    .orElse("");
            add(
                    AuditKind.INVITE_CREATED,
                    id,
                    "{\"role\":\"%s\",\"uses\":%d%s}".formatted(invite.role().wire(), invite.usesLeft(), end));
        } else if (!op.isDelete()
                && invite.revokedAt().isPresent()
                && op.before() instanceof Invite before
                && before.revokedAt().isEmpty()) {
            add(AuditKind.INVITE_REVOKED, id, "{}");
        }
    }

    private static String fromTo(String from, String to) {
        return "{\"from\":\"%s\",\"to\":\"%s\"}".formatted(from, to);
    }

    private void add(AuditKind kind, String subject, String details) {
        entries.add(new AuditEntry(tx.seq(), tx.timeMicros(), kind, tx.sender(), subject, details, origin));
    }
}
