package io.skein.engine.membership;

import io.skein.engine.module.Access;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tables;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.state.HashChain;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/** The tables that every workspace has, whatever its module. */
public final class SystemTables {
    /**
     * The workspace itself: one row, from the first transaction on.
     *
     * @param epoch random id of this history, 32 hex digits
     * @param moduleVersion the version to which rows have been brought
     * @param deletedAt when it was deleted; the row stays, so that the id is not taken again
     */
    public record Workspace(
            @Key String id,
            String name,
            String module,
            int moduleVersion,
            Access access,
            String epoch,
            Identity createdBy,
            Instant createdAt,
            Optional<Instant> deletedAt) {
        private static final int EPOCH_BYTES = 16;

        /**
         * The same workspace in a database that was restored: no cursor of before counts there, so its epoch is another.
         *
         * @param incarnation of the database; empty where nothing was restored
         */
        public Workspace in(String incarnation) {
            return incarnation.isEmpty()
                    ? this
                    : new Workspace(
                            id,
                            name,
                            module,
                            moduleVersion,
                            access,
                            epochIn(incarnation),
                            createdBy,
                            createdAt,
                            deletedAt);
        }

        private String epochIn(String incarnation) {
            byte[] hash = HashChain.next(
                    incarnation.getBytes(StandardCharsets.US_ASCII), epoch.getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(hash, 0, EPOCH_BYTES);
        }

        Workspace renamed(String newName) {
            return new Workspace(id, newName, module, moduleVersion, access, epoch, createdBy, createdAt, deletedAt);
        }

        Workspace opened(Access newAccess) {
            return new Workspace(id, name, module, moduleVersion, newAccess, epoch, createdBy, createdAt, deletedAt);
        }

        Workspace migratedTo(int version) {
            return new Workspace(id, name, module, version, access, epoch, createdBy, createdAt, deletedAt);
        }

        Workspace deleted(Instant when) {
            return new Workspace(
                    id, name, module, moduleVersion, Access.PRIVATE, epoch, createdBy, createdAt, Optional.of(when));
        }
    }

    public record Member(@Key Identity identity, String displayName, Role role, Instant joinedAt) {}

    /**
     * An invitation. The token itself is known to its holder alone.
     *
     * @param tokenHash SHA-256 of the token's characters in ASCII
     * @param role what a redeemer becomes
     * @param usesLeft how often it can still be redeemed
     */
    public record Invite(
            @Key Bytes tokenHash,
            Role role,
            Identity createdBy,
            Instant createdAt,
            Optional<Instant> expiresAt,
            int usesLeft,
            Optional<Instant> revokedAt) {
        /** Whether somebody may join with it now. */
        public boolean isOpen(Instant now) {
            return usesLeft > 0
                    && revokedAt.isEmpty()
                    && expiresAt.map(end -> end.isAfter(now)).orElse(true);
        }
    }

    /**
     * A command to be called later.
     *
     * @param args canonical bytes of the arguments' record
     */
    public record Scheduled(@Key String id, Instant due, String reducer, Bytes args) {}

    /**
     * The latest import of rows: running, or ended.
     *
     * @param id tells it from others
     * @param moduleVersion of the module that wrote the rows
     * @param rows how many have come in
     * @param digest of them, see {@link Imports#digest}
     */
    public record Import(
            @Key String id,
            int moduleVersion,
            Identity startedBy,
            Instant startedAt,
            long rows,
            Bytes digest,
            Optional<Instant> finishedAt) {
        Import with(int more, Bytes newDigest) {
            return new Import(id, moduleVersion, startedBy, startedAt, rows + more, newDigest, finishedAt);
        }

        Import finished(Instant when) {
            return new Import(id, moduleVersion, startedBy, startedAt, rows, digest, Optional.of(when));
        }
    }

    public static final Table<Workspace> WORKSPACE = Table.of("skein_workspace", Workspace.class);
    public static final Table<Member> MEMBER = Table.of("skein_member", Member.class);
    public static final Table<Invite> INVITE = Table.of("skein_invite", Invite.class);
    public static final Table<Scheduled> SCHEDULE = Table.of("skein_schedule", Scheduled.class);
    public static final Table<Import> IMPORT = Table.of("skein_import", Import.class);

    private SystemTables() {}

    /** The workspace's row, unless it was never created or is deleted. */
    public static Optional<Workspace> workspace(Tables tables, String id) {
        return tables.in(WORKSPACE).find(id).filter(row -> row.deletedAt().isEmpty());
    }

    /** What somebody may do: the member's role, or what the access policy gives to strangers. */
    public static Role roleOf(Tables tables, String id, Identity identity) {
        return workspace(tables, id)
                .map(workspace -> roleIn(tables, workspace, identity))
                .orElse(Role.NONE);
    }

    /** The same in a workspace that is there. */
    public static Role roleIn(Tables tables, Workspace workspace, Identity identity) {
        return tables.in(MEMBER)
                .find(identity)
                .map(Member::role)
                .orElse(workspace.access().strangers());
    }
}
