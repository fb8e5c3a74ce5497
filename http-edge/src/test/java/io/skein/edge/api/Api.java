package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.engine.schema.Identity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;

/** Somebody who uses the HTTP API of the {@link RunningEdge} as any client would. */
final class Api {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final String token;
    private final String identity;

    private Api(String token, String identity) {
        this.token = token;
        this.identity = identity;
    }

    /** An answer with its body as JSON; null if there is none. */
    record Answer(HttpResponse<String> http, JsonNode json) {
        int status() {
            return http.statusCode();
        }

        String header(String name) {
            return http.headers().firstValue(name).orElse("");
        }

        /** The same answer if its status is as expected. */
        Answer expect(int status) {
            assertEquals(status, status(), http.request().method() + " " + http.uri() + ": " + http.body());
            return this;
        }

        /** The same answer if it is a problem document with this status and code. */
        Answer problem(int status, String code) {
            expect(status);
            assertEquals("application/problem+json", header("content-type"));
            assertEquals(status, json.get("status").asInt());
            assertEquals(code, json.get("code").asText(), http.body());
            return this;
        }

        /** A problem whose code is {@code rejected}, for this reason. */
        Answer rejected(String reason) {
            problem(422, "rejected");
            assertEquals(reason, json.get("reason").asText());
            return this;
        }
    }

    /** Somebody new. */
    static Api somebody() {
        JsonNode made = new Api("", "").post("/v1/identity", "").expect(201).json();
        return new Api(made.get("token").asText(), made.get("identity").asText());
    }

    /** Somebody without a token. */
    static Api nobody() {
        return new Api("", "");
    }

    Identity identity() {
        return Identity.parse(identity);
    }

    String token() {
        return token;
    }

    static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + RunningEdge.get().port() + path);
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    Answer send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean json =
                    response.headers().firstValue("content-type").orElse("").matches("application/(problem\\+)?json");
            return new Answer(response, json ? JSON.readTree(response.body()) : JSON.nullNode());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Answer send(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = request(path).method(method, HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    Answer get(String path, String... headers) {
        HttpRequest.Builder request = request(path);
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    Answer post(String path, String body, String... headers) {
        return send("POST", path, body, headers);
    }

    Answer put(String path, String body, String... headers) {
        return send("PUT", path, body, headers);
    }

    Answer patch(String path, String body, String... headers) {
        return send("PATCH", path, body, headers);
    }

    Answer delete(String path, String... headers) {
        HttpRequest.Builder request = request(path).DELETE();
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /** A new private workspace of a module; its path. */
    String workspace(String module) {
        return workspace(module, "private");
    }

    String workspace(String module, String access) {
        String id = "w-" + UUID.randomUUID();
        post("/v1/workspaces", """
            {"id":"%s","module":"%s","name":"Test","access":"%s"}\
            """.formatted(id, module, access)).expect(201);
        return "/v1/workspaces/" + id;
    }

    Answer call(String workspace, String reducer, String args, String... headers) {
        return post(workspace + "/calls/" + reducer, args, headers);
    }

    /** Lets somebody into a workspace of which this is an owner. */
    void admit(String workspace, Api who, String role) {
        String token = post(workspace + "/invites", "{\"role\":\"" + role + "\"}")
                .expect(201)
                .json()
                .get("token")
                .asText();
        who.post(workspace + "/join", "{\"token\":\"" + token + "\",\"displayName\":\"" + role + "\"}")
                .expect(200);
    }
}
