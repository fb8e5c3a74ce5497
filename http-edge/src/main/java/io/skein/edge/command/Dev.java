package io.skein.edge.command;

import io.skein.edge.node.Edge;
import java.util.List;
import picocli.CommandLine.Command;

/** Runs a node to try things out: with the defaults, and workspaces that are there to be opened. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        description = "Runs a node with the embedded PostgreSQL and sample workspaces, and says where its page is.")
public final class Dev extends Serve {
    @Override
    void started(Edge edge) throws Exception {
        List<String> flows = Samples.make(edge.node().engine());
        String url = "http://" + edge.node().settings().http().host() + ":" + edge.port() + "/";
        say("");
        say("  Skein is up.  Open  " + url + "#/w/" + Samples.BOARD + "  in two tabs.");
        for (String flow : flows) {
            say("  A workflow:         " + url + "#/w/" + flow);
        }
        say("  Data lies in " + edge.node().settings().dataDir() + ". Ctrl-C stops it.");
        say("");
    }
}
