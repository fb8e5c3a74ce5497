package io.skein.edge.command.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.cluster.NodeConfig;
import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.ShortToken;
import io.skein.edge.auth.SigningKey;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.Figures;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Does what a client does: makes a workspace, calls it over a WebSocket, hears that the call is durable, and deletes the workspace. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a real call to a server over a WebSocket, in a workspace that is made for it and deleted again.",
            "It signs a token of its own if the settings have the server's key (SKEIN_TOKEN_KEY); otherwise it takes"
                    + " --token, or asks for an identity, which a server in development mode gives."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:the server serves", "1:it does not; the last line says what went wrong"})
public final class Doctor implements Callable<Integer> {
    private static final Duration TOKEN_LIFETIME = Duration.ofMinutes(5);

    @Option(
            names = "--url",
            paramLabel = "URL",
            required = true,
            description = "the server, such as http://127.0.0.1:8080")
    private @Nullable URI url;

    @Option(names = "--token", paramLabel = "TOKEN", description = "who calls, as a bearer token")
    private @Nullable String token;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "trust the server with this certificate (PEM) and no other, whatever name it bears")
    private @Nullable Path certificate;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, ApiException, InterruptedException {
        URI server = Objects.requireNonNull(url);
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        String caller = caller(server, settings.settings().auth());
        try (var api = new Api(server, caller, new Figures(), client())) {
            String module = Api.checked(api.first("GET", "/v1/modules"))
                    .body()
                    .path("modules")
                    .path(0)
                    .path("name")
                    .asText();
            say("answers         " + server + ", with the module " + module);
            String workspace = made(api, module);
            say("made            the workspace " + workspace);
            try {
                talk(server, workspace, caller);
            } finally {
                Api.checked(api.first("DELETE", "/v1/workspaces/" + workspace));
            }
            say("deleted         the workspace " + workspace);
        }
        return 0;
    }

    private void talk(URI server, String workspace, String caller) throws IOException, InterruptedException {
        try (HttpClient http = client().version(HttpClient.Version.HTTP_1_1).build();
                Conversation socket = Conversation.open(http, server, workspace, caller)) {
            socket.say("{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":[\"*\"]}]}");
            JsonNode welcome = socket.hear("welcome");
            socket.hear("snapshot");
            say("WebSocket       open, as " + welcome.path("role").asText());
            long start = System.nanoTime();
            socket.say("{\"type\":\"call\",\"id\":1,\"reducer\":\"skein_change\",\"args\":{\"name\":\"seen by the"
                    + " doctor\"},\"key\":\"doctor\"}");
            JsonNode outcome = socket.hear("outcome");
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            if (!outcome.path("ok").asBoolean()) {
                throw new IOException("the call is refused: " + outcome);
            }
            say("call            durable as transaction %s after %d ms"
                    .formatted(outcome.path("seq").asText(), millis));
        }
    }

    private static String made(Api api, String module) throws ApiException, InterruptedException {
        String body = "{\"module\":\"%s\",\"name\":\"doctor\"}".formatted(module);
        return Api.checked(api.post(
                        "/v1/workspaces",
                        body.getBytes(StandardCharsets.UTF_8),
                        "doctor-" + UUID.randomUUID(),
                        Map.of()))
                .body()
                .path("id")
                .asText();
    }

    /** A token of whoever this is; the same subject each time, so that tries leave one identity behind and not many. */
    private String caller(URI server, SkeinSettings.Auth auth) throws IOException, ApiException, InterruptedException {
        if (token != null) {
            return token;
        }
        if (auth.key().isPresent()) {
            SigningKey key = SigningKey.parse(auth.key().get());
            return ShortToken.sign(key, auth.issuer(), auth.audience(), "skein-doctor", TOKEN_LIFETIME);
        }
        try (var api = new Api(server, null, new Figures(), client())) {
            return Api.checked(api.first("POST", "/v1/identity"))
                    .body()
                    .path("token")
                    .asText();
        }
    }

    private HttpClient.Builder client() throws IOException {
        return certificate == null
                ? HttpClient.newBuilder()
                : HttpClient.newBuilder().sslContext(PinnedCertificate.context(certificate));
    }

    private void say(String line) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
