package io.skein.edge;

import io.skein.edge.command.Bindings;
import io.skein.edge.command.Dev;
import io.skein.edge.command.Export;
import io.skein.edge.command.Import;
import io.skein.edge.command.Migrate;
import io.skein.edge.command.New;
import io.skein.edge.command.Schema;
import io.skein.edge.command.Serve;
import io.skein.edge.command.ShowAudit;
import io.skein.edge.command.Types;
import io.skein.edge.command.Verify;
import io.skein.edge.command.doctor.Doctor;
import io.skein.edge.command.load.Load;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line behind {@code ./skein}. */
@Command(
        name = "skein",
        mixinStandardHelpOptions = true,
        version = "Skein 0.1.0",
        description = "An actor-based clustered sync engine for collaborative workspaces.",
        subcommands = {
            Dev.class,
            Serve.class,
            Import.class,
            Export.class,
            Migrate.class,
            Verify.class,
            ShowAudit.class,
            Load.class,
            Doctor.class,
            Schema.class,
            Types.class,
            Bindings.class,
            New.class
        })
public final class Main {
    private static final Set<String> LOG_FORMATS = Set.of("text", "json");

    private Main() {}

    /** Ends the JVM with 0, 1 for what went wrong, or 2 for a wrong command line. */
    public static void main(String[] args) {
        String format = System.getenv().getOrDefault("SKEIN_LOG_FORMAT", "text");
        if (!LOG_FORMATS.contains(format)) {
            // Otherwise there would be no log at all, and nobody told.
            System.err.println("skein: SKEIN_LOG_FORMAT must be text or json; it is \"" + format + "\"");
            System.exit(CommandLine.ExitCode.USAGE);
        }
        System.exit(commandLine().execute(args));
    }

    /** The whole command line; what goes wrong is one line on its error stream. */
    public static CommandLine commandLine() {
        return new CommandLine(new Main()).setExecutionExceptionHandler((failure, line, _) -> {
            line.getErr().println("skein: " + failure.getMessage());
            return 1;
        });
    }
}
