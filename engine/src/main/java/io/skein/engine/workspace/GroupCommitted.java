package io.skein.engine.workspace;

import io.skein.engine.journal.Group;
import io.skein.engine.state.WorkspaceState;
import org.jspecify.annotations.Nullable;

/**
 * The one event of a workspace's journal.
 *
 * @param after the state that it leads to, as {@code apply} made it when the group was decided; null when the event was read back, and
 *     then the same {@code apply} makes it again. Never serialized.
 */
public record GroupCommitted(Group group, @Nullable WorkspaceState after) {}
