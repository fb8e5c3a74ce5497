package io.skein.edge.command;

import picocli.CommandLine.Command;

/** Makes what somebody writes first. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        description = "Begins something of your own.",
        subcommands = NewModule.class)
public final class New {}
