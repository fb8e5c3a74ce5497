package io.skein.load.peer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What scenarios need of a node's HTTP API. */
public final class SkeinApi {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http;
    private final URI base;

    /** @param base such as {@code http://127.0.0.1:8080} */
    public SkeinApi(HttpClient http, URI base) {
        this.http = http;
        this.base = base;
    }

    /** Somebody with an identity (64 hex digits) and the token that shows it. */
    public record Person(String identity, String token) {}

    /** Where the native wire's socket of a workspace opens. */
    public URI socket(String workspace) {
        return URI.create("ws://" + base.getAuthority() + "/v1/workspaces/" + workspace + "/socket");
    }

    /** A fresh identity; development mode issues it. */
    public Person newPerson() throws IOException, InterruptedException {
        JsonNode answer = post(null, "/v1/identity", Map.of());
        return new Person(answer.path("identity").asText(), answer.path("token").asText());
    }

    /** Not there yet, or not ready yet: ask again. */
    public boolean serves() throws InterruptedException {
        try {
            return !newPerson().token().isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether the node says it is ready for sessions. */
    public boolean isReady() throws InterruptedException {
        try {
            HttpRequest request = HttpRequest.newBuilder(base.resolve("/health/ready"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** @param access private, public-read or public-write */
    public void createWorkspace(Person owner, String workspace, String module, String access)
            throws IOException, InterruptedException {
        post(owner, "/v1/workspaces", Map.of("id", workspace, "module", module, "name", workspace, "access", access));
    }

    /** Makes an invitation and gives its token. */
    public String invite(Person owner, String workspace, String role, int uses)
            throws IOException, InterruptedException {
        return post(owner, "/v1/workspaces/" + workspace + "/invites", Map.of("role", role, "uses", uses))
                .path("token")
                .asText();
    }

    /** Redeems an invitation. */
    public void join(Person person, String workspace, String invitation) throws IOException, InterruptedException {
        post(person, "/v1/workspaces/" + workspace + "/join", Map.of("token", invitation));
    }

    /** Any resource as somebody sees it. */
    public JsonNode get(@Nullable Person person, String path) throws IOException, InterruptedException {
        return send("GET " + path, request(person, path).GET());
    }

    /** Calls a reducer; fails if it does not accept. */
    public void call(Person person, String workspace, String reducer, Object arguments)
            throws IOException, InterruptedException {
        post(person, "/v1/workspaces/" + workspace + "/calls/" + reducer, arguments);
    }

    /** The TypeScript that clients of a module have from the server. */
    public String bindings(String module) throws IOException, InterruptedException {
        String path = "/v1/modules/" + module + "/bindings.ts";
        return text("GET " + path, request(null, path).GET());
    }

    private JsonNode post(@Nullable Person person, String path, Object body) throws IOException, InterruptedException {
        return send(
                "POST " + path,
                request(person, path)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private HttpRequest.Builder request(@Nullable Person person, String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path)).timeout(REQUEST_TIMEOUT);
        return person == null ? request : request.header("Authorization", "Bearer " + person.token());
    }

    private JsonNode send(String what, HttpRequest.Builder request) throws IOException, InterruptedException {
        return JSON.readTree(text(what, request));
    }

    private String text(String what, HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(what + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
