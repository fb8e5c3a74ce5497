package io.skein.helm.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The server. Nothing runs behind it: a Job has succeeded as soon as it is made, and pods are what tests put there. Accounts may do what {@link #allow}
 * says; the administrator's token everything.
 */
public final class FakeKubernetes implements AutoCloseable {
    private static final String ADMINISTRATOR = "administrator";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Store store = new Store();
    private final Map<String, List<JsonNode>> accounts = new ConcurrentHashMap<>();
    private final Queue<String> forbidden = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpsServer server;
    private final String certificate;
    private volatile boolean closed;

    private FakeKubernetes(HttpsServer server, String certificate) {
        this.server = server;
        this.certificate = certificate;
    }

    /** @param folder for its certificate */
    public static FakeKubernetes start(Path folder) throws Exception {
        Certificate certificate = Certificate.make(Files.createTempDirectory(folder, "kubernetes"));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
        var kubernetes = new FakeKubernetes(server, certificate.pem());
        server.createContext("/", kubernetes::answer);
        server.setExecutor(kubernetes.threads);
        server.start();
        return kubernetes;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** What Helm reads to find this server, as its administrator. */
    public String kubeConfig(String namespace) {
        return """
            {"apiVersion":"v1","kind":"Config","current-context":"test",
             "clusters":[{"name":"test","cluster":{"server":"https://127.0.0.1:%d","certificate-authority-data":"%s"}}],
             "users":[{"name":"test","user":{"token":"%s"}}],
             "contexts":[{"name":"test","context":{"cluster":"test","user":"test","namespace":"%s"}}]}
            """.formatted(
                        port(),
                        Base64.getEncoder().encodeToString(certificate.getBytes(StandardCharsets.UTF_8)),
                        ADMINISTRATOR,
                        namespace);
    }

    /** Writes what every pod has under {@code /var/run/secrets/kubernetes.io/serviceaccount}. */
    public void writeAccount(Path folder, String token, String namespace) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("token"), token);
        Files.writeString(folder.resolve("namespace"), namespace);
        Files.writeString(folder.resolve("ca.crt"), certificate);
    }

    /** Lets an account do what the rules of a Role say, and nothing else. */
    public void allow(String token, JsonNode rules) {
        accounts.put(token, StreamOf.items(rules).toList());
    }

    /** What accounts wanted and were not allowed, such as {@code patch pods skein-1}. */
    public List<String> forbidden() {
        return List.copyOf(forbidden);
    }

    /** Makes an object, or replaces the one of its name. */
    public void put(String version, String namespace, String plural, ObjectNode object) {
        String path = Target.collection(version, namespace, plural) + "/"
                + object.at("/metadata/name").asText();
        try {
            if (store.get(path).isPresent()) {
                store.replace(path, object);
            } else {
                store.create(path, object);
            }
        } catch (Store.Refused e) {
            throw new IllegalStateException(e);
        }
    }

    public void delete(String version, String namespace, String plural, String name) {
        try {
            store.delete(Target.collection(version, namespace, plural) + "/" + name);
        } catch (Store.Refused e) {
            throw new IllegalStateException(e);
        }
    }

    public Optional<ObjectNode> get(String version, String namespace, String plural, String name) {
        return store.get(Target.collection(version, namespace, plural) + "/" + name);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                route(exchange);
            } catch (Store.Refused e) {
                exchange.getRequestBody().readAllBytes();
                send(exchange, e.status, status(e.status, e.reason, String.valueOf(e.getMessage())));
            } catch (JsonProcessingException e) {
                String type = exchange.getRequestHeaders().getFirst("content-type");
                send(exchange, 415, status(415, "UnsupportedMediaType", type + ": " + e.getOriginalMessage()));
            } catch (RuntimeException e) {
                send(exchange, 500, status(500, "InternalError", e.toString()));
            }
        }
    }

    private void route(HttpExchange exchange) throws IOException, Store.Refused {
        String path = exchange.getRequestURI().getPath();
        switch (path) {
            case "/version" ->
                send(
                        exchange,
                        200,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("major", "1")
                                .put("minor", "30")
                                .put("gitVersion", "v1.30.0"));
            case "/api" -> {
                ObjectNode versions = JsonNodeFactory.instance.objectNode().put("kind", "APIVersions");
                versions.putArray("versions").add("v1");
                send(exchange, 200, versions);
            }
            // An empty description: Helm checks nothing by it, and StrictObjects does instead.
            case "/openapi/v2" -> exchange.sendResponseHeaders(200, -1);
            case "/apis" -> send(exchange, 200, Kinds.groups());
            default -> {
                Optional<Target> target = Target.of(path);
                if (target.isPresent()) {
                    aboutObjects(exchange, target.get());
                } else if (path.matches("/api/v1|/apis/[^/]+/[^/]+")) {
                    send(exchange, 200, Kinds.resources(path.replaceFirst("/apis?/", "")));
                } else {
                    throw new Store.Refused(404, "NotFound", path);
                }
            }
        }
    }

    private void aboutObjects(HttpExchange exchange, Target target) throws IOException, Store.Refused {
        Map<String, String> query = query(exchange);
        boolean isWatch = query.getOrDefault("watch", "").matches("1|true");
        if (query.containsKey("sendInitialEvents")) { // a list within a watch: clients do without where a server cannot
            throw new Store.Refused(422, "Invalid", "sendInitialEvents is forbidden for watch");
        }
        requireRight(exchange, target, target.verb(exchange.getRequestMethod(), isWatch));
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                Predicate<JsonNode> wanted = wanted(query);
                if (!target.name().isEmpty()) {
                    send(
                            exchange,
                            200,
                            store.get(target.path(target.name()))
                                    .orElseThrow(
                                            () -> new Store.Refused(404, "NotFound", target.name() + " not found")));
                } else if (isWatch) {
                    watch(exchange, target, wanted, query.containsKey("resourceVersion"));
                } else {
                    send(exchange, 200, list(target, wanted));
                }
            }
            case "POST" -> {
                ObjectNode object = ended(target, body(exchange));
                send(
                        exchange,
                        201,
                        store.create(target.path(object.at("/metadata/name").asText()), object));
            }
            case "PUT" -> send(exchange, 200, store.replace(target.path(target.name()), body(exchange)));
            case "PATCH" -> send(exchange, 200, store.merge(target.path(target.name()), body(exchange)));
            case "DELETE" -> send(exchange, 200, store.delete(target.path(target.name())));
            default -> throw new Store.Refused(405, "MethodNotAllowed", exchange.getRequestMethod());
        }
    }

    private void requireRight(HttpExchange exchange, Target target, String verb) throws Store.Refused {
        String token = String.valueOf(exchange.getRequestHeaders().getFirst("authorization"))
                .replace("Bearer ", "");
        if (token.equals(ADMINISTRATOR)) {
            return;
        }
        List<JsonNode> rules = accounts.get(token);
        if (rules == null) {
            throw new Store.Refused(401, "Unauthorized", "no such account");
        }
        if (rules.stream().noneMatch(rule -> allows(rule, target, verb))) {
            forbidden.add(verb + " " + target.plural() + " " + target.name());
            throw new Store.Refused(403, "Forbidden", verb + " " + target.plural() + " is not allowed");
        }
    }

    private static boolean allows(JsonNode rule, Target target, String verb) {
        return StreamOf.texts(rule.path("apiGroups")).anyMatch(target.group()::equals)
                && StreamOf.texts(rule.path("resources")).anyMatch(target.plural()::equals)
                && StreamOf.texts(rule.path("verbs")).anyMatch(verb::equals)
                && (!rule.has("resourceNames")
                        || StreamOf.texts(rule.path("resourceNames")).anyMatch(target.name()::equals));
    }

    /** A Job, and a pod that a test of Helm's makes, is over at once and well. */
    private static ObjectNode ended(Target target, ObjectNode object) {
        if (target.plural().equals("jobs")) {
            ObjectNode status = object.putObject("status").put("succeeded", 1);
            status.putArray("conditions").addObject().put("type", "Complete").put("status", "True");
        } else if (target.plural().equals("pods")
                && object.at("/metadata/annotations").has("helm.sh/hook")) {
            object.putObject("status").put("phase", "Succeeded");
        }
        return object;
    }

    private ObjectNode list(Target target, Predicate<JsonNode> wanted) {
        ObjectNode list = JsonNodeFactory.instance
                .objectNode()
                .put("kind", Kinds.kindOf(target.version(), target.plural()) + "List")
                .put("apiVersion", target.version());
        list.putObject("metadata").put("resourceVersion", Long.toString(store.version()));
        list.putArray("items").addAll(store.list(target.collection(), wanted));
        return list;
    }

    private void watch(HttpExchange exchange, Target target, Predicate<JsonNode> wanted, boolean fromNow)
            throws IOException {
        Store.Watch watch = store.watch(target.collection(), wanted, fromNow);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.flush();
            while (!closed) {
                ObjectNode event = watch.events().poll(200, TimeUnit.MILLISECONDS);
                if (event != null) {
                    out.write((JSON.writeValueAsString(event) + "\n").getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            store.unwatch(watch);
        }
    }

    private static Predicate<JsonNode> wanted(Map<String, String> query) {
        String field = query.getOrDefault("fieldSelector", "");
        Predicate<JsonNode> labelled = Store.selected(query.getOrDefault("labelSelector", ""));
        return field.startsWith("metadata.name=")
                ? labelled.and(object ->
                        object.at("/metadata/name").asText().equals(field.substring("metadata.name=".length())))
                : labelled;
    }

    private static Map<String, String> query(HttpExchange exchange) {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null
                ? Map.of()
                : Stream.of(query.split("&", -1))
                        .map(each -> each.split("=", 2))
                        .filter(each -> each.length == 2)
                        .collect(Collectors.toMap(
                                each -> each[0],
                                each -> URLDecoder.decode(each[1], StandardCharsets.UTF_8),
                                (a, _) -> a));
    }

    private static ObjectNode body(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        return ProtobufSecret.TYPE.equals(exchange.getRequestHeaders().getFirst("content-type"))
                ? ProtobufSecret.read(body)
                : (ObjectNode) JSON.readTree(body);
    }

    private static ObjectNode status(int code, String reason, String message) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("reason", reason)
                .put("message", message)
                .put("code", code);
    }

    private static void send(HttpExchange exchange, int status, JsonNode answer) throws IOException {
        byte[] text = text(answer);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, text.length);
        exchange.getResponseBody().write(text);
    }

    private static byte[] text(JsonNode answer) {
        try {
            return JSON.writeValueAsBytes(answer);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        closed = true;
        server.stop(0);
        threads.shutdownNow();
    }
}
