package io.skein.edge.command;

import io.skein.edge.command.flow.ImportFlow;
import io.skein.edge.command.studio.ImportStudio;
import picocli.CommandLine.Command;

/** Brings data from files into workspaces. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Imports files into workspaces of a running server.",
        subcommands = {ImportWorkspace.class, ImportFlow.class, ImportStudio.class})
public final class Import {}
