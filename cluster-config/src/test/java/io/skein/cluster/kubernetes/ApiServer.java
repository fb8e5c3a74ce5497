package io.skein.cluster.kubernetes;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** An API server that answers by path, and remembers what it was asked. */
final class ApiServer implements AutoCloseable {
    record Asked(String method, String path, String authorization, String contentType, String body) {}

    private record Answer(int status, String body) {}

    final BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final HttpServer server;
    private final Path token;

    ApiServer(Path folder) throws IOException {
        token = Files.writeString(folder.resolve("token"), "one\n");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var headers = exchange.getRequestHeaders();
                String path = exchange.getRequestURI().getPath();
                asked.add(new Asked(
                        exchange.getRequestMethod(),
                        path,
                        headers.getFirst("authorization"),
                        String.valueOf(headers.getFirst("content-type")),
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
                Answer answer = answers.getOrDefault(path, new Answer(404, "{}"));
                byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
    }

    void answer(String path, int status, String body) {
        answers.put(path, new Answer(status, body));
    }

    /** Kubernetes renews it now and then. */
    void renewToken(String renewed) throws IOException {
        Files.writeString(token, renewed);
    }

    KubernetesApi client() {
        return KubernetesApi.at(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), token, "sync", "skein-1");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
