package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.DOCS;
import static io.skein.modules.studio.StudioTables.DOCS_OF;
import static io.skein.modules.studio.StudioTables.EDGES_OF;
import static io.skein.modules.studio.StudioTables.EVENTS_OF;
import static io.skein.modules.studio.StudioTables.FEEDBACK_ON;
import static io.skein.modules.studio.StudioTables.INVITES_OF;
import static io.skein.modules.studio.StudioTables.MEMBERS_OF;
import static io.skein.modules.studio.StudioTables.NODES_OF;
import static io.skein.modules.studio.StudioTables.PRESENCE_IN;
import static io.skein.modules.studio.StudioTables.PRESENCE_OF;
import static io.skein.modules.studio.StudioTables.UI_STATE_OF;
import static io.skein.modules.studio.StudioTables.VERSIONS_OF;
import static io.skein.modules.studio.StudioTables.WORKFLOWS;
import static io.skein.modules.studio.StudioTables.WORKFLOWS_OF;

import io.skein.engine.module.Tx;
import io.skein.engine.schema.Index;
import io.skein.modules.studio.StudioTables.BrainDoc;
import io.skein.modules.studio.StudioTables.Workflow;
import java.util.function.ToIntFunction;

/**
 * Takes away what hangs from a workspace or a workflow, children first: members see the rows that are left for as long as there are any. A
 * transaction has bounds, and what hangs there may be beyond them: then the rest is removed by transactions that follow at once.
 */
final class Removal {
    static final String GO_ON = "go_on_removing";

    /** What is left of this workspace, or of this workflow. */
    public record GoOn(boolean workspace, String id) {}

    /** Well under what a transaction may have. */
    static final int MAX_ROWS = 4_000;

    private static final int MAX_CHARS = 1 << 20;

    private final Tx tx;
    private int rows;
    private int chars;

    private Removal(Tx tx) {
        this.tx = tx;
    }

    /** Of a workspace whose own row is gone already, so that nobody adds to it. */
    static void ofWorkspace(Tx tx, String id) {
        if (!new Removal(tx).workspace(id)) {
            tx.schedule(tx.time(), GO_ON, new GoOn(true, id));
        }
    }

    static void ofWorkflow(Tx tx, Workflow workflow) {
        if (!new Removal(tx).workflow(workflow)) {
            tx.schedule(tx.time(), GO_ON, new GoOn(false, workflow.id()));
        }
    }

    static void goOn(Tx tx, GoOn in) {
        if (in.workspace()) {
            ofWorkspace(tx, in.id());
        } else {
            tx.in(WORKFLOWS).find(in.id()).ifPresent(workflow -> ofWorkflow(tx, workflow));
        }
    }

    /** Whether all of it is gone; members last, as they may see what is left. */
    private boolean workspace(String id) {
        for (Workflow workflow : tx.in(WORKFLOWS).where(WORKFLOWS_OF, id)) {
            if (!workflow(workflow)) {
                return false;
            }
        }
        for (BrainDoc doc : tx.in(DOCS).where(DOCS_OF, id)) {
            if (!document(doc)) {
                return false;
            }
        }
        return drain(INVITES_OF, id, _ -> 0) && drain(PRESENCE_OF, id, _ -> 0) && drain(MEMBERS_OF, id, _ -> 0);
    }

    private boolean workflow(Workflow workflow) {
        String id = workflow.id();
        return drain(
                        NODES_OF,
                        id,
                        node -> node.positionJson().length() + node.dataJson().length())
                && drain(
                        EDGES_OF,
                        id,
                        edge -> edge.handlesJson().length() + edge.dataJson().length())
                && drain(EVENTS_OF, id, _ -> 0)
                && drain(UI_STATE_OF, id, state -> state.uiStateJson().length())
                && drain(PRESENCE_IN, id, _ -> 0)
                && take(0)
                && tx.in(WORKFLOWS).delete(id);
    }

    private boolean document(BrainDoc doc) {
        return drain(VERSIONS_OF, doc.id(), version -> version.contentJson().length())
                && drain(FEEDBACK_ON, doc.id(), feedback -> feedback.comment().length())
                && take(doc.contentJson().length())
                && tx.in(DOCS).delete(doc.id());
    }

    /**
     * Deletes what the index finds, as far as there is room.
     *
     * @param size characters of a row beyond the few that all have
     */
    private <R> boolean drain(Index<R, String> index, String value, ToIntFunction<R> size) {
        var table = tx.in(index.table());
        for (R row : table.where(index, value)) {
            if (!take(size.applyAsInt(row))) {
                return false;
            }
            table.delete(index.table().keyOf(row));
        }
        return true;
    }

    /** Whether there is room for one row more; a first one always has. */
    private boolean take(int rowChars) {
        if (rows > 0 && (rows == MAX_ROWS || chars + rowChars > MAX_CHARS)) {
            return false;
        }
        rows++;
        chars += rowChars;
        return true;
    }
}
