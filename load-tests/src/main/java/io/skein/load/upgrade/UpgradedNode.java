package io.skein.load.upgrade;

import io.skein.edge.command.Serve;
import io.skein.engine.Modules;
import java.util.List;
import picocli.CommandLine;

/** A node of the next version: with the {@link NextBoard}. */
public final class UpgradedNode {
    private UpgradedNode() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Serve(() -> new Modules(List.of(new NextBoard())))).execute(args));
    }
}
