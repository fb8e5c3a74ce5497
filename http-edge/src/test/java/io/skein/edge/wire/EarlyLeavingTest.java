package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.edge.http.Frame;
import io.skein.edge.http.FrameClient;
import io.skein.edge.node.Node;
import io.skein.edge.session.Entrance;
import io.skein.edge.session.NativeFormat;
import io.skein.edge.session.SocketPort;
import io.skein.edge.wire.TestNode.Who;
import io.skein.engine.module.Access;
import io.skein.engine.module.Refusal;
import io.skein.engine.relay.Relay;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.Test;

/** Clients that hang up before their sessions are in. The other sessions of their workspace go on. */
class EarlyLeavingTest {
    private static final int ROUNDS = 20;
    private static final String HELLO = "{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":[\"*\"]}]}";

    private final Node node = TestNode.edge().node();
    private final Who owner = TestNode.somebody();
    private final String workspace = TestNode.workspace(owner, "board", Access.PUBLIC_READ);
    private int cards;

    private Entrance.Open entrance() throws Exception {
        return assertInstanceOf(
                Entrance.Open.class,
                Entrance.of(node.engine(), workspace).toCompletableFuture().get(20, TimeUnit.SECONDS));
    }

    private void goesOn(WireClient client) {
        client.awaitSeq(client.done("add_card", "{\"id\":\"c%d\",\"title\":\"t\",\"column\":1}".formatted(++cards)));
    }

    /** A client's socket as long as nothing is said to it. */
    private record Silent(Executor loop) implements io.skein.edge.http.Socket {
        @Override
        public boolean isWritable() {
            return false;
        }

        @Override
        public void write(Frame frame) {
            throw new AssertionError("it takes nothing");
        }

        @Override
        public void flush() {}

        @Override
        public void setReading(boolean reading) {}

        @Override
        public void close(int code, String reason) {}
    }

    private enum NoWire implements SocketPort.Wire {
        INSTANCE;

        @Override
        public Frame frame(byte[][] parts) {
            return Frame.text(parts);
        }

        @Override
        public int closeCode(Refusal why) {
            return 1000;
        }

        @Override
        public String closeReason(Refusal why) {
            return "";
        }
    }

    @Test
    void V3_a_relay_that_meets_a_session_whose_client_has_gone_serves_the_others() throws Exception {
        try (var other = WireClient.open(workspace, owner, "card")) {
            Entrance.Open entrance = entrance();
            TestProbe<Relay.Command> busy = TestProbe.create(Relay.Command.class, node.system());
            var format = new NativeFormat(1_000);
            var port = new SocketPort(
                    NoWire.INSTANCE,
                    format,
                    format,
                    node.settings().session(),
                    node.engine().relayCounters().atSession(),
                    _ -> Optional.empty(),
                    node.engine().tracing());
            var cards = List.of(Subscription.of(1, Map.of("card", new Filter.All())));
            port.opened(new Silent(Runnable::run));
            port.enter(
                    busy.ref(),
                    new Relay.Open(port.number(), "gone", 0, port, owner.identity(), cards, true, Optional.empty()));
            port.closed();
            // Only now the relay has time for it.
            entrance.relay().tell(busy.expectMessageClass(Relay.Open.class));
            goesOn(other);
            entrance.relay().tell(busy.expectMessageClass(Relay.Close.class));
            goesOn(other);
            assertEquals(entrance, entrance(), "the same relay");
            busy.stop();
        }
    }

    /** Resets the connection after the request to upgrade it, or once that is answered and these frames are sent. */
    private static void hangUp(String path, String subprotocol, Who who, boolean once, byte... frames)
            throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), TestNode.port())) {
            socket.setSoLinger(true, 0);
            socket.setSoTimeout(20_000);
            String request = String.join(
                    "\r\n",
                    "GET " + path + " HTTP/1.1",
                    "Host: test",
                    "Connection: Upgrade",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "Sec-WebSocket-Protocol: " + subprotocol,
                    "Authorization: Bearer " + who.token(),
                    "",
                    "");
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            if (once) {
                assertEquals(
                        "HTTP/1.1 101", new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII));
                socket.getOutputStream().write(frames);
            }
        }
    }

    @Test
    void V3_clients_that_hang_up_while_the_entrance_is_looked_up_or_the_relay_answers_harm_nobody() throws Exception {
        byte[] hello = FrameClient.frame(FrameClient.FIN | FrameClient.TEXT, HELLO.getBytes(StandardCharsets.US_ASCII));
        try (var troubles = new Troubles();
                var other = WireClient.open(workspace, owner, "card")) {
            Entrance.Open entrance = entrance();
            for (int i = 0; i < ROUNDS; i++) {
                for (String place :
                        List.of(workspace, TestNode.freshName())) { // the latter has to be looked for, and is not there
                    String socket = "/v1/workspaces/" + place + "/socket";
                    String database = "/v1/database/" + place + "/subscribe";
                    hangUp(socket, "v1.json.skein", owner, false);
                    hangUp(socket, "v1.json.skein", owner, true, hello);
                    hangUp(database, "v2.bsatn.spacetimedb", owner, false);
                    hangUp(database, "v3.bsatn.spacetimedb", owner, false);
                }
                hangUp("/v1/database/" + workspace + "/subscribe", "v3.bsatn.spacetimedb", owner, true);
                goesOn(other);
            }
            assertEquals(entrance, entrance(), "the same relay");
            try (var next = WireClient.open(workspace, owner, "card")) {
                goesOn(next);
            }
            assertEquals(List.of(), troubles.events());
        }
    }
}
