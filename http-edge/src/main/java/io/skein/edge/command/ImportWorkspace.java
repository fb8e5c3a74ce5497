package io.skein.edge.command;

import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.ServerOptions;
import io.skein.edge.command.imports.WorkspaceLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** A file of {@code export} into a workspace. */
@Command(
        name = "workspace",
        mixinStandardHelpOptions = true,
        description = {
            "Imports a file of `skein export` into a new workspace, or one without rows.",
            "One that broke off is finished by the same command; the same file again changes nothing."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all rows are in",
            "1:they are not, or the server cannot be reached; the last line says why",
            "2:the command line is wrong"
        })
public final class ImportWorkspace implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "FILE", description = "lines of JSON, as `skein export` writes them")
    private @Nullable Path file;

    @Option(names = "--as", paramLabel = "ID", required = true, description = "the workspace's id")
    private String workspace = "";

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, ApiException, InterruptedException {
        Path from = Objects.requireNonNull(file);
        if (!Files.isReadable(from) || Files.isDirectory(from)) {
            throw new IOException("the file " + from + " cannot be read");
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (var lines = new WorkspaceLines(options.server())) {
            out.printf(Locale.ROOT, "%s  %,d rows%n", workspace, lines.send(workspace, from));
        }
        out.flush();
        return 0;
    }
}
