package io.skein.edge.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.http.Eventually;
import io.skein.edge.http.TestServer;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Probes against checks that a test decides about. */
class HealthTest {
    private static final Duration PATIENCE = Duration.ofMillis(200);

    private static HttpResponse<String> ask(TestServer server, String path) {
        try {
            return server.client().send(server.request(path).build(), BodyHandlers.ofString());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void assertNotReady(HttpResponse<String> answer, String why) {
        assertEquals(503, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"code\":\"unavailable\""), answer.body());
        assertTrue(answer.body().contains(why), answer.body());
        assertEquals("1", answer.headers().firstValue("retry-after").orElse(""));
    }

    @Test
    void a_node_is_ready_when_every_check_is_well() {
        var complaint = new AtomicReference<>(Optional.of("the database does not answer"));
        var health = new Health(
                List.of(Optional::empty, () -> Objects.requireNonNull(complaint.get())), PATIENCE, Duration.ZERO);
        try (var server = TestServer.start(health::addTo)) {
            assertNotReady(ask(server, "/health/ready"), "the database does not answer");
            assertNotReady(ask(server, "/health/startup"), "the database does not answer");
            assertEquals(200, ask(server, "/health/alive").statusCode());
            complaint.set(Optional.empty());
            assertEquals("{\"status\":\"ready\"}", ask(server, "/health/ready").body());
            complaint.set(Optional.of("away again"));
            assertNotReady(ask(server, "/health/ready"), "away again");
            assertEquals(200, ask(server, "/health/startup").statusCode(), "it has started once");
        }
    }

    @Test
    void a_check_that_fails_is_a_complaint() {
        var health = new Health(
                List.of(() -> {
                    throw new java.io.IOException("unplugged");
                }),
                PATIENCE,
                Duration.ZERO);
        try (var server = TestServer.start(health::addTo)) {
            assertNotReady(ask(server, "/health/ready"), "a check failed");
        }
    }

    @Test
    void a_check_that_hangs_delays_nobody_longer_than_the_patience() {
        var unplugged = new CountDownLatch(1);
        var asked = new AtomicInteger();
        var health = new Health(
                List.of(() -> {
                    asked.incrementAndGet();
                    unplugged.await();
                    return Optional.empty();
                }),
                PATIENCE,
                Duration.ofHours(1));
        try (var server = TestServer.start(health::addTo)) {
            for (int i = 0; i < 3; i++) {
                assertNotReady(ask(server, "/health/ready"), "longer than 200 ms");
                assertEquals(200, ask(server, "/health/alive").statusCode());
            }
            assertEquals(1, asked.get(), "one at a time, however many ask");
            unplugged.countDown();
            Eventually.holds(
                    "the check has ended", () -> ask(server, "/health/ready").statusCode() == 200);
        }
    }

    @Test
    void checks_are_believed_for_a_moment_and_no_longer() {
        var asked = new AtomicInteger();
        Health.Check counting = () -> {
            asked.incrementAndGet();
            return Optional.empty();
        };
        var health = new Health(List.of(counting), PATIENCE, Duration.ofHours(1));
        try (var server = TestServer.start(health::addTo)) {
            for (int i = 0; i < 5; i++) {
                assertEquals(200, ask(server, "/health/ready").statusCode());
            }
            assertEquals(1, asked.get());
        }
        var forgetful = new Health(List.of(counting), PATIENCE, Duration.ofMillis(20));
        try (var server = TestServer.start(forgetful::addTo)) {
            Eventually.holds("asked again", () -> {
                ask(server, "/health/ready");
                return asked.get() >= 3;
            });
        }
    }

    @Test
    void alive_asks_nobody() {
        var health = new Health(
                List.of(() -> {
                    throw new AssertionError("asked");
                }),
                PATIENCE,
                Duration.ZERO);
        try (var server = TestServer.start(health::addTo)) {
            var answer = ask(server, "/health/alive");
            assertEquals(200, answer.statusCode());
            assertEquals("{\"status\":\"alive\"}", answer.body());
            assertEquals(
                    "no-store", answer.headers().firstValue("cache-control").orElse(""));
        }
    }

    @Test
    void a_node_that_stops_is_alive_and_not_ready() {
        var health = new Health(List.of(Optional::empty), PATIENCE, Duration.ofHours(1));
        try (var server = TestServer.start(health::addTo)) {
            assertEquals(200, ask(server, "/health/ready").statusCode());
            health.stop();
            assertNotReady(ask(server, "/health/ready"), "stopping");
            assertEquals(200, ask(server, "/health/alive").statusCode());
        }
    }
}
