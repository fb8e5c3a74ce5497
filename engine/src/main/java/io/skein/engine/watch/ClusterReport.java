package io.skein.engine.watch;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What all nodes of a cluster do, as one of them sees it.
 *
 * @param self address of the node that was asked
 * @param nodes all members, by address
 */
public record ClusterReport(String self, List<Node> nodes) {
    /**
     * A member.
     *
     * @param status such as {@code up}
     * @param reachable whether it is heard from
     * @param version of the application, as its settings say
     * @param report empty if it did not answer in time
     */
    public record Node(
            String address,
            Set<String> roles,
            String status,
            boolean reachable,
            String version,
            Optional<NodeReport> report) {}
}
