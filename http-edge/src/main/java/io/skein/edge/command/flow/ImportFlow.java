package io.skein.edge.command.flow;

import io.skein.cluster.NodeConfig;
import io.skein.edge.command.flow.ApiException.Kind;
import io.skein.engine.module.Access;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
    private static final int MAX_PARALLEL = 256;

    @Parameters(paramLabel = "FILE", description = "the workflows, NDJSON, may be gzip")
    private @Nullable Path file;

    @Option(names = "--url", paramLabel = "URL", description = "the server; by default the one the settings describe")
    private @Nullable URI url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description =
                    "who owns the workspaces, as a bearer token. Without one a server in development mode gives an"
                            + " identity, which is kept in the data directory")
    private @Nullable String token;

    @Option(
            names = "--access",
            paramLabel = "ACCESS",
            defaultValue = "private",
            description = "who else may in: private, public-read, public-write (default: ${DEFAULT-VALUE})")
    private String access = "private";

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "8",
            description = "workflows in the making at once (default: ${DEFAULT-VALUE})")
    private int parallel = 8;

    @Option(names = "--limit", paramLabel = "N", description = "read the first N lines only")
    private long limit = Long.MAX_VALUE;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        check();
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        URI server = url == null ? server(settings) : url;
        Path from = required(file);
        if (!Files.isReadable(from) || Files.isDirectory(from)) {
            throw new IOException("the file " + from + " cannot be read");
        }
        var figures = new Figures();
        var oddities = new Oddities();
        String caller = caller(server, new TokenFile(settings.settings().dataDir(), server));
        PrintWriter out = required(spec).commandLine().getOut();
        Optional<String> stopped = bringIn(from, server, caller, figures, oddities);
        out.print(report(from, server, figures, oddities));
        out.flush();
        if (stopped.isPresent()) {
            throw new IOException(stopped.get() + ". Run it again to go on");
        }
        return figures.failedCount() == 0 && oddities.count(Oddity.UNREADABLE_LINE) == 0 ? 0 : 1;
    }

    private void check() {
        if (parallel < 1 || parallel > MAX_PARALLEL) {
            throw wrong("--parallel takes 1 to " + MAX_PARALLEL);
        }
        if (limit < 0) {
            throw wrong("--limit takes 0 or more");
        }
        if (url != null
                && (url.getAuthority() == null
                        || !String.valueOf(url.getScheme()).matches("https?"))) {
            throw wrong("--url takes http://host:port or https://host:port");
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

    /** The node that these settings start, from this machine. */
    private static URI server(NodeConfig settings) {
        var http = settings.settings().http();
        String host = http.host().equals("0.0.0.0") || http.host().equals("::") ? "127.0.0.1" : http.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + http.port());
    }

    // ---- who

    /** The token to call with, known to be good. */
    private String caller(URI server, TokenFile kept) throws IOException, ApiException, InterruptedException {
        if (token != null) {
            return accepted(server, token, "the server does not accept the token of --token");
        }
        Optional<String> known = kept.read();
        if (known.isPresent()) {
            return accepted(
                    server,
                    known.get(),
                    "the server does not accept the token kept in " + kept.path()
                            + " (delete the file to import as somebody new)");
        }
        try (var api = new Api(server, null, new Figures())) {
            Api.Answer answer = api.first("POST", "/v1/identity");
            String made = answer.body().path("token").asText("");
            if (!answer.ok() || made.isEmpty()) {
                throw new ApiException(Kind.HOPELESS, "the server gives no identity, say --token: " + answer.problem());
            }
            kept.write(made);
            return made;
        }
    }

    private static String accepted(URI server, String token, String otherwise)
            throws ApiException, InterruptedException {
        if (!token.matches("[\\x21-\\x7e]+")) {
            throw new ApiException(Kind.HOPELESS, otherwise + ": it is no token");
        }
        try (var api = new Api(server, token, new Figures())) {
            Api.Answer answer = api.first("GET", "/v1/identity");
            if (!answer.ok()) {
                throw new ApiException(Kind.HOPELESS, otherwise + ": " + answer.problem());
            }
            return token;
        }
    }

    // ---- what

    /** Why the import stopped before its end, if it did. */
    private Optional<String> bringIn(Path from, URI server, String caller, Figures figures, Oddities oddities)
            throws IOException, InterruptedException {
        PrintWriter err = required(spec).commandLine().getErr();
        double size = Math.max(1, Files.size(from));
        boolean terminal = Optional.ofNullable(System.console())
                .filter(java.io.Console::isTerminal)
                .isPresent();
        try (var counted = new CountingStream(Files.newInputStream(from));
                var lines = new Lines(counted);
                var api = new Api(server, caller, figures);
                var progress = new Progress(err, terminal, figures, () -> counted.count() / size)) {
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
        text.append(
                String.format(Locale.ROOT, "  graphs     %,d nodes, %,d edges%n", figures.nodes(), figures.edges()));
        text.append(String.format(
                Locale.ROOT,
                "  sent       %,d requests, %,d repeated, %,d bytes%n",
                figures.calls(),
                figures.retries(),
                figures.bytes()));
        text.append(String.format(
                Locale.ROOT,
                "  time       %.1f s, %,.1f workflows/s%n",
                figures.seconds(),
                figures.done() / Math.max(figures.seconds(), 0.001)));
        text.append(String.format(
                Locale.ROOT,
                "  latency    %.1f ms p50, %.1f ms p99 a request%n",
                figures.latencyMillis(50),
                figures.latencyMillis(99)));
        for (Map.Entry<Oddity, Oddities.Met> met : oddities.met().entrySet()) {
            text.append(String.format(
                    Locale.ROOT,
                    "  odd        %,d %s (first: %s)%n",
                    met.getValue().count(),
                    met.getKey().words(),
                    met.getValue().example()));
        }
        return text.toString();
    }
}
