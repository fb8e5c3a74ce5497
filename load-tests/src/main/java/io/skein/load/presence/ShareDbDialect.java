package io.skein.load.presence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.presence.People.Person;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code peers/sharedb}: what ShareDB's client says for {@code presence.subscribe()} and {@code presence.create(id).submit(state)}. When somebody subscribes
 * the server asks everyone, and everyone answers with its state, which goes to all.
 */
final class ShareDbDialect implements Dialect {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CHANNEL = "room";
    private static final News.Question HANDSHAKE = new News.Question("handshake");
    private static final News.Question REQUEST = new News.Question("request");

    private final People people;

    ShareDbDialect(People people) {
        this.people = people;
    }

    @Override
    public List<News> read(boolean text, byte[] payload) throws IOException {
        JsonNode message = JSON.readTree(payload);
        if (message.hasNonNull("error")) {
            return List.of(new News.Refusal(message.toString()));
        }
        String action = message.path("a").asText();
        return switch (action) {
            case "init", "ps" -> List.of();
            case "hs" -> List.of(HANDSHAKE);
            case "pr" -> List.of(REQUEST);
            case "p" -> {
                int person = people.number(message.path("id").asText());
                yield List.of(message.path("p").isNull() ? News.Change.gone(person) : News.Change.here(person));
            }
            default -> throw new IOException("unknown message " + message);
        };
    }

    @Override
    public Speaker speaker(Person person) {
        return new Speaker() {
            private int version;

            @Override
            public void enter(Consumer<WebSocketFrame> out) {
                out.accept(new TextWebSocketFrame("{\"a\":\"hs\",\"id\":null,\"protocol\":1,\"protocolMinor\":2}"));
            }

            @Override
            public void answer(News.Question question, Consumer<WebSocketFrame> out) {
                if (question.equals(HANDSHAKE)) {
                    out.accept(new TextWebSocketFrame("{\"a\":\"ps\",\"ch\":\"%s\",\"seq\":1}".formatted(CHANNEL)));
                }
                out.accept(new TextWebSocketFrame("{\"a\":\"p\",\"ch\":\"%s\",\"id\":\"%s\",\"p\":%s,\"pv\":%d}"
                        .formatted(CHANNEL, person.name(), person.state(), version++)));
            }

            // Closing the socket says it; the server tells the others.
            @Override
            public void leave(Consumer<WebSocketFrame> out) {}
        };
    }
}
