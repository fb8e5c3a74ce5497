package io.skein.engine.membership;

import static io.skein.engine.membership.SystemTables.INVITE;
import static io.skein.engine.membership.SystemTables.MEMBER;
import static io.skein.engine.membership.SystemTables.SCHEDULE;
import static io.skein.engine.membership.SystemTables.WORKSPACE;

import io.skein.engine.membership.SystemTables.Invite;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.membership.SystemTables.Workspace;
import io.skein.engine.module.Access;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Identity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;

/** The reducers that every workspace has: its own life, its members, its invitations. */
public final class Membership {
    public static final String CREATE = "skein_create";
    public static final String RENAME = "skein_rename";
    /** Renames and opens in one transaction. */
    public static final String CHANGE = "skein_change";

    public static final String DELETE = "skein_delete";
    public static final String SET_ACCESS = "skein_set_access";
    public static final String CREATE_INVITE = "skein_create_invite";
    public static final String REVOKE_INVITE = "skein_revoke_invite";
    public static final String JOIN = "skein_join";
    public static final String LEAVE = "skein_leave";
    public static final String SET_ROLE = "skein_set_role";
    public static final String REMOVE_MEMBER = "skein_remove_member";
    /** Drops a scheduled command that its reducer refused. */
    public static final String FORGET_SCHEDULED = "skein_forget_scheduled";
    /** Runs a module's migration. */
    public static final String MIGRATE = "skein_migrate";

    /** Why nobody joins with a token that is good for nothing. */
    public static final String INVITE_INVALID = "invite_invalid";

    public static final String INVITE_INVALID_MESSAGE = "the invitation is unknown, used up, expired or revoked";

    /** Invitations that a workspace keeps at once, expired and revoked ones included. */
    static final int MAX_INVITES = 1_000;

    private static final int MAX_NAME = 200;

    /** @param epoch 32 hex digits, random */
    public record Create(
            String name, String module, int moduleVersion, Access access, String epoch, String displayName) {}

    public record Rename(String name) {}

    public record SetAccess(Access access) {}

    /** What is empty stays as it is. Access is the owners' to change. */
    public record Change(Optional<String> name, Optional<Access> access) {}

    /** @param tokenHash SHA-256 of the token, whose 128 or more random bits only the caller knows */
    public record CreateInvite(
            Bytes tokenHash,
            Role role,
            Optional<Instant> expiresAt,
            @Default("1") int uses) {}

    public record RevokeInvite(Bytes tokenHash) {}

    public record Join(String token, @Default("") String displayName) {}

    public record SetRole(Identity identity, Role role) {}

    public record RemoveMember(Identity identity) {}

    public record ForgetScheduled(String id) {}

    /** @param toVersion the module's version now */
    public record Migrate(int fromVersion, int toVersion) {}

    private Membership() {}

    /** Adds the system tables and reducers to a module's definition. */
    public static void define(Definition definition, Module module) {
        definition.system(system -> {
            system.internal(MIGRATE, Migrate.class, (tx, in) -> migrate(tx, in, module));
            system.table(WORKSPACE);
            system.table(MEMBER);
            system.table(INVITE).readableBy(Role.ADMIN);
            system.table(SCHEDULE).readableBy(Role.ADMIN);
            Imports.define(system, module);
            system.internal(CREATE, Create.class, Membership::create);
            system.internal(
                    FORGET_SCHEDULED,
                    ForgetScheduled.class,
                    (tx, in) -> tx.in(SCHEDULE).delete(in.id()));
            system.reducer(RENAME, Rename.class, Role.ADMIN, Membership::rename);
            system.reducer(DELETE, Role.OWNER, Membership::delete);
            system.reducer(
                    SET_ACCESS,
                    SetAccess.class,
                    Role.OWNER,
                    (tx, in) -> tx.in(WORKSPACE).update(workspace(tx).opened(in.access())));
            system.reducer(CHANGE, Change.class, Role.ADMIN, Membership::change);
            system.reducer(CREATE_INVITE, CreateInvite.class, Role.ADMIN, Membership::createInvite);
            system.reducer(REVOKE_INVITE, RevokeInvite.class, Role.ADMIN, Membership::revokeInvite);
            system.reducer(JOIN, Join.class, Role.NONE, Membership::join);
            system.reducer(LEAVE, Role.NONE, tx -> remove(tx, tx.sender()));
            system.reducer(SET_ROLE, SetRole.class, Role.ADMIN, Membership::setRole);
            system.reducer(REMOVE_MEMBER, RemoveMember.class, Role.ADMIN, Membership::removeMember);
        });
    }

    /** SHA-256 of a token's characters, as invitations store it. */
    public static Bytes tokenHash(String token) {
        try {
            return Bytes.of(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static void create(Tx tx, Create in) {
        tx.require(tx.in(WORKSPACE).find(tx.workspace()).isEmpty(), "workspace_exists");
        requireName(tx, in.name());
        tx.in(WORKSPACE)
                .insert(new Workspace(
                        tx.workspace(),
                        in.name(),
                        in.module(),
                        in.moduleVersion(),
                        in.access(),
                        in.epoch(),
                        tx.sender(),
                        tx.time(),
                        Optional.empty()));
        tx.in(MEMBER).insert(new Member(tx.sender(), in.displayName(), Role.OWNER, tx.time()));
    }

    private static void migrate(Tx tx, Migrate in, Module module) {
        module.migrate(in.fromVersion(), tx);
        Workspace old = workspace(tx);
        tx.in(WORKSPACE).update(old.migratedTo(in.toVersion()));
    }

    private static Workspace workspace(Tx tx) {
        return tx.in(WORKSPACE)
                .find(tx.workspace())
                .orElseThrow(() -> tx.reject("workspace_missing", "no such workspace"));
    }

    private static void rename(Tx tx, Rename in) {
        requireName(tx, in.name());
        tx.in(WORKSPACE).update(workspace(tx).renamed(in.name()));
    }

    private static void change(Tx tx, Change in) {
        in.name().ifPresent(name -> rename(tx, new Rename(name)));
        in.access().ifPresent(access -> {
            if (tx.role() != Role.OWNER) {
                throw new Rejection(Refusal.of(ErrorCode.FORBIDDEN, "only an owner changes who has access"));
            }
            tx.in(WORKSPACE).update(workspace(tx).opened(access));
        });
    }

    private static void requireName(Tx tx, String name) {
        tx.require(
                !name.isBlank() && name.length() <= MAX_NAME,
                "invalid_name",
                "a name has 1 to " + MAX_NAME + " characters");
    }

    private static void delete(Tx tx) {
        tx.in(WORKSPACE).update(workspace(tx).deleted(tx.time()));
        tx.in(MEMBER).all().forEach(member -> tx.in(MEMBER).delete(member.identity()));
        tx.in(INVITE).all().forEach(invite -> tx.in(INVITE).delete(invite.tokenHash()));
        tx.in(SCHEDULE).all().forEach(scheduled -> tx.in(SCHEDULE).delete(scheduled.id()));
    }

    private static void createInvite(Tx tx, CreateInvite in) {
        tx.require(in.tokenHash().length() == 32, "invalid_token_hash", "a token hash is a SHA-256 of 32 bytes");
        tx.require(in.uses() >= 1 && in.uses() <= 100_000, "invalid_uses", "an invitation has 1 to 100,000 uses");
        requireMayGrant(tx, in.role());
        dropDeadInvites(tx);
        tx.require(
                tx.in(INVITE).size() < MAX_INVITES,
                "too_many_invites",
                "a workspace has at most " + MAX_INVITES + " invitations; revoke some");
        tx.in(INVITE)
                .insert(new Invite(
                        in.tokenHash(),
                        in.role(),
                        tx.sender(),
                        tx.time(),
                        in.expiresAt(),
                        in.uses(),
                        Optional.empty()));
    }

    /** Room is made only where it is short, so that a list of invitations still shows what became of recent ones. */
    private static void dropDeadInvites(Tx tx) {
        if (tx.in(INVITE).size() >= MAX_INVITES) {
            tx.in(INVITE).all().stream()
                    .filter(invite -> !invite.isOpen(tx.time()))
                    .forEach(invite -> tx.in(INVITE).delete(invite.tokenHash()));
        }
    }

    private static void revokeInvite(Tx tx, RevokeInvite in) {
        Invite invite =
                tx.in(INVITE).find(in.tokenHash()).orElseThrow(() -> tx.reject("invite_missing", "no such invitation"));
        if (invite.revokedAt().isEmpty()) {
            tx.in(INVITE).update(withUse(invite, invite.usesLeft(), Optional.of(tx.time())));
        }
    }

    private static Invite withUse(Invite invite, int usesLeft, Optional<Instant> revokedAt) {
        return new Invite(
                invite.tokenHash(),
                invite.role(),
                invite.createdBy(),
                invite.createdAt(),
                invite.expiresAt(),
                usesLeft,
                revokedAt);
    }

    private static void join(Tx tx, Join in) {
        Invite invite = tx.in(INVITE)
                .find(tokenHash(in.token()))
                .filter(candidate -> candidate.isOpen(tx.time()))
                .orElseThrow(() -> tx.reject(INVITE_INVALID, INVITE_INVALID_MESSAGE));
        var member = tx.in(MEMBER).find(tx.sender());
        if (member.isPresent()) {
            return;
        }
        tx.require(in.displayName().length() <= MAX_NAME, "invalid_name", "a display name is too long");
        tx.in(INVITE).update(withUse(invite, invite.usesLeft() - 1, Optional.empty()));
        tx.in(MEMBER).insert(new Member(tx.sender(), in.displayName(), invite.role(), tx.time()));
    }

    private static void setRole(Tx tx, SetRole in) {
        Member member = member(tx, in.identity());
        tx.require(in.role() != Role.NONE, "invalid_role", "to take all rights away, remove the member");
        requireMayGrant(tx, in.role());
        requireAbove(tx, member);
        requireOwnerRemains(tx, member, in.role());
        tx.in(MEMBER).update(new Member(member.identity(), member.displayName(), in.role(), member.joinedAt()));
    }

    private static void removeMember(Tx tx, RemoveMember in) {
        requireAbove(tx, member(tx, in.identity()));
        remove(tx, in.identity());
    }

    private static void remove(Tx tx, Identity identity) {
        Member member = member(tx, identity);
        requireOwnerRemains(tx, member, Role.NONE);
        tx.in(MEMBER).delete(identity);
    }

    private static Member member(Tx tx, Identity identity) {
        return tx.in(MEMBER).find(identity).orElseThrow(() -> tx.reject("member_missing", "no such member"));
    }

    /** Owners may do anything; admins act on, and grant, what is below admin. */
    private static void requireAbove(Tx tx, Member member) {
        tx.require(
                tx.role() == Role.OWNER
                        || !member.role().atLeast(Role.ADMIN)
                        || member.identity().equals(tx.sender()),
                "role_too_high",
                "only an owner changes an admin or an owner");
    }

    private static void requireMayGrant(Tx tx, Role role) {
        tx.require(role != Role.NONE, "invalid_role", "an invitation or member has a role");
        tx.require(
                tx.role() == Role.OWNER || !role.atLeast(Role.ADMIN),
                "role_too_high",
                "only an owner makes admins and owners");
    }

    private static void requireOwnerRemains(Tx tx, Member changed, Role next) {
        boolean other = next == Role.OWNER
                || changed.role() != Role.OWNER
                || tx.in(MEMBER).all().stream()
                        .anyMatch(member -> member.role() == Role.OWNER
                                && !member.identity().equals(changed.identity()));
        tx.require(other, "last_owner", "a workspace keeps at least one owner");
    }
}
