package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.UI_STATES;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;

import io.skein.engine.module.Tx;
import io.skein.modules.studio.StudioTables.UiState;
import io.skein.modules.studio.StudioTables.Workflow;

/** Workflows and what is in them. */
public final class WorkflowReducers {
    public record CreateWorkflow(String id, String workspaceId, String name, String displayName) {}

    public record RenameWorkflow(String workflowId, String newName) {}

    public record DeleteWorkflow(String workflowId) {}

    /** @param opsJson see {@link GraphOps} */
    public record ApplyWorkflowOps(String workflowId, String opsJson, String displayName) {}

    public record UpdateWorkflowUiState(String workflowId, String uiStateJson) {}

    private WorkflowReducers() {}

    static void createWorkflow(Tx tx, CreateWorkflow in) {
        Guards.workspace(tx, in.workspaceId());
        if (tx.in(WORKFLOWS).find(in.id()).isPresent()) {
            throw tx.reject("workflow_exists", "there is a workflow " + in.id());
        }
        String now = Guards.now(tx);
        add(tx, new Workflow(in.id(), in.workspaceId(), in.name(), now, now, in.displayName()));
    }

    static void add(Tx tx, Workflow workflow) {
        Guards.requireId(tx, "id", workflow.id());
        Guards.requireName(tx, workflow.name());
        Guards.requireDisplayName(tx, workflow.lastModifiedBy());
        tx.in(WORKFLOWS).insert(workflow);
    }

    static void renameWorkflow(Tx tx, RenameWorkflow in) {
        Workflow old = Guards.workflow(tx, in.workflowId());
        Guards.requireName(tx, in.newName());
        tx.in(WORKFLOWS)
                .update(new Workflow(
                        old.id(),
                        old.workspaceId(),
                        in.newName(),
                        old.createdAt(),
                        Guards.now(tx),
                        old.lastModifiedBy()));
    }

    static void deleteWorkflow(Tx tx, DeleteWorkflow in) {
        Removal.ofWorkflow(tx, Guards.workflow(tx, in.workflowId()));
    }

    static void applyWorkflowOps(Tx tx, ApplyWorkflowOps in) {
        Workflow old = Guards.workflow(tx, in.workflowId());
        Guards.requireDisplayName(tx, in.displayName());
        new GraphOps(tx, old.id(), in.displayName()).apply(in.opsJson());
        tx.in(WORKFLOWS)
                .update(new Workflow(
                        old.id(), old.workspaceId(), old.name(), old.createdAt(), Guards.now(tx), in.displayName()));
    }

    static void updateWorkflowUiState(Tx tx, UpdateWorkflowUiState in) {
        Guards.workflow(tx, in.workflowId());
        Guards.requireJson(tx, "ui_state_json", in.uiStateJson());
        tx.in(UI_STATES).upsert(new UiState(in.workflowId(), in.uiStateJson()));
    }
}
