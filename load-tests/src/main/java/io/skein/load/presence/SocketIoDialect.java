package io.skein.load.presence;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.presence.People.Person;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** {@code peers/socketio/presence.js}: the protocols Engine.IO 4 and Socket.IO 5 on a WebSocket from the start, without polling before it. */
final class SocketIoDialect implements Dialect {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final News.Question OPEN = new News.Question("open");
    private static final News.Question PING = new News.Question("ping");

    private final People people;

    SocketIoDialect(People people) {
        this.people = people;
    }

    @Override
    public List<News> read(boolean text, byte[] payload) throws IOException {
        // One digit for the packet of Engine.IO, a second one for that of Socket.IO within its message packet.
        return switch (payload[0]) {
            case '0' -> List.of(OPEN);
            case '2' -> List.of(PING);
            case '4' -> payload[1] == '0' ? List.of() : List.of(read(payload));
            default -> throw new IOException("unknown packet " + new String(payload, UTF_8));
        };
    }

    private News read(byte[] payload) throws IOException {
        if (payload[1] != '2') {
            return new News.Refusal(new String(payload, UTF_8));
        }
        JsonNode event = JSON.readTree(payload, 2, payload.length - 2);
        String name = event.path(0).asText();
        return switch (name) {
            case "list" -> new News.Everyone(WsDialect.numbers(people, event.path(1)), null);
            case "join" -> News.Change.here(people.number(event.path(1).asText()));
            case "leave" -> News.Change.gone(people.number(event.path(1).asText()));
            default -> throw new IOException("unknown event " + event);
        };
    }

    @Override
    public Speaker speaker(Person person) {
        return new Speaker() {
            // The server speaks first.
            @Override
            public void enter(Consumer<WebSocketFrame> out) {}

            @Override
            public void answer(News.Question question, Consumer<WebSocketFrame> out) {
                out.accept(new TextWebSocketFrame(
                        question.equals(PING)
                                ? "3"
                                : "40{\"name\":\"%s\",\"state\":%s}".formatted(person.name(), person.state())));
            }

            @Override
            public void leave(Consumer<WebSocketFrame> out) {
                out.accept(new TextWebSocketFrame("41"));
            }
        };
    }
}
