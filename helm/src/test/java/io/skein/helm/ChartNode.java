package io.skein.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A node in a JVM of its own, as a pod of the chart has it: the arguments and variables of the rendered Deployment, on an address of loopback that is the
 * pod's.
 */
final class ChartNode {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Process process;
    private final URI server;
    private final Path log;

    private ChartNode(Process process, URI server, Path log) {
        this.process = process;
        this.server = server;
        this.log = log;
    }

    /**
     * @param environment what the pod's container gets
     * @param account the folder that is mounted for the service account
     */
    static ChartNode start(Path folder, String address, Map<String, String> environment, Path account)
            throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m"));
        for (String user : List.of("discovery.kubernetes-api", "coordination.lease.kubernetes")) {
            command.add("-Dpekko." + user + ".api-ca-path=" + account.resolve("ca.crt"));
            command.add("-Dpekko." + user + ".api-token-path=" + account.resolve("token"));
        }
        command.add("-Dpekko.discovery.kubernetes-api.pod-namespace-path=" + account.resolve("namespace"));
        command.add("-Dpekko.coordination.lease.kubernetes.namespace-path=" + account.resolve("namespace"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.skein.edge.Main", "serve"));
        Path log = folder.resolve("log");
        Files.createDirectories(folder);
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        // The JVM here is a small one; and a pod has its own 0.0.0.0, which nodes of one machine would share.
        builder.environment().remove("JDK_JAVA_OPTIONS");
        builder.environment().put("SKEIN_HTTP_HOST", address);
        builder.environment().put("SKEIN_MANAGEMENT_HOST", address);
        builder.environment().put("SKEIN_DATA_DIR", folder.resolve("data").toString());
        return new ChartNode(
                builder.start(), URI.create("http://" + address + ":" + environment.get("SKEIN_HTTP_PORT")), log);
    }

    URI server() {
        return server;
    }

    boolean isReady() {
        try {
            return get("/health/ready", "").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** How many nodes this one sees in its cluster; 0 if it does not answer. */
    int nodes() {
        return versions().size();
    }

    /** The versions of the nodes that this one sees in its cluster; none if it does not answer. */
    List<String> versions() {
        try {
            HttpRequest asked = HttpRequest.newBuilder(server.resolve("/v1/identity"))
                    .timeout(Duration.ofSeconds(5))
                    .POST(BodyPublishers.noBody())
                    .build();
            String token = json(send(asked)).path("token").asText();
            return json(get("/v1/cluster", token)).findValuesAsText("version");
        } catch (IOException e) {
            return List.of();
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> get(String path, String token) throws IOException {
        return send(HttpRequest.newBuilder(server.resolve(path))
                .timeout(Duration.ofSeconds(5))
                .header("authorization", "Bearer " + token)
                .build());
    }

    private HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int exitStatus() {
        return process.exitValue();
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** As SIGTERM does, and if that takes too long as {@code kill -9}. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
            kill();
        }
        http.close();
    }
}
