package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.DOCS_OF;
import static io.skein.modules.studio.StudioTables.EDGES;
import static io.skein.modules.studio.StudioTables.EDGES_OF;
import static io.skein.modules.studio.StudioTables.EVENTS;
import static io.skein.modules.studio.StudioTables.EVENTS_OF;
import static io.skein.modules.studio.StudioTables.FEEDBACK;
import static io.skein.modules.studio.StudioTables.FEEDBACK_ON;
import static io.skein.modules.studio.StudioTables.INVITES;
import static io.skein.modules.studio.StudioTables.INVITES_OF;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.MEMBERS_OF;
import static io.skein.modules.studio.StudioTables.NODES;
import static io.skein.modules.studio.StudioTables.NODES_OF;
import static io.skein.modules.studio.StudioTables.PRESENCE;
import static io.skein.modules.studio.StudioTables.PRESENCE_OF;
import static io.skein.modules.studio.StudioTables.UI_STATES;
import static io.skein.modules.studio.StudioTables.UI_STATE_OF;
import static io.skein.modules.studio.StudioTables.VERSIONS;
import static io.skein.modules.studio.StudioTables.VERSIONS_OF;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKFLOWS_OF;
import static io.skein.modules.studio.StudioTables.WORKSPACES;

import io.skein.engine.module.Access;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.BrainDocVersion;
import io.skein.modules.studio.StudioTables.BrainFeedback;
import io.skein.modules.studio.StudioTables.ChangeEvent;
import io.skein.modules.studio.StudioTables.Edge;
import io.skein.modules.studio.StudioTables.Invite;
import io.skein.modules.studio.StudioTables.Member;
import io.skein.modules.studio.StudioTables.Node;
import io.skein.modules.studio.StudioTables.Presence;
import io.skein.modules.studio.StudioTables.UiState;
import io.skein.modules.studio.StudioTables.Workflow;

/**
 * The workspace mode of a visual workflow editor. One Skein workspace holds any number of the studio's own workspaces (one is recommended), each
 * with members who came by invitation; whoever is signed in may make one. Tables are in {@link StudioTables}.
 */
public final class StudioModule implements Module {
    @Override
    public void define(Definition module) {
        module.name("studio").version(1).access(Access.PUBLIC_WRITE);
        tables(module);
        workspaces(module);
        workflows(module);
        documents(module);
        imports(module);
        module.onDisconnect(PresenceReducers::clear);
    }

    private static void tables(Definition module) {
        StudioVisibility.workspaces(module, WORKSPACES);
        StudioVisibility.ofWorkspace(module, MEMBERS, Member::workspaceId, MEMBERS_OF);
        StudioVisibility.ofWorkspace(module, INVITES, Invite::workspaceId, INVITES_OF);
        StudioVisibility.ofWorkspace(module, WORKFLOWS, Workflow::workspaceId, WORKFLOWS_OF);
        StudioVisibility.ofWorkflow(module, NODES, Node::workflowId, NODES_OF);
        StudioVisibility.ofWorkflow(module, EDGES, Edge::workflowId, EDGES_OF);
        StudioVisibility.ofWorkflow(module, UI_STATES, UiState::workflowId, UI_STATE_OF);
        StudioVisibility.ofWorkspace(module, DOCS, BrainDoc::workspaceId, DOCS_OF);
        StudioVisibility.ofDoc(module, VERSIONS, BrainDocVersion::docId, VERSIONS_OF);
        StudioVisibility.ofDoc(module, FEEDBACK, BrainFeedback::docId, FEEDBACK_ON);
        StudioVisibility.ofWorkflow(module, EVENTS, ChangeEvent::workflowId, EVENTS_OF);
        StudioVisibility.ofWorkspace(module, PRESENCE, Presence::workspaceId, PRESENCE_OF);
    }

    private static void workspaces(Definition module) {
        module.reducer(
                "create_workspace",
                WorkspaceReducers.CreateWorkspace.class,
                Role.EDITOR,
                WorkspaceReducers::createWorkspace);
        module.reducer(
                "rename_workspace",
                WorkspaceReducers.RenameWorkspace.class,
                Role.EDITOR,
                WorkspaceReducers::renameWorkspace);
        module.reducer(
                "delete_workspace",
                WorkspaceReducers.DeleteWorkspace.class,
                Role.EDITOR,
                WorkspaceReducers::deleteWorkspace);
        module.internal(Removal.GO_ON, Removal.GoOn.class, Removal::goOn);
        module.reducer(
                "create_invite", WorkspaceReducers.CreateInvite.class, Role.EDITOR, WorkspaceReducers::createInvite);
        module.reducer(
                "revoke_invite", WorkspaceReducers.RevokeInvite.class, Role.EDITOR, WorkspaceReducers::revokeInvite);
        module.reducer(
                "join_workspace", WorkspaceReducers.JoinWorkspace.class, Role.EDITOR, WorkspaceReducers::joinWorkspace);
        module.reducer("update_presence", PresenceReducers.UpdatePresence.class, Role.EDITOR, PresenceReducers::update);
    }

    private static void workflows(Definition module) {
        module.reducer(
                "create_workflow",
                WorkflowReducers.CreateWorkflow.class,
                Role.EDITOR,
                WorkflowReducers::createWorkflow);
        module.reducer(
                "rename_workflow",
                WorkflowReducers.RenameWorkflow.class,
                Role.EDITOR,
                WorkflowReducers::renameWorkflow);
        module.reducer(
                "delete_workflow",
                WorkflowReducers.DeleteWorkflow.class,
                Role.EDITOR,
                WorkflowReducers::deleteWorkflow);
        module.reducer(
                "apply_workflow_ops",
                WorkflowReducers.ApplyWorkflowOps.class,
                Role.EDITOR,
                WorkflowReducers::applyWorkflowOps);
        module.reducer(
                "update_workflow_ui_state",
                WorkflowReducers.UpdateWorkflowUiState.class,
                Role.EDITOR,
                WorkflowReducers::updateWorkflowUiState);
    }

    private static void documents(Definition module) {
        module.reducer("save_brain_doc", BrainReducers.SaveBrainDoc.class, Role.EDITOR, BrainReducers::save);
        module.reducer("delete_brain_doc", BrainReducers.DeleteBrainDoc.class, Role.EDITOR, BrainReducers::delete);
        module.reducer(
                "record_brain_view", BrainReducers.RecordBrainView.class, Role.EDITOR, BrainReducers::recordView);
        module.reducer(
                "add_brain_feedback", BrainReducers.AddBrainFeedback.class, Role.EDITOR, BrainReducers::addFeedback);
        module.reducer(
                "restore_brain_doc_version",
                BrainReducers.RestoreBrainDocVersion.class,
                Role.EDITOR,
                BrainReducers::restoreVersion);
    }

    private static void imports(Definition module) {
        module.reducer(
                "import_workspace", ImportReducers.ImportWorkspace.class, Role.EDITOR, ImportReducers::importWorkspace);
        module.reducer(
                "import_workflow_snapshot",
                ImportReducers.ImportWorkflowSnapshot.class,
                Role.EDITOR,
                ImportReducers::importWorkflowSnapshot);
        module.reducer(
                "import_brain_doc", ImportReducers.ImportBrainDoc.class, Role.EDITOR, ImportReducers::importBrainDoc);
    }
}
