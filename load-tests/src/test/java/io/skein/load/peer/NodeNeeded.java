package io.skein.load.peer;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Skein needs no Node; only the reference does, and so do the tests that run it. */
public final class NodeNeeded {
    private NodeNeeded() {}

    /** Skips the test where there is no Node, unless {@code -Dtest.peers=required}, as the build server says. */
    public static void here() {
        if (!System.getProperty("test.peers", "").equals("required")) {
            assumeTrue(NodeProject.hasNode(), "no node and npm on this machine");
        }
    }
}
