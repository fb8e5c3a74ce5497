package io.skein.edge.wire;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import io.skein.edge.http.Eventually;
import io.skein.edge.node.Edge;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.Unquoted;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Secret;
import io.skein.engine.schema.Table;
import io.skein.modules.rooms.RoomsModule;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Somebody says things on every wire, in every way that goes wrong, while everything of Skein's own is logged. */
class SilentLogTest {
    private static final String PAYLOAD = "what-nobody-else-may-read-4711";
    private static final String SECRET = "sealed-and-never-shown-0815";
    private static final String FORGED = "eyJhbGciOiJub25lIn0.forged-token-3141";

    /** Its mistakes quote what they are given, as those of people do. */
    private static final class Talk implements Module {
        record Say(@Key String id, String text, @Secret String hidden) {}

        record SayIt(String id, String text, @Secret String hidden) {}

        record Stumble(String text) {}

        private static final Table<Say> SAID = Table.of("say", Say.class);

        @Override
        public void define(Definition module) {
            module.name("talk").version(1);
            module.table(SAID).visibleWhen((viewer, row, _) -> {
                if (!viewer.role().atLeast(Role.OWNER)) {
                    throw new IllegalStateException("cannot judge " + row.text());
                }
                return true;
            });
            module.reducer("say", SayIt.class, Role.VIEWER, (tx, in) -> {
                tx.require(tx.in(SAID).find(in.id()).isEmpty(), "said " + in.text());
                tx.in(SAID).insert(new Say(in.id(), in.text(), in.hidden()));
            });
            module.reducer("stumble", Stumble.class, Role.VIEWER, (_, in) -> Integer.parseInt(in.text()));
        }
    }

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final Logger OWN = (Logger) LoggerFactory.getLogger("io.skein");
    private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();

    private static Edge edge;
    private static Who owner;
    private static Who guest;
    private static String workspace;

    @BeforeAll
    static void start() {
        LOG.start();
        ROOT.addAppender(LOG);
        OWN.setLevel(Level.DEBUG);
        edge = TestNode.start(
                "silent", Map.of("skein.http.max-frame-bytes", "64KiB"), List.of(new Talk(), new RoomsModule()));
        owner = TestNode.somebody(edge.port());
        guest = TestNode.somebody(edge.port());
        workspace = TestNode.freshName();
        TestNode.create(edge, workspace, owner, "talk", Access.PUBLIC_WRITE);
    }

    @AfterAll
    static void stop() {
        edge.close();
        OWN.setLevel(null);
        ROOT.detachAppender(LOG);
        LOG.stop();
    }

    private static List<ILoggingEvent> logged() {
        return List.copyOf(new ArrayList<>(LOG.list));
    }

    /** All that any format could write of a line. */
    private static String everything(ILoggingEvent event) {
        var text = new StringBuilder(event.getFormattedMessage());
        text.append(Arrays.toString(event.getArgumentArray()))
                .append(event.getMDCPropertyMap())
                .append(event.getKeyValuePairs());
        for (IThrowableProxy at = event.getThrowableProxy(); at != null; at = at.getCause()) {
            text.append(at.getClassName()).append(at.getMessage());
            for (IThrowableProxy other : at.getSuppressed()) {
                text.append(other.getMessage());
            }
        }
        return text.toString();
    }

    private static void assertNowhere(String... words) {
        for (String word : words) {
            byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
            var forms = List.of(
                    word,
                    HexFormat.of().formatHex(bytes),
                    Base64.getEncoder().withoutPadding().encodeToString(bytes),
                    Arrays.toString(bytes).replaceAll("[\\[\\]]", ""));
            for (ILoggingEvent event : logged()) {
                String line = everything(event);
                forms.forEach(form -> assertFalse(line.contains(form), () -> "the log quotes " + word + ": " + line));
            }
        }
    }

    private static HttpResponse<String> post(String path, String token, String body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + path))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return TestNode.HTTP.send(
                request.header("Idempotency-Key", "key-" + PAYLOAD).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String say(String id) {
        return "{\"id\":\"%s\",\"text\":\"%s\",\"hidden\":\"%s\"}".formatted(id, PAYLOAD, SECRET);
    }

    private static ILoggingEvent line(String part) {
        var found = new ArrayList<ILoggingEvent>();
        Eventually.holds("the log says " + part, () -> {
            logged().stream()
                    .filter(event -> event.getFormattedMessage().contains(part))
                    .findFirst()
                    .ifPresent(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    @Test
    void S2_the_native_wire_leaves_no_words_in_the_log() {
        String stumble = "{\"text\":\"" + PAYLOAD + "\"}";
        String mine = "{\"table\":\"say\",\"where\":[\"=\",\"text\",\"" + PAYLOAD + "\"]}";
        try (WireClient first = WireClient.connect(edge.port(), workspace, owner);
                WireClient second = WireClient.connect(edge.port(), workspace, guest)) {
            first.hello(WireClient.resume("epoch-" + PAYLOAD, 7, "view-" + PAYLOAD), "*");
            second.hello(null, mine);
            first.done("say", say("n1"));
            assertEquals(
                    "rejected", first.refused("say", say("n1"), "").get("code").asText());
            assertEquals(
                    "internal",
                    first.refused("stumble", stumble, ",\"key\":\"" + PAYLOAD + "\"")
                            .get("code")
                            .asText());
            first.refused("no-" + PAYLOAD, stumble, "");
            first.refused("say", "{\"id\":7,\"" + PAYLOAD + "\":1}", "");
            first.send("{\"type\":\"signal\",\"id\":90,\"name\":\"s\",\"payload\":\"" + PAYLOAD + "\"}");
            first.send("{\"type\":\"presence\",\"id\":91,\"state\":{\"at\":\"" + PAYLOAD + "\"}}");
            first.send("{\"type\":\"subscribe\",\"id\":92,\"sub\":4,\"tables\":[" + mine.replace("text", "nothing")
                    + "]}");
            first.send("not json " + PAYLOAD);
            first.ping();
            first.send("{\"type\":\"" + PAYLOAD.repeat(4_000) + "\"}");
            first.awaitClose();
        }
        ILoggingEvent failed = line("reducer stumble of");
        assertEquals(workspace, failed.getMDCPropertyMap().get("workspace"));
        assertEquals(
                "java.lang.NumberFormatException", failed.getThrowableProxy().getMessage());
        assertTrue(failed.getThrowableProxy().getStackTraceElementProxyArray().length > 3, "where it was is told");
        assertTrue(line("the visibility rule of table")
                .getThrowableProxy()
                .getMessage()
                .contains("IllegalState"));
        assertNowhere(PAYLOAD, SECRET, owner.token(), guest.token());
    }

    @Test
    void S2_http_leaves_no_words_in_the_log() throws Exception {
        String calls = "/v1/workspaces/" + workspace + "/calls/";
        assertEquals(200, post(calls + "say", owner.token(), say("h1")).statusCode());
        assertEquals(409, post(calls + "say", owner.token(), say("h2")).statusCode(), "the key was used");
        post(calls + "stumble", guest.token(), "{\"text\":\"" + PAYLOAD + "\"}");
        post(calls + "say", guest.token(), "{\"id\":\"" + PAYLOAD);
        post(calls + "say", FORGED, say("h3"));
        post(calls + PAYLOAD, owner.token(), "{}");
        post("/v1/workspaces/" + workspace + "/join", guest.token(), "{\"token\":\"" + SECRET + "\"}");
        post("/v1/workspaces/" + workspace + "-2/import", owner.token(), "{\"" + PAYLOAD + "\n" + SECRET);
        post("/v1/workspaces/" + workspace + "/snapshot?ticket=" + FORGED, "", PAYLOAD);
        post(
                "/v1/database/" + workspace + "/call/say",
                guest.token(),
                "[\"d1\",\"" + PAYLOAD + "\",\"" + SECRET + "\"]");
        post("/v1/database/" + workspace + "/call/stumble", guest.token(), "[\"" + PAYLOAD + "\"]");
        post("/v1/database/" + workspace + "/sql", guest.token(), "SELECT * FROM say WHERE text = '" + PAYLOAD + "'");
        post("/v1/database/" + workspace + "/sql", guest.token(), "SELEKT '" + PAYLOAD);
        String ticket = TestNode.JSON
                .readTree(
                        post("/v1/identity/websocket-token", guest.token(), "").body())
                .get("token")
                .asText();
        post("/v1/database/" + workspace + "/sql?token=" + ticket, "", "SELECT '" + PAYLOAD + "'");
        assertNowhere(PAYLOAD, SECRET, FORGED, ticket, owner.token(), guest.token());
    }

    @Test
    void S2_the_SpacetimeDB_wire_leaves_no_words_in_the_log() throws Exception {
        var socket = new Binary();
        WebSocket open = TestNode.HTTP
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + guest.token())
                .subprotocols("v2.bsatn.spacetimedb")
                .buildAsync(
                        URI.create("ws://127.0.0.1:" + edge.port() + "/v1/database/" + workspace + "/subscribe"),
                        socket)
                .get(30, TimeUnit.SECONDS);
        byte[] args = Bsatn.of().string("s1").string(PAYLOAD).string(SECRET).bytes();
        var messages = List.of(
                Bsatn.of().u8(3).u32(1).u8(0).string("say").part(args),
                Bsatn.of()
                        .u8(3)
                        .u32(2)
                        .u8(0)
                        .string("stumble")
                        .part(Bsatn.of().string(PAYLOAD).bytes()),
                Bsatn.of().u8(3).u32(3).u8(0).string("no-" + PAYLOAD).part(args),
                Bsatn.of().u8(2).u32(4).string("SELECT * FROM say WHERE text = '" + PAYLOAD + "'"),
                Bsatn.of().u8(0).u32(5).u32(1).u32(1).string("SELECT * FROM say WHERE nothing = '" + PAYLOAD + "'"),
                Bsatn.of().u8(77).string(PAYLOAD));
        for (Bsatn message : messages) {
            open.sendBinary(ByteBuffer.wrap(message.bytes()), true).get(30, TimeUnit.SECONDS);
        }
        socket.closed.get(30, TimeUnit.SECONDS); // by the one that is no message
        assertNowhere(PAYLOAD, SECRET, guest.token());
        assertTrue(
                logged().stream().anyMatch(event -> event.getFormattedMessage().contains("reducer stumble of")));
    }

    @Test
    void S2_the_wires_of_Yjs_leave_no_words_in_the_log() throws Exception {
        String state = "{\"user\":\"" + PAYLOAD + "\"}";
        byte[] unreadable = PAYLOAD.getBytes(StandardCharsets.UTF_8);
        talk(
                "silent-1?token=" + guest.token(),
                Lib0.of().number(0).number(0).part(new byte[] {0}), // what is there?
                Lib0.of().number(0).number(2).part(unreadable),
                Lib0.of()
                        .number(1)
                        .part(Lib0.of()
                                .number(1)
                                .number(7)
                                .number(1)
                                .string(state)
                                .bytes()),
                Lib0.of().number(99).string(PAYLOAD));
        talk("silent-1?token=" + FORGED, Lib0.of().number(0).number(0).part(new byte[] {0}));
        String room = "silent-2";
        talk(
                "",
                Lib0.of().string(room).number(2).number(0).string(guest.token()),
                Lib0.of().string(room).number(0).number(2).part(unreadable),
                Lib0.of().string(room).number(5).string(PAYLOAD),
                Lib0.of().string(room).number(2).number(0).string(FORGED),
                Lib0.of().string(room).number(99).string(PAYLOAD));
        talk("", Lib0.of().string("silent-3").number(2).number(0).string(FORGED));
        assertNowhere(PAYLOAD, FORGED, guest.token());
    }

    /** Says all of it on one socket, and waits until the server closes it or has nothing more to say. */
    private static void talk(String path, Lib0... messages) throws Exception {
        var socket = new Binary();
        WebSocket open = TestNode.HTTP
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + edge.port() + "/rooms/" + path), socket)
                .get(30, TimeUnit.SECONDS);
        for (Lib0 message : messages) {
            open.sendBinary(ByteBuffer.wrap(message.bytes()), true).get(30, TimeUnit.SECONDS);
        }
        // What cannot be read at all ends every socket that is still there.
        open.sendBinary(ByteBuffer.wrap(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}), true)
                .exceptionally(_ -> open)
                .get(30, TimeUnit.SECONDS);
        socket.closed.get(30, TimeUnit.SECONDS);
    }

    /** Writes a message of those wires. */
    private static final class Lib0 {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        static Lib0 of() {
            return new Lib0();
        }

        Lib0 number(int value) {
            int rest = value;
            for (; rest > 127; rest >>>= 7) {
                out.write((rest & 127) | 128);
            }
            out.write(rest);
            return this;
        }

        Lib0 part(byte[] bytes) {
            number(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        Lib0 string(String text) {
            return part(text.getBytes(StandardCharsets.UTF_8));
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }

    @Test
    void S2_of_a_mistake_the_log_has_the_kind_and_the_place() {
        Throwable mistake = Unquoted.ifMistake(new IllegalStateException(PAYLOAD, new NumberFormatException(SECRET)));
        assertEquals("java.lang.IllegalStateException", mistake.getMessage());
        assertEquals(
                "java.lang.NumberFormatException",
                requireNonNull(mistake.getCause()).getMessage());
        assertEquals("S2_of_a_mistake_the_log_has_the_kind_and_the_place", mistake.getStackTrace()[0].getMethodName());
        var database = new java.sql.SQLException("the connection is closed");
        assertSame(database, Unquoted.ifMistake(database));
    }

    /** Reads until it is closed. */
    private static final class Binary implements WebSocket.Listener {
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.complete(1006);
        }
    }

    /** Writes a message of that wire. */
    private static final class Bsatn {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        static Bsatn of() {
            return new Bsatn();
        }

        Bsatn u8(int value) {
            out.write(value);
            return this;
        }

        Bsatn u32(int value) {
            out.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(value)
                    .array());
            return this;
        }

        Bsatn part(byte[] bytes) {
            u32(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        Bsatn string(String text) {
            return part(text.getBytes(StandardCharsets.UTF_8));
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
