package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.EDITOR;
import static io.skein.modules.studio.StudioTables.INVITES;
import static io.skein.modules.studio.StudioTables.INVITES_OF;
import static io.skein.modules.studio.StudioTables.INVITE_OF_TOKEN;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.MEMBERSHIPS;
import static io.skein.modules.studio.StudioTables.MEMBERS_OF;
import static io.skein.modules.studio.StudioTables.OWNER;
import static io.skein.modules.studio.StudioTables.WORKSPACES;

import io.skein.engine.module.Tx;
import io.skein.modules.studio.StudioTables.Invite;
import io.skein.modules.studio.StudioTables.Member;
import io.skein.modules.studio.StudioTables.Workspace;
import java.util.Optional;

/** Workspaces, and who is a member of them. */
public final class WorkspaceReducers {
    public record CreateWorkspace(String id, String name, String displayName) {}

    public record RenameWorkspace(String workspaceId, String newName) {}

    public record DeleteWorkspace(String workspaceId) {}

    public record CreateInvite(String workspaceId, String tokenHash) {}

    public record RevokeInvite(String workspaceId, String tokenHash) {}

    public record JoinWorkspace(String tokenHash, String displayName) {}

    /** Workspaces that one identity is a member of. */
    static final int MAX_MEMBERSHIPS = 1_000;

    /** Invitations of one workspace, revoked ones included. */
    static final int MAX_INVITES = 1_000;

    private static final int MAX_TOKEN_HASH = 128;

    private WorkspaceReducers() {}

    static void createWorkspace(Tx tx, CreateWorkspace in) {
        if (tx.in(WORKSPACES).find(in.id()).isPresent()) {
            throw tx.reject("workspace_exists", "there is a workspace " + in.id());
        }
        String now = Guards.now(tx);
        found(tx, new Workspace(in.id(), in.name(), now, now), in.displayName());
    }

    /** Makes the sender the owner of a new workspace. */
    static void found(Tx tx, Workspace workspace, String displayName) {
        Guards.requireId(tx, "id", workspace.id());
        Guards.requireName(tx, workspace.name());
        tx.require(
                tx.in(MEMBERS).where(MEMBERS_OF, workspace.id()).isEmpty(),
                "workspace_being_removed",
                "the workspace that had this id is still being removed; try again");
        tx.in(WORKSPACES).insert(workspace);
        enter(tx, workspace.id(), displayName, OWNER);
    }

    private static void enter(Tx tx, String workspaceId, String displayName, String role) {
        Guards.requireDisplayName(tx, displayName);
        tx.require(
                tx.in(MEMBERS).where(MEMBERSHIPS, tx.sender()).size() < MAX_MEMBERSHIPS,
                "too_many_workspaces",
                "you are a member of " + MAX_MEMBERSHIPS + " workspaces here, which is the most");
        tx.in(MEMBERS).insert(new Member(workspaceId, tx.sender(), displayName, role, Guards.now(tx)));
    }

    static void renameWorkspace(Tx tx, RenameWorkspace in) {
        Workspace old = Guards.workspace(tx, in.workspaceId());
        Guards.requireName(tx, in.newName());
        tx.in(WORKSPACES).update(new Workspace(old.id(), in.newName(), old.createdAt(), Guards.now(tx)));
    }

    static void deleteWorkspace(Tx tx, DeleteWorkspace in) {
        Guards.workspace(tx, in.workspaceId());
        tx.require(
                Guards.membership(tx, in.workspaceId()).role().equals(OWNER),
                "not_the_owner",
                "only its owner deletes a workspace");
        tx.in(WORKSPACES).delete(in.workspaceId());
        Removal.ofWorkspace(tx, in.workspaceId());
    }

    // ---- invitations

    static void createInvite(Tx tx, CreateInvite in) {
        Guards.workspace(tx, in.workspaceId());
        tx.require(
                !in.tokenHash().isBlank() && in.tokenHash().length() <= MAX_TOKEN_HASH,
                "invalid_token_hash",
                "a token hash has 1 to " + MAX_TOKEN_HASH + " characters");
        tx.require(
                tx.in(INVITES).where(INVITE_OF_TOKEN, in.tokenHash()).isEmpty(),
                "invite_exists",
                "there is an invitation with this token already");
        tx.require(
                tx.in(INVITES).where(INVITES_OF, in.workspaceId()).size() < MAX_INVITES,
                "too_many_invites",
                "a workspace has at most " + MAX_INVITES + " invitations");
        tx.in(INVITES).insert(new Invite(in.workspaceId(), in.tokenHash(), Guards.now(tx), Optional.empty()));
    }

    /** The row stays, so that the token is not used for another invitation. */
    static void revokeInvite(Tx tx, RevokeInvite in) {
        Guards.workspace(tx, in.workspaceId());
        Invite invite = tx.in(INVITES).where(INVITE_OF_TOKEN, in.tokenHash()).stream()
                .filter(each -> each.workspaceId().equals(in.workspaceId()))
                .findFirst()
                .orElseThrow(() -> tx.reject("invite_missing", "there is no such invitation"));
        if (invite.revokedAt().isEmpty()) {
            tx.in(INVITES).delete(invite);
            tx.in(INVITES)
                    .insert(new Invite(
                            invite.workspaceId(), invite.tokenHash(), invite.createdAt(), Optional.of(Guards.now(tx))));
        }
    }

    static void joinWorkspace(Tx tx, JoinWorkspace in) {
        Invite invite = tx.in(INVITES).where(INVITE_OF_TOKEN, in.tokenHash()).stream()
                .filter(each -> each.revokedAt().isEmpty())
                // While a large workspace is being removed, there may be invitations left.
                .filter(each -> tx.in(WORKSPACES).find(each.workspaceId()).isPresent())
                .findFirst()
                .orElseThrow(() -> tx.reject("invite_invalid", "the invitation is unknown or revoked"));
        if (!StudioVisibility.isMember(tx, tx.sender(), invite.workspaceId())) {
            enter(tx, invite.workspaceId(), in.displayName(), EDITOR);
        }
    }
}
