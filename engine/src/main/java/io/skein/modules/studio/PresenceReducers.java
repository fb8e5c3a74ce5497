package io.skein.modules.studio;

import static io.skein.modules.studio.StudioTables.PRESENCE;
import static io.skein.modules.studio.StudioTables.PRESENCE_BY;

import io.skein.engine.module.Tx;
import io.skein.modules.studio.StudioTables.Presence;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Who looks at which workflow: a row for each identity and workflow, until one of its sessions ends. */
public final class PresenceReducers {
    public record UpdatePresence(
            String workspaceId, String workflowId, String displayName, Optional<String> selectedNodeId) {}

    /** Rows of one identity; one more takes the place of the one seen longest ago. */
    static final int MAX_ROWS = 20;

    private PresenceReducers() {}

    static void update(Tx tx, UpdatePresence in) {
        Guards.workspace(tx, in.workspaceId());
        Guards.requireShort(tx, "workflow_id", in.workflowId(), Guards.MAX_ID, "invalid_id");
        Guards.requireDisplayName(tx, in.displayName());
        in.selectedNodeId()
                .ifPresent(node -> Guards.requireShort(tx, "selected_node_id", node, Guards.MAX_ID, "invalid_id"));
        List<Presence> mine = tx.in(PRESENCE).where(PRESENCE_BY, tx.sender());
        mine.stream()
                .filter(row -> row.workspaceId().equals(in.workspaceId())
                        && row.workflowId().equals(in.workflowId()))
                .findFirst()
                .or(() -> mine.size() < MAX_ROWS
                        ? Optional.empty()
                        : mine.stream().min(Comparator.comparing(Presence::lastSeenAt)))
                .ifPresent(tx.in(PRESENCE)::delete);
        tx.in(PRESENCE)
                .insert(new Presence(
                        in.workspaceId(),
                        in.workflowId(),
                        tx.sender(),
                        in.displayName(),
                        in.selectedNodeId(),
                        Guards.now(tx)));
    }

    /** A session of the sender has ended. */
    static void clear(Tx tx) {
        tx.in(PRESENCE).where(PRESENCE_BY, tx.sender()).forEach(tx.in(PRESENCE)::delete);
    }
}
