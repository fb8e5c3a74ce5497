package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.INVITES;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.PRESENCE;
import static io.skein.modules.studio.StudioTables.WORKSPACES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.Access;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Reducer;
import io.skein.engine.schema.Column;
import io.skein.modules.studio.PresenceReducers.UpdatePresence;
import io.skein.modules.studio.StudioTables.Invite;
import io.skein.modules.studio.StudioTables.Member;
import io.skein.modules.studio.StudioTables.Presence;
import io.skein.modules.studio.StudioTables.Workspace;
import io.skein.modules.studio.WorkspaceReducers.CreateInvite;
import io.skein.modules.studio.WorkspaceReducers.CreateWorkspace;
import io.skein.modules.studio.WorkspaceReducers.DeleteWorkspace;
import io.skein.modules.studio.WorkspaceReducers.JoinWorkspace;
import io.skein.modules.studio.WorkspaceReducers.RenameWorkspace;
import io.skein.modules.studio.WorkspaceReducers.RevokeInvite;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Workspaces, members, invitations and presence; and the names and orders that clients are built with. */
class WorkspacesTest {
    private final Studio studio = new Studio();

    private static String signature(String name, List<Column> columns) {
        return name + "(" + columns.stream().map(Column::name).collect(Collectors.joining(", ")) + ")";
    }

    /** BSATN goes by position: another order is another wire. */
    @Test
    void tables_haveTheirNamesAndColumnsInOrder() {
        ModuleSchema schema = studio.db.state().schema();
        List<String> tables = schema.rules().stream()
                .map(rule -> rule.table())
                .filter(table -> !table.name().startsWith("skein_"))
                .map(table -> signature(table.name(), table.shape().columns()))
                .toList();
        assertEquals(
                List.of(
                        "workspace(id, name, created_at, updated_at)",
                        "workspace_member(workspace_id, identity, display_name, role, joined_at)",
                        "workspace_invite(workspace_id, token_hash, created_at, revoked_at)",
                        "workflow(id, workspace_id, name, created_at, updated_at, last_modified_by)",
                        "workflow_node(workflow_id, node_id, type, position_json, data_json, updated_at, updated_by)",
                        "workflow_edge(workflow_id, edge_id, source, target, handles_json, data_json, updated_at,"
                                + " updated_by)",
                        "workflow_ui_state(workflow_id, ui_state_json)",
                        "brain_doc(id, workspace_id, title, content_json, created_at, updated_at, deleted_at)",
                        "brain_doc_version(doc_id, version_id, content_json, created_at)",
                        "brain_feedback(doc_id, identity, type, comment, created_at)",
                        "workflow_change_event(workflow_id, event_type, node_id, details, timestamp)",
                        "presence(workspace_id, workflow_id, identity, display_name, selected_node_id, last_seen_at)"),
                tables);
        assertEquals(
                List.of("workspace", "workflow", "workflow_ui_state", "brain_doc"),
                schema.rules().stream()
                        .map(rule -> rule.table())
                        .filter(table -> !table.name().startsWith("skein_")
                                && table.shape().hasKey())
                        .map(table -> table.name())
                        .toList());
    }

    @Test
    void reducers_haveTheirNamesAndArgumentsInOrder() {
        List<String> reducers = studio.db.state().schema().reducers().values().stream()
                .filter(reducer -> !reducer.internal() && !reducer.name().startsWith("skein_"))
                .map((Reducer<?> reducer) ->
                        signature(reducer.name(), reducer.args().columns()))
                .sorted()
                .toList();
        assertEquals(
                List.of(
                        "add_brain_feedback(doc_id, type, comment)",
                        "apply_workflow_ops(workflow_id, ops_json, display_name)",
                        "create_invite(workspace_id, token_hash)",
                        "create_workflow(id, workspace_id, name, display_name)",
                        "create_workspace(id, name, display_name)",
                        "delete_brain_doc(doc_id)",
                        "delete_workflow(workflow_id)",
                        "delete_workspace(workspace_id)",
                        "import_brain_doc(id, workspace_id, title, content_json, created_at, updated_at)",
                        "import_workflow_snapshot(workflow_id, workspace_id, name, nodes_json, edges_json,"
                                + " ui_state_json, created_at, updated_at, last_modified_by)",
                        "import_workspace(id, name, created_at, updated_at, display_name)",
                        "join_workspace(token_hash, display_name)",
                        "record_brain_view(doc_id)",
                        "rename_workflow(workflow_id, new_name)",
                        "rename_workspace(workspace_id, new_name)",
                        "restore_brain_doc_version(doc_id, version_id, snapshot_version_id)",
                        "revoke_invite(workspace_id, token_hash)",
                        "save_brain_doc(id, workspace_id, title, content_json, version_id)",
                        "update_presence(workspace_id, workflow_id, display_name, selected_node_id)",
                        "update_workflow_ui_state(workflow_id, ui_state_json)"),
                reducers);
        assertEquals(Access.PUBLIC_WRITE, studio.db.state().schema().access());
    }

    @Test
    void createWorkspace_makesTheSenderItsOwner() {
        String now = studio.now();
        studio.eve.accepted("create_workspace", new CreateWorkspace("s2", "Eve's", "Eve"));
        assertEquals(List.of(new Workspace("s2", "Eve's", now, now)), studio.eve.sees(WORKSPACES));
        assertEquals(List.of(new Member("s2", studio.eve.identity(), "Eve", "owner", now)), studio.eve.sees(MEMBERS));
        assertTrue(now.matches("2026-01-01T00:00:00\\.\\d{3}Z"), now);
    }

    @Test
    void createWorkspace_refusesIdsAndNames() {
        assertEquals("workspace_exists", reason("create_workspace", new CreateWorkspace("s1", "Again", "Eve")));
        assertEquals("invalid_id", reason("create_workspace", new CreateWorkspace(" ", "A", "Eve")));
        assertEquals("invalid_id", reason("create_workspace", new CreateWorkspace("x".repeat(257), "A", "Eve")));
        assertEquals("invalid_name", reason("create_workspace", new CreateWorkspace("s3", "", "Eve")));
        assertEquals("invalid_name", reason("create_workspace", new CreateWorkspace("s3", "x".repeat(201), "Eve")));
        assertEquals(
                "invalid_display_name", reason("create_workspace", new CreateWorkspace("s3", "A", "x".repeat(201))));
    }

    private String reason(String reducer, Record args) {
        return studio.eve.refused(reducer, args).reason();
    }

    @Test
    void memberships_areBounded() {
        for (int i = 0; i < WorkspaceReducers.MAX_MEMBERSHIPS; i++) {
            studio.eve.accepted("create_workspace", new CreateWorkspace("many-" + i, "Many", "Eve"));
        }
        assertEquals("too_many_workspaces", reason("create_workspace", new CreateWorkspace("s3", "A", "Eve")));
        assertEquals("too_many_workspaces", reason("join_workspace", new JoinWorkspace("hash-1", "Eve")));
    }

    @Test
    void renameWorkspace_isForMembers() {
        String now = studio.now();
        studio.bob.accepted("rename_workspace", new RenameWorkspace("s1", "Atelier"));
        Workspace renamed = studio.db.find(WORKSPACES, "s1").orElseThrow();
        assertEquals("Atelier", renamed.name());
        assertEquals(now, renamed.updatedAt());
        assertTrue(renamed.createdAt().compareTo(now) < 0);
        assertEquals("not_a_member", reason("rename_workspace", new RenameWorkspace("s1", "Mine")));
        assertEquals("workspace_missing", reason("rename_workspace", new RenameWorkspace("s9", "Mine")));
        assertEquals(
                "invalid_name",
                studio.bob
                        .refused("rename_workspace", new RenameWorkspace("s1", " "))
                        .reason());
    }

    @Test
    void invitations_letInUntilTheyAreRevoked() {
        studio.eve.accepted("join_workspace", new JoinWorkspace("hash-1", "Eve"));
        long members = studio.db.rows(MEMBERS).size();
        studio.eve.accepted("join_workspace", new JoinWorkspace("hash-1", "Eve again"));
        assertEquals(members, studio.db.rows(MEMBERS).size(), "who is a member already joins nothing");
        assertEquals(
                List.of("owner", "editor", "editor"),
                studio.db.rows(MEMBERS).stream().map(Member::role).toList());

        String now = studio.now();
        studio.bob.accepted("revoke_invite", new RevokeInvite("s1", "hash-1"));
        studio.bob.accepted("revoke_invite", new RevokeInvite("s1", "hash-1"));
        assertEquals(
                List.of(Optional.of(now)),
                studio.db.rows(INVITES).stream().map(Invite::revokedAt).toList());
        assertEquals(
                "invite_invalid",
                studio.db
                        .as("zoe")
                        .refused("join_workspace", new JoinWorkspace("hash-1", "Zoe"))
                        .reason());
    }

    @Test
    void invitations_areOfMembersAndUnique() {
        assertEquals("invite_invalid", reason("join_workspace", new JoinWorkspace("hash-9", "Eve")));
        assertEquals("not_a_member", reason("create_invite", new CreateInvite("s1", "hash-2")));
        assertEquals("not_a_member", reason("revoke_invite", new RevokeInvite("s1", "hash-1")));
        assertEquals("workspace_missing", reason("create_invite", new CreateInvite("s9", "hash-2")));
        assertEquals(
                "invite_exists",
                studio.bob
                        .refused("create_invite", new CreateInvite("s1", "hash-1"))
                        .reason());
        assertEquals(
                "invite_missing",
                studio.bob
                        .refused("revoke_invite", new RevokeInvite("s1", "hash-2"))
                        .reason());
        for (String hash : List.of("", "x".repeat(129))) {
            assertEquals(
                    "invalid_token_hash",
                    studio.bob
                            .refused("create_invite", new CreateInvite("s1", hash))
                            .reason());
        }
    }

    @Test
    void invitations_areBounded() {
        for (int i = 1; i < WorkspaceReducers.MAX_INVITES; i++) {
            studio.ann.accepted("create_invite", new CreateInvite("s1", "more-" + i));
        }
        assertEquals(
                "too_many_invites",
                studio.ann
                        .refused("create_invite", new CreateInvite("s1", "one-more"))
                        .reason());
    }

    @Test
    void deleteWorkspace_isTheOwners() {
        assertEquals("not_a_member", reason("delete_workspace", new DeleteWorkspace("s1")));
        assertEquals(
                "not_the_owner",
                studio.bob
                        .refused("delete_workspace", new DeleteWorkspace("s1"))
                        .reason());
        studio.ann.accepted("delete_workspace", new DeleteWorkspace("s1"));
        assertEquals("workspace_missing", reason("delete_workspace", new DeleteWorkspace("s1")));
        assertEquals("invite_invalid", reason("join_workspace", new JoinWorkspace("hash-1", "Eve")));
        studio.eve.accepted("create_workspace", new CreateWorkspace("s1", "Now Eve's", "Eve"));
        assertEquals(1, studio.db.rows(MEMBERS).size());
    }

    // ---- presence

    @Test
    void presence_isOneRowForEachWorkflowAndGoesWithTheSession() {
        studio.ann.accepted("update_presence", new UpdatePresence("s1", "w1", "Ann", Optional.empty()));
        studio.bob.accepted("update_presence", new UpdatePresence("s1", "w1", "Bob", Optional.empty()));
        String now = studio.now();
        studio.ann.accepted("update_presence", new UpdatePresence("s1", "w1", "Ann", Optional.of("a")));
        studio.ann.accepted("update_presence", new UpdatePresence("s1", "w2", "Ann", Optional.empty()));
        assertEquals(3, studio.db.rows(PRESENCE).size());
        assertTrue(studio.bob
                .sees(PRESENCE)
                .contains(new Presence("s1", "w1", studio.ann.identity(), "Ann", Optional.of("a"), now)));

        studio.ann.disconnect();
        assertEquals(
                List.of(studio.bob.identity()),
                studio.bob.sees(PRESENCE).stream().map(Presence::identity).toList());
        studio.eve.disconnect();
        assertEquals(1, studio.db.rows(PRESENCE).size());
    }

    @Test
    void presence_isOfMembersAndBounded() {
        assertEquals(
                "not_a_member", reason("update_presence", new UpdatePresence("s1", "w1", "Eve", Optional.empty())));
        assertEquals(
                "invalid_id",
                studio.bob
                        .refused("update_presence", new UpdatePresence("s1", "x".repeat(257), "Bob", Optional.empty()))
                        .reason());
        for (int i = 0; i < PresenceReducers.MAX_ROWS + 5; i++) {
            studio.bob.accepted("update_presence", new UpdatePresence("s1", "w" + i, "Bob", Optional.empty()));
        }
        assertEquals(PresenceReducers.MAX_ROWS, studio.db.rows(PRESENCE).size());
        assertTrue(studio.db.rows(PRESENCE).stream()
                .noneMatch(row -> row.workflowId().equals("w4")));
        assertTrue(studio.db.rows(PRESENCE).stream()
                .anyMatch(row -> row.workflowId().equals("w5")));
    }
}
