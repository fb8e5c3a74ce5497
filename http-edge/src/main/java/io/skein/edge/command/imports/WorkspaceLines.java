package io.skein.edge.command.imports;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.command.imports.ApiException.Kind;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;

/** Whole workspaces as lines, from a server and to it. What is in memory is a buffer, however many rows there are. */
public final class WorkspaceLines implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .build();
    private final ServerOptions.Server server;

    public WorkspaceLines(ServerOptions.Server server) {
        this.server = server;
    }

    /**
     * Writes a workspace to a file, which is complete or not there.
     *
     * @throws ApiException if the server refuses, or cannot be reached
     * @throws IOException if it breaks off, or the file cannot be written
     */
    public void fetch(String workspace, Path file) throws IOException, ApiException, InterruptedException {
        Path unfinished = file.resolveSibling(file.getFileName() + ".part");
        try {
            HttpResponse<byte[]> response =
                    send(request(workspace, "export").GET().build(), info -> {
                        if (info.statusCode() != 200) {
                            return BodySubscribers.ofByteArray();
                        }
                        return BodySubscribers.mapping(BodySubscribers.ofFile(unfinished), _ -> new byte[0]);
                    });
            requireOk(workspace, response);
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /**
     * Brings the lines of a file into a workspace.
     *
     * @return how many rows it has now
     */
    public long send(String workspace, Path file) throws IOException, ApiException, InterruptedException {
        HttpRequest request = request(workspace, "import")
                .header("content-type", "application/x-ndjson")
                .POST(HttpRequest.BodyPublishers.ofFile(file))
                .build();
        HttpResponse<byte[]> response = send(request, BodyHandlers.ofByteArray());
        requireOk(workspace, response);
        return document(response.body()).path("rows").asLong();
    }

    private HttpRequest.Builder request(String workspace, String what) {
        String base = server.address().toString().replaceFirst("/$", "");
        String id = URLEncoder.encode(workspace, StandardCharsets.UTF_8);
        return HttpRequest.newBuilder(URI.create(base + "/v1/workspaces/" + id + "/" + what))
                .header("authorization", "Bearer " + server.token());
    }

    private HttpResponse<byte[]> send(HttpRequest request, HttpResponse.BodyHandler<byte[]> handler)
            throws IOException, ApiException, InterruptedException {
        try {
            return http.send(request, handler);
        } catch (ConnectException e) {
            throw new ApiException(Kind.HOPELESS, "no Skein at " + server.address() + ": nobody listens there", e);
        }
    }

    private static void requireOk(String workspace, HttpResponse<byte[]> response) throws ApiException, IOException {
        if (response.statusCode() / 100 != 2) {
            throw new ApiException(
                    Kind.REFUSED,
                    workspace + ": " + new Api.Answer(response.statusCode(), document(response.body())).problem());
        }
    }

    private static JsonNode document(byte[] body) throws IOException {
        try {
            return Json.DEFAULT.<JsonNode>read(body, parser -> parser.readValueAsTree());
        } catch (BadJson e) {
            throw new IOException("what answers is no Skein", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
