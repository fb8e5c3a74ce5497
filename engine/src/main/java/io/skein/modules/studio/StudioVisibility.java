package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.DOCS_OF;
import static io.skein.modules.studio.StudioTables.MEMBER;
import static io.skein.modules.studio.StudioTables.MEMBERS;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKFLOWS_OF;

import io.skein.engine.module.Definition;
import io.skein.engine.module.Tables;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Table;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.Member;
import io.skein.modules.studio.StudioTables.Workflow;
import io.skein.modules.studio.StudioTables.Workspace;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * Who sees what: the members of a workspace see it and all that hangs from it, and nobody else does. Who joins sees it from that transaction
 * on. What others are told is not looked at again for it, nor for a workflow's new name or time stamp.
 */
final class StudioVisibility {
    private StudioVisibility() {}

    static boolean isMember(Tables tables, Identity who, String workspaceId) {
        return !tables.in(MEMBERS).where(MEMBER, List.of(workspaceId, who)).isEmpty();
    }

    static void workspaces(Definition module, Table<Workspace> table) {
        module.table(table)
                .visibleWhen((viewer, row, tables) -> isMember(tables, viewer.identity(), row.id()))
                .readingOwn(
                        MEMBERS,
                        Member::identity,
                        (member, tables) -> tables.in(table)
                                .find(member.workspaceId())
                                .map(List::of)
                                .orElse(List.of()));
    }

    /** Rows with a {@code workspace_id}. */
    static <R> void ofWorkspace(
            Definition module, Table<R> table, Function<R, String> workspaceId, Index<R, String> byWorkspace) {
        module.table(table)
                .visibleWhen((viewer, row, tables) -> isMember(tables, viewer.identity(), workspaceId.apply(row)))
                .readingOwn(
                        MEMBERS,
                        Member::identity,
                        (member, tables) -> tables.in(table).where(byWorkspace, member.workspaceId()));
    }

    /** Rows with a {@code workflow_id}. */
    static <R> void ofWorkflow(
            Definition module, Table<R> table, Function<R, String> workflowId, Index<R, String> byWorkflow) {
        module.table(table)
                .visibleWhen((viewer, row, tables) -> tables.in(WORKFLOWS)
                        .find(workflowId.apply(row))
                        .filter(workflow -> isMember(tables, viewer.identity(), workflow.workspaceId()))
                        .isPresent())
                .readingOnly(
                        WORKFLOWS,
                        Workflow::workspaceId,
                        (workflow, tables) -> tables.in(table).where(byWorkflow, workflow.id()))
                .readingOwn(
                        MEMBERS,
                        Member::identity,
                        (member, tables) -> all(
                                tables.in(WORKFLOWS).where(WORKFLOWS_OF, member.workspaceId()),
                                workflow -> tables.in(table).where(byWorkflow, workflow.id())));
    }

    /** Rows with a {@code doc_id}. */
    static <R> void ofDoc(Definition module, Table<R> table, Function<R, String> docId, Index<R, String> byDoc) {
        module.table(table)
                .visibleWhen((viewer, row, tables) -> tables.in(DOCS)
                        .find(docId.apply(row))
                        .filter(doc -> isMember(tables, viewer.identity(), doc.workspaceId()))
                        .isPresent())
                .readingOnly(
                        DOCS,
                        BrainDoc::workspaceId,
                        (doc, tables) -> tables.in(table).where(byDoc, doc.id()))
                .readingOwn(
                        MEMBERS,
                        Member::identity,
                        (member, tables) -> all(
                                tables.in(DOCS).where(DOCS_OF, member.workspaceId()),
                                doc -> tables.in(table).where(byDoc, doc.id())));
    }

    private static <P, R> Collection<R> all(List<P> parents, Function<P, List<R>> rows) {
        return parents.stream().flatMap(parent -> rows.apply(parent).stream()).toList();
    }
}
