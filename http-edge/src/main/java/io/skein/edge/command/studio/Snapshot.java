package io.skein.edge.command.studio;

/**
 * One workflow as {@code import_workflow_snapshot} takes it.
 *
 * @param nodes how many there are in {@code nodesJson}
 * @param edges how many there are in {@code edgesJson}
 */
record Snapshot(
        String id,
        String name,
        String nodesJson,
        String edgesJson,
        String uiStateJson,
        String createdAt,
        String updatedAt,
        String lastModifiedBy,
        int nodes,
        int edges) {}
