package io.skein.edge.command.studio;

import io.skein.edge.command.flow.Oddities;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.command.imports.Parallel;
import io.skein.edge.command.imports.Progress;
import io.skein.edge.command.imports.ServerOptions;
import io.skein.engine.runtime.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code ./skein import studio DIR}: what is asked for, and what is printed in the end. */
@Command(
        name = "studio",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Imports workflow files into a database of module studio.",
            "",
            "SOURCE is a directory: the studio's own (workspaces/ID/manifest.json, workspaces/ID/workflows/*.json,"
                + " documents in manifest.json), or any other, whose JSON files are each a workflow of one workspace."
                + " Or it is a file with a workflow a line, gzip or not.",
            "",
            "A workflow has nodes and edges, or nodes and connections as for 'import flow'. What is left out is said"
                    + " with its reason. Importing again adds what is new and leaves alone what is there.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything is in",
            "1:something was skipped, or the server cannot be reached; run it again to go on",
            "2:the command line is wrong"
        })
public final class ImportStudio implements Callable<Integer> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    @Parameters(paramLabel = "SOURCE", description = "a directory, or an NDJSON file, may be gzip")
    private @Nullable Path source;

    @Option(
            names = "--database",
            paramLabel = "ID",
            defaultValue = "studio",
            description = "the Skein workspace; made if there is none (default: ${DEFAULT-VALUE})")
    private String database = "studio";

    @Option(
            names = "--workspace",
            paramLabel = "ID",
            description = "where workflows go whose workspace is not said; by default named after SOURCE")
    private @Nullable String workspace;

    @Option(
            names = "--display-name",
            paramLabel = "NAME",
            defaultValue = "Import",
            description = "of the owner of new workspaces (default: ${DEFAULT-VALUE})")
    private String displayName = "Import";

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Mixin
    private final Parallel parallelism = new Parallel();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (!Engine.isWorkspaceId(database)) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--database takes 1 to 128 letters, digits, hyphens and underscores");
        }
        int parallel = parallelism.parallel();
        Path from = Objects.requireNonNull(source);
        if (!Files.isReadable(from)) {
            throw new IOException(from + " cannot be read");
        }
        ServerOptions.Server server = options.server();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        PrintWriter err = Objects.requireNonNull(spec).commandLine().getErr();
        var figures = new Figures();
        var oddities = new Oddities();
        var skips = new Skips(err::println);
        Source read = Files.isDirectory(from)
                ? new DirectorySource(from, target(from), displayName, oddities, skips)
                : new LinesSource(from, target(from), displayName, oddities, skips);
        try (var api = new Api(server.address(), server.token(), figures)) {
            var all = new StudioImport(api, figures, database, displayName, parallel, skips);
            Optional<String> stopped = Optional.empty();
            try (var progress = Progress.on(err, figures, read::fraction)) {
                skips.tell(progress::line);
                all.run(read);
            } catch (ApiException e) {
                stopped = Optional.of(String.valueOf(e.getMessage()));
            }
            out.print(report(from, server, all, figures, skips) + figures.report() + oddities.report());
            out.flush();
            if (stopped.isPresent()) {
                throw new IOException(stopped.get() + ". Run it again to go on");
            }
        }
        return skips.anyLost() ? 1 : 0;
    }

    private Source.Workspace target(Path from) throws IOException {
        String name = String.valueOf(from.toAbsolutePath().normalize().getFileName());
        String id = workspace == null ? idOf(name) : workspace;
        String changed = time(Files.getLastModifiedTime(from).toInstant());
        return new Source.Workspace(id, name.isBlank() ? id : name, changed, changed);
    }

    /** {@code workflows} of {@code workflows.ndjson.gz}. */
    private static String idOf(String fileName) {
        String id = fileName.replaceAll("\\..*$", "").replaceAll("[^A-Za-z0-9_-]+", "-");
        return id.isEmpty() ? "imported" : id;
    }

    /** As JavaScript writes times. */
    static String time(Instant instant) {
        return TIME.format(instant);
    }

    private String report(Path from, ServerOptions.Server server, StudioImport all, Figures figures, Skips skips) {
        return String.format(
                Locale.ROOT,
                "%s into %s of %s%n  brought in %,d workspaces, %,d workflows, %,d documents%n  workflows  %,d already"
                        + " there%n  left out   %s%n",
                from,
                database,
                server.address(),
                all.workspaces(),
                figures.importedCount(),
                all.documents(),
                figures.thereCount(),
                skips.summary());
    }
}
