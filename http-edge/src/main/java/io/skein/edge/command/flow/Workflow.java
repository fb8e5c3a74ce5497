package io.skein.edge.command.flow;

import io.skein.modules.flow.FlowModule;
import java.util.List;

/**
 * One workflow, ready for a workspace: node ids are unique, every edge has both its nodes.
 *
 * @param name 1 to 200 characters
 */
public record Workflow(String name, List<FlowModule.Node> nodes, List<FlowModule.Edge> edges) {}
