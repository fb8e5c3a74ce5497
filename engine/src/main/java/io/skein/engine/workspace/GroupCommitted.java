package io.skein.engine.workspace;

import io.skein.engine.journal.Group;
import io.skein.engine.state.WorkspaceState;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one event of a workspace's journal.
 *
 * @param after the state that it leads to, as {@code apply} made it when the group was decided; null when the event was read back, and
 *     then the same {@code apply} makes it again. Never serialized.
 * @param tags what the journal marks the event with, so that projections find it, and {@linkplain io.skein.engine.audit.AuditEntry#mark what it puts
 *     into the audit log} in the same database transaction; empty when the event was read back
 */
public record GroupCommitted(Group group, @Nullable WorkspaceState after, Set<String> tags) {
    /**
     * The tag of groups that the catalog must know of: they change the workspace's own row or its members, or schedule something earlier than
     * everything that was scheduled before.
     */
    public static final String CATALOG = "catalog";

    /** The tag of groups that put rows into their module's outbox. */
    public static final String OUTBOX = "outbox";

    /** An event as the journal gives it back. */
    public static GroupCommitted stored(Group group) {
        return new GroupCommitted(group, null, Set.of());
    }
}
