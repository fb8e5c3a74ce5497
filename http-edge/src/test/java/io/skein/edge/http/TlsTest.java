package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.cluster.Limits;
import io.skein.cluster.Limits.Pace;
import io.skein.edge.guard.Guard;
import io.skein.edge.guard.Proxies;
import io.skein.engine.meters.Meter;
import io.skein.engine.meters.Meters;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule S3: the clients' port over TLS. */
class TlsTest {
    @TempDir
    private static Path folder;

    private static TestCertificate first;
    private static TestCertificate renewed;
    private static SSLContext trust;

    @TempDir
    private Path files;

    private final Meters meters = new Meters();

    @BeforeAll
    static void certificates() throws Exception {
        first = TestCertificate.make(folder, "first");
        renewed = TestCertificate.make(folder, "renewed");
        trust = TestCertificate.trusting(first, renewed);
    }

    private Path key() {
        return files.resolve("tls.key");
    }

    private Path certificate() {
        return files.resolve("tls.crt");
    }

    private TestServer start(TestSettings settings, Guard guard) throws IOException {
        first.write(key(), certificate());
        Tls tls = Tls.open(key(), certificate(), new TlsMeters(meters), Duration.ofMillis(20));
        return TestServer.start(
                settings,
                new Gate(guard, Proxies.NONE, Optional.of(tls)),
                router -> router.get("/ok", _ -> CompletableFuture.completedFuture(Response.text(200, "ok")))
                        .post(
                                "/echo",
                                request -> CompletableFuture.completedFuture(
                                        Response.of(200, "application/octet-stream", request.body())))
                        .socket(new SocketRoute(
                                "/socket",
                                List.of("echo"),
                                SocketRoute.Payload.TEXT,
                                (_, _) -> CompletableFuture.completedFuture(
                                        new SocketRoute.Decision.Open(new EchoSocket.Echo())))));
    }

    private TestServer start() throws IOException {
        return start(new TestSettings(), Guard.none());
    }

    private static SSLSocket connect(TestServer server, String... protocols) throws IOException {
        var socket = (SSLSocket) trust.getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.server().port());
        if (protocols.length > 0) socket.setEnabledProtocols(protocols);
        return socket;
    }

    private static Certificate shown(TestServer server) {
        try (SSLSocket socket = connect(server)) {
            return socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private double meter(String name, Meter.Label... labels) {
        return meters.all().stream()
                .filter(meter -> meter.name().equals(name) && meter.labels().equals(List.of(labels)))
                .mapToDouble(meter -> meter instanceof Meter.Counter counter
                        ? counter.count()
                        : ((Meter.Gauge) meter).value().getAsDouble())
                .findFirst()
                .orElseThrow();
    }

    private double failed(String why) {
        return meter("skein_tls_handshakes_failed_total", new Meter.Label("why", why));
    }

    @Test
    void S3_requests_and_sockets_speak_tls() throws Exception {
        byte[] large = new byte[TestServer.MAX_BODY_BYTES];
        try (TestServer server = start();
                HttpClient client = HttpClient.newBuilder().sslContext(trust).build()) {
            String base = "https://127.0.0.1:" + server.server().port();
            HttpResponse<byte[]> echo = client.send(
                    HttpRequest.newBuilder(URI.create(base + "/echo"))
                            .POST(HttpRequest.BodyPublishers.ofByteArray(large))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertEquals(large.length, echo.body().length);
            assertEquals(
                    "max-age=31536000",
                    echo.headers().firstValue("strict-transport-security").orElse(""));
            assertEquals(HttpClient.Version.HTTP_1_1, echo.version());
            var heard = new CompletableFuture<String>();
            WebSocket socket = client.newWebSocketBuilder()
                    .subprotocols("echo")
                    .buildAsync(URI.create(base.replace("https", "wss") + "/socket"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                            heard.complete(data.toString());
                            return CompletableFuture.completedFuture(null);
                        }
                    })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("over TLS", true).get(20, TimeUnit.SECONDS);
            assertEquals("over TLS", heard.get(20, TimeUnit.SECONDS));
            socket.abort();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void S3_an_answer_is_read_to_its_end_although_more_was_sent(String version) throws Exception {
        try (TestServer server = start();
                RawClient client = new RawClient(connect(server, version))) {
            client.head("POST /echo HTTP/1.1", "Content-Length: 2000000").send("some");
            assertEquals(413, client.reply().status());
            assertTrue(client.ends());
        }
    }

    @Test
    void S3_who_speaks_in_the_clear_is_not_served() throws Exception {
        try (TestServer server = start();
                RawClient client = server.raw()) {
            client.head("GET /ok HTTP/1.1");
            assertThrows(IOException.class, client::reply);
            Eventually.holds("it is counted", () -> failed("refused") == 1);
            assertEquals(
                    "ok",
                    new RawClient(connect(server))
                            .head("GET /ok HTTP/1.1")
                            .reply()
                            .body());
        }
    }

    @Test
    void S3_a_handshake_that_hangs_is_cut_and_counted() throws Exception {
        TestSettings settings = new TestSettings();
        settings.requestTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings, Guard.none());
                RawClient silent = server.raw();
                RawClient half = server.raw()) {
            half.send(new byte[] {22, 3, 1}); // the beginning of a record
            assertTrue(silent.ends());
            assertTrue(half.ends());
            assertEquals(2, failed("timeout"));
        }
    }

    @Test
    void S3_a_request_that_hangs_after_the_handshake_is_408() throws Exception {
        TestSettings settings = new TestSettings();
        settings.requestTimeout = Duration.ofMillis(300);
        try (TestServer server = start(settings, Guard.none());
                RawClient client = new RawClient(connect(server))) {
            client.send("GET /ok HTTP/1.1\r\n");
            assertEquals(408, client.reply().status());
        }
    }

    @Test
    void G1_one_connection_too_many_is_told_so_over_tls() throws Exception {
        var endless = new Pace(0, 1);
        var limits = new Limits(true, 1, 0, 1_000, endless, endless, endless, endless, endless);
        try (TestServer server = start(new TestSettings(), new Guard(limits, new Meters()));
                RawClient one = new RawClient(connect(server))) {
            assertEquals("ok", one.head("GET /ok HTTP/1.1").reply().body());
            try (RawClient tooMany = new RawClient(connect(server))) {
                ((SSLSocket) tooMany.socket()).startHandshake();
                assertEquals(429, tooMany.reply().status());
                assertTrue(tooMany.ends());
            }
        }
    }

    @Test
    void S3_a_renewed_certificate_is_shown_without_a_restart() throws Exception {
        try (TestServer server = start();
                RawClient early = new RawClient(connect(server))) {
            assertEquals("ok", early.head("GET /ok HTTP/1.1").reply().body());
            assertEquals(first.certificate(), shown(server));
            Files.writeString(key(), renewed.key());
            Eventually.holds("half of a pair is told", () -> meter("skein_tls_unusable_total") > 0);
            assertEquals(first.certificate(), shown(server));
            renewed.write(key(), certificate());
            Eventually.holds("it is shown", () -> shown(server).equals(renewed.certificate()));
            assertEquals("ok", early.head("GET /ok HTTP/1.1").reply().body());
            assertTrue(meter("skein_tls_certificate_seconds") > 0);
        }
    }

    @Test
    void S3_what_is_no_key_is_named_at_start() throws Exception {
        first.write(key(), certificate());
        Files.writeString(key(), renewed.key());
        IOException other =
                assertThrows(IOException.class, () -> Tls.open(key(), certificate(), new TlsMeters(new Meters())));
        assertTrue(String.valueOf(other.getMessage()).contains("the key is not the certificate's"), other::toString);
        Files.writeString(key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        IOException sec1 =
                assertThrows(IOException.class, () -> Tls.open(key(), certificate(), new TlsMeters(new Meters())));
        assertTrue(String.valueOf(sec1.getMessage()).contains("PKCS #8"), sec1::toString);
    }
}
