package io.skein.edge.command.imports;

import io.skein.cluster.NodeConfig;
import io.skein.edge.command.imports.ApiException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which server, and in whose name: the options of all commands that talk to one. */
public final class ServerOptions {
    @Option(names = "--url", paramLabel = "URL", description = "the server; by default the one the settings describe")
    private @Nullable URI url;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "who asks, as a bearer token. Without one a server in development mode gives an"
                    + " identity, which is kept in the data directory")
    private @Nullable String token;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    /** @param token good for the server at {@code address}, as it said itself */
    public record Server(URI address, String token) {}

    /**
     * Asks the server whether it knows the caller, or for a new identity.
     *
     * @throws ParameterException if the options are wrong
     * @throws ApiException if there is no such server, or it does not accept the caller
     */
    public Server server() throws IOException, ApiException, InterruptedException {
        if (url != null
                && (url.getAuthority() == null
                        || !String.valueOf(url.getScheme()).matches("https?"))) {
            throw wrong("--url takes http://host:port or https://host:port");
        }
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        URI address = url == null ? described(settings) : url;
        return new Server(
                address, caller(address, new TokenFile(settings.settings().dataDir(), address)));
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    /** The node that these settings start, from this machine. */
    private static URI described(NodeConfig settings) {
        var http = settings.settings().http();
        String host = http.host().equals("0.0.0.0") || http.host().equals("::") ? "127.0.0.1" : http.host();
        return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + http.port());
    }

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
}
