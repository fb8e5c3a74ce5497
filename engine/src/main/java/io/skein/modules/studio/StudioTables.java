package io.skein.modules.studio;

import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import java.util.List;
import java.util.Optional;

/**
 * The studio's tables. Their names, and the names and the order of their columns, are what clients are built with: they do not change.
 * Times are texts as JavaScript's {@code toISOString} writes them; a column whose name ends in {@code json} holds JSON as its author wrote it.
 */
public final class StudioTables {
    public record Workspace(@Key String id, String name, String createdAt, String updatedAt) {}

    /** @param role {@link #OWNER} or {@link #EDITOR} */
    public record Member(String workspaceId, Identity identity, String displayName, String role, String joinedAt) {}

    /** @param tokenHash of the client's choice; who knows the token knows the hash */
    public record Invite(String workspaceId, String tokenHash, String createdAt, Optional<String> revokedAt) {}

    /** @param lastModifiedBy a display name */
    public record Workflow(
            @Key String id,
            String workspaceId,
            String name,
            String createdAt,
            String updatedAt,
            String lastModifiedBy) {}

    /** @param updatedBy a display name */
    public record Node(
            String workflowId,
            String nodeId,
            String type,
            String positionJson,
            String dataJson,
            String updatedAt,
            String updatedBy) {}

    /**
     * An edge. Its ends may be nodes that are gone: somebody may have removed one while another connected it.
     *
     * @param updatedBy a display name
     */
    public record Edge(
            String workflowId,
            String edgeId,
            String source,
            String target,
            String handlesJson,
            String dataJson,
            String updatedAt,
            String updatedBy) {}

    public record UiState(@Key String workflowId, String uiStateJson) {}

    public record BrainDoc(
            @Key String id,
            String workspaceId,
            String title,
            String contentJson,
            String createdAt,
            String updatedAt,
            Optional<String> deletedAt) {}

    /** What a document's content was. */
    public record BrainDocVersion(String docId, String versionId, String contentJson, String createdAt) {}

    public record BrainFeedback(String docId, Identity identity, String type, String comment, String createdAt) {}

    /**
     * A line of the recent changes.
     *
     * @param eventType {@code node_added}, {@code node_deleted}, {@code edge_added} or {@code edge_deleted}
     * @param details a JSON object: {@code nodeName} (the node's type) or {@code edgeId}, and {@code by} (a display name)
     */
    public record ChangeEvent(
            String workflowId, String eventType, Optional<String> nodeId, String details, String timestamp) {}

    public record Presence(
            String workspaceId,
            String workflowId,
            Identity identity,
            String displayName,
            Optional<String> selectedNodeId,
            String lastSeenAt) {}

    public static final String OWNER = "owner";
    public static final String EDITOR = "editor";

    public static final Table<Workspace> WORKSPACES = Table.of("workspace", Workspace.class);
    public static final Table<Member> MEMBERS = Table.of("workspace_member", Member.class);
    public static final Table<Invite> INVITES = Table.of("workspace_invite", Invite.class);
    public static final Table<Workflow> WORKFLOWS = Table.of("workflow", Workflow.class);
    public static final Table<Node> NODES = Table.of("workflow_node", Node.class);
    public static final Table<Edge> EDGES = Table.of("workflow_edge", Edge.class);
    public static final Table<UiState> UI_STATES = Table.of("workflow_ui_state", UiState.class);
    public static final Table<BrainDoc> DOCS = Table.of("brain_doc", BrainDoc.class);
    public static final Table<BrainDocVersion> VERSIONS = Table.of("brain_doc_version", BrainDocVersion.class);
    public static final Table<BrainFeedback> FEEDBACK = Table.of("brain_feedback", BrainFeedback.class);
    public static final Table<ChangeEvent> EVENTS = Table.of("workflow_change_event", ChangeEvent.class);
    public static final Table<Presence> PRESENCE = Table.of("presence", Presence.class);

    // Clients subscribe by these columns too.
    static final Index<Member, String> MEMBERS_OF = MEMBERS.index("workspace_id", String.class);
    static final Index<Invite, String> INVITES_OF = INVITES.index("workspace_id", String.class);
    static final Index<Workflow, String> WORKFLOWS_OF = WORKFLOWS.index("workspace_id", String.class);
    static final Index<BrainDoc, String> DOCS_OF = DOCS.index("workspace_id", String.class);
    static final Index<Presence, String> PRESENCE_OF = PRESENCE.index("workspace_id", String.class);
    static final Index<Node, String> NODES_OF = NODES.index("workflow_id", String.class);
    static final Index<Edge, String> EDGES_OF = EDGES.index("workflow_id", String.class);
    static final Index<UiState, String> UI_STATE_OF = UI_STATES.index("workflow_id", String.class);
    static final Index<ChangeEvent, String> EVENTS_OF = EVENTS.index("workflow_id", String.class);
    static final Index<Presence, String> PRESENCE_IN = PRESENCE.index("workflow_id", String.class);
    static final Index<BrainDocVersion, String> VERSIONS_OF = VERSIONS.index("doc_id", String.class);
    static final Index<BrainFeedback, String> FEEDBACK_ON = FEEDBACK.index("doc_id", String.class);

    static final Index<Member, Identity> MEMBERSHIPS = MEMBERS.index("identity", Identity.class);
    static final Index<Presence, Identity> PRESENCE_BY = PRESENCE.index("identity", Identity.class);
    static final Index<Invite, String> INVITE_OF_TOKEN = INVITES.index("token_hash", String.class);

    // What would be the keys of tables that have none.
    static final Index<Member, List<Object>> MEMBER = MEMBERS.index(List.of("workspace_id", "identity"));
    static final Index<Node, List<Object>> NODE = NODES.index(List.of("workflow_id", "node_id"));
    static final Index<Edge, List<Object>> EDGE = EDGES.index(List.of("workflow_id", "edge_id"));
    static final Index<BrainDocVersion, List<Object>> VERSION = VERSIONS.index(List.of("doc_id", "version_id"));

    private StudioTables() {}
}
