package io.skein.edge.command.imports;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.skein.edge.command.imports.ApiException.Kind;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Requests to Skein's HTTP API. What can be repeated without harm is, when the server is busy (429, 503) or the connection breaks:
 * after what the server advises and a random part of a doubling pause on top, so that callers turned away together do not come back
 * together. Thread-safe; calls block.
 */
public final class Api implements AutoCloseable {
    private static final int ATTEMPTS = 10;
    private static final long PAUSE_MILLIS = 200;
    private static final long MAX_PAUSE_MILLIS = 10_000;
    private static final long MAX_ADVICE_MILLIS = 60_000;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    /** Above the longest that the server takes before it says {@code unavailable}. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    private static final int UNAUTHORIZED = 401;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final HttpClient http;
    private final String base;
    private final @Nullable String token;
    private final Figures figures;

    /**
     * @param base such as {@code http://127.0.0.1:8080}
     * @param token null to call as nobody
     */
    public Api(URI base, @Nullable String token, Figures figures) {
        this(base, token, figures, HttpClient.newBuilder());
    }

    /** @param http a client that knows whom to trust */
    public Api(URI base, @Nullable String token, Figures figures, HttpClient.Builder http) {
        this.http = http.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build();
        String text = base.toString();
        this.base = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        this.token = token;
        this.figures = figures;
    }

    /** @param body the document in it, or a missing node when there is none */
    public record Answer(int status, JsonNode body) {
        public boolean ok() {
            return status / 100 == 2;
        }

        /** {@code forbidden: you are not a member of this workspace}. */
        public String problem() {
            String code = body.path("code").asText("HTTP " + status);
            String reason = body.path("reason").asText("");
            String detail = body.path("detail").asText("");
            return code + (reason.isEmpty() ? "" : " (" + reason + ")") + (detail.isEmpty() ? "" : ": " + detail);
        }
    }

    /**
     * The answer, if it is a good one.
     *
     * @throws ApiException if not; hopeless where the server does not know the caller, as nothing else will go through either
     */
    public static Answer checked(Answer answer) throws ApiException {
        if (answer.ok()) {
            return answer;
        }
        throw new ApiException(answer.status() == UNAUTHORIZED ? Kind.HOPELESS : Kind.REFUSED, answer.problem());
    }

    public Answer get(String path) throws ApiException, InterruptedException {
        return repeatedly(request(path).GET().build(), 0);
    }

    /** With a key, so that it is safe to repeat. */
    public Answer post(String path, byte[] body, String key, Map<String, String> headers)
            throws ApiException, InterruptedException {
        HttpRequest.Builder request = request(path)
                .POST(BodyPublishers.ofByteArray(body))
                .header("content-type", "application/json")
                .header("idempotency-key", key);
        headers.forEach(request::header);
        return repeatedly(request.build(), body.length);
    }

    /** Once, for what comes first: whether there is a server at all should be known at once. */
    public Answer first(String method, String path) throws ApiException, InterruptedException {
        try {
            return answer(
                    send(request(path).method(method, BodyPublishers.noBody()).build(), 0));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER_TIMEOUT);
        if (token != null) {
            request.header("authorization", "Bearer " + token);
        }
        return request;
    }

    private Answer repeatedly(HttpRequest request, int bytes) throws ApiException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            long adviceMillis = 0;
            try {
                HttpResponse<byte[]> response = send(request, bytes);
                Answer answer = answer(response);
                boolean busy = answer.status() == TOO_MANY || answer.status() == UNAVAILABLE;
                if (!busy) {
                    return answer;
                }
                if (attempt == ATTEMPTS) {
                    throw new ApiException(Kind.HOPELESS, "the server stays busy: " + answer.problem());
                }
                adviceMillis = adviceMillis(response, answer);
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw unreachable(e);
                }
            }
            figures.retried();
            TimeUnit.MILLISECONDS.sleep(pauseMillis(
                    attempt, adviceMillis, ThreadLocalRandom.current().nextDouble()));
        }
    }

    /** @param chance from 0 to 1 */
    static long pauseMillis(int attempt, long adviceMillis, double chance) {
        long ceiling = Math.min(MAX_PAUSE_MILLIS, PAUSE_MILLIS << Math.min(attempt - 1, 16));
        return Math.min(adviceMillis, MAX_ADVICE_MILLIS) + (long) (chance * ceiling);
    }

    /** The problem document has milliseconds, the header whole seconds; a proxy in front sends the header alone. */
    private static long adviceMillis(HttpResponse<byte[]> response, Answer answer) {
        if (answer.body().path("retryAfter").isIntegralNumber()) {
            return Math.max(0, answer.body().path("retryAfter").longValue());
        }
        String header = response.headers().firstValue("retry-after").orElse("");
        return header.matches("\\d{1,6}") ? TimeUnit.SECONDS.toMillis(Long.parseLong(header)) : 0;
    }

    private HttpResponse<byte[]> send(HttpRequest request, int bytes) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        figures.called(System.nanoTime() - start, bytes);
        return response;
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        byte[] body = response.body();
        if (body.length == 0) {
            return new Answer(response.statusCode(), MissingNode.getInstance());
        }
        try {
            return new Answer(
                    response.statusCode(), Json.DEFAULT.<JsonNode>read(body, parser -> parser.readValueAsTree()));
        } catch (BadJson e) {
            // Something between here and Skein answered. Its own words say more than that they are no JSON.
            String words = new String(body, 0, Math.min(body.length, 200), StandardCharsets.UTF_8);
            return new Answer(
                    response.statusCode(),
                    com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                            .objectNode()
                            .put("detail", words.replaceAll("\\s+", " ").strip()));
        }
    }

    private ApiException unreachable(IOException cause) {
        String why = cause instanceof ConnectException ? "nobody listens there" : String.valueOf(cause.getMessage());
        return new ApiException(Kind.HOPELESS, "no Skein at " + base + ": " + why, cause);
    }

    @Override
    public void close() {
        http.close();
    }
}
