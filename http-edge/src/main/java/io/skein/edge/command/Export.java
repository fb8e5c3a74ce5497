package io.skein.edge.command;

import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.ServerOptions;
import io.skein.edge.command.imports.WorkspaceLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Rows of workspaces into files, which {@code import workspace} takes. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description = {
            "Writes workspaces of a running server to files, one row a line as JSON: WORKSPACE.ndjson in --to.",
            "A file is complete or not there. It has no history: for that, back up PostgreSQL."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all are written",
            "1:one is not, or the server cannot be reached; the last line says why",
            "2:the command line is wrong"
        })
public final class Export implements Callable<Integer> {
    @Parameters(paramLabel = "WORKSPACE", arity = "1..*", description = "ids")
    private List<String> workspaces = List.of();

    @Option(names = "--to", paramLabel = "DIR", defaultValue = ".", description = "where the files go (default: here)")
    private Path folder = Path.of(".");

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, ApiException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        ServerOptions.Server server = options.server();
        Files.createDirectories(folder);
        try (var lines = new WorkspaceLines(server)) {
            for (String workspace : workspaces) {
                Path file = folder.resolve(workspace + ".ndjson");
                lines.fetch(workspace, file);
                out.printf(Locale.ROOT, "%s  %,d bytes%n", file, Files.size(file));
                out.flush();
            }
        }
        return 0;
    }
}
