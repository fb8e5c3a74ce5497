package io.skein.edge.command.flow;

import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.CountingStream;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.command.imports.Parallel;
import io.skein.edge.command.imports.Progress;
import io.skein.edge.command.imports.ServerOptions;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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

/** {@code ./skein import flow FILE}: what is asked for, who asks, and what is printed in the end. */
@Command(
        name = "flow",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Imports workflow graphs, each into a workspace of its own.",
            "",
            "FILE has one JSON object a line, gzip or not: name, nodes [id, name, type, position [x, y], parameters],"
                    + " connections {source: {kind: [outputs [targets {node, index}]]}}.",
            "",
            "It goes through a running server's HTTP API. Importing the same file again finds what is there and"
                    + " completes what is missing; what was changed since is left alone.",
            ""
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every workflow is in",
            "1:some are not, or the server cannot be reached; run it again to go on",
            "2:the command line is wrong"
        })
public final class ImportFlow implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the workflows, NDJSON, may be gzip")
    private @Nullable Path file;

    @Mixin
    private final ServerOptions options = new ServerOptions();

    @Mixin
    private final Parallel parallelism = new Parallel();

    @Option(
            names = "--access",
            paramLabel = "ACCESS",
            defaultValue = "private",
            description = "who else may in: private, public-read, public-write (default: ${DEFAULT-VALUE})")
    private String access = "private";

    @Option(names = "--limit", paramLabel = "N", description = "read the first N lines only")
    private long limit = Long.MAX_VALUE;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        check();
        int parallel = parallelism.parallel();
        Path from = required(file);
        if (!Files.isReadable(from) || Files.isDirectory(from)) {
            throw new IOException("the file " + from + " cannot be read");
        }
        var figures = new Figures();
        var oddities = new Oddities();
        ServerOptions.Server known = options.server();
        PrintWriter out = required(spec).commandLine().getOut();
        Optional<String> stopped = bringIn(from, known, parallel, figures, oddities);
        out.print(report(from, known.address(), figures, oddities));
        out.flush();
        if (stopped.isPresent()) {
            throw new IOException(stopped.get() + ". Run it again to go on");
        }
        return figures.failedCount() == 0 && oddities.count(Oddity.UNREADABLE_LINE) == 0 ? 0 : 1;
    }

    private void check() {
        if (limit < 0) {
            throw wrong("--limit takes 0 or more");
        }
        try {
            Access.ofWire(access);
        } catch (IllegalArgumentException e) {
            throw wrong("--access takes private, public-read or public-write");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(required(spec).commandLine(), message);
    }

    private static <T> T required(@Nullable T filledByPicocli) {
        return java.util.Objects.requireNonNull(filledByPicocli);
    }

    // ---- what

    /** Why the import stopped before its end, if it did. */
    private Optional<String> bringIn(
            Path from, ServerOptions.Server server, int parallel, Figures figures, Oddities oddities)
            throws IOException, InterruptedException {
        PrintWriter err = required(spec).commandLine().getErr();
        double size = Math.max(1, Files.size(from));
        try (var counted = new CountingStream(Files.newInputStream(from));
                var lines = new Lines(counted);
                var api = new Api(server.address(), server.token(), figures);
                var progress = Progress.on(err, figures, () -> counted.count() / size)) {
            new FlowImport(api, figures, access, parallel, progress::line).run(lines, limit, oddities);
            return Optional.empty();
        } catch (ApiException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static String report(Path from, URI server, Figures figures, Oddities oddities) {
        var text = new StringBuilder();
        text.append(from).append(" into ").append(server).append(System.lineSeparator());
        text.append(String.format(
                Locale.ROOT,
                "  workflows  %,d imported, %,d already there, %,d refused, %,d unreadable%n",
                figures.importedCount(),
                figures.thereCount(),
                figures.failedCount(),
                oddities.count(Oddity.UNREADABLE_LINE)));
        text.append(figures.report()).append(oddities.report());
        return text.toString();
    }
}
