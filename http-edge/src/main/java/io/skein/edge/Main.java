package io.skein.edge;

import io.skein.edge.command.Dev;
import io.skein.edge.command.Serve;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./skein}. */
@Command(
        name = "skein",
        mixinStandardHelpOptions = true,
        version = "Skein 0.1.0",
        description = "An actor-based clustered sync engine for collaborative workspaces.",
        subcommands = {Dev.class, Serve.class})
public final class Main {
    private Main() {}

    /** Ends the JVM with 0, 1 for what went wrong, or 2 for a wrong command line. */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Main())
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("skein: " + failure.getMessage());
                    return 1;
                })
                .execute(args));
    }
}
