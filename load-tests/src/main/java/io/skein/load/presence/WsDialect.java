package io.skein.load.presence;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.skein.load.presence.People.Person;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/** {@code peers/presence-ws}: see the head of its server.js. */
final class WsDialect implements Dialect {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final People people;

    WsDialect(People people) {
        this.people = people;
    }

    @Override
    public List<News> read(boolean text, byte[] payload) throws IOException {
        JsonNode frame = JSON.readTree(payload);
        var news = new ArrayList<News>();
        for (JsonNode message : frame.isArray() ? frame : List.of(frame)) {
            news.add(read(message));
        }
        return news;
    }

    private News read(JsonNode message) throws IOException {
        String type = message.path("type").asText();
        return switch (type) {
            case "list" -> new News.Everyone(numbers(people, message.path("people")), null);
            case "join" -> News.Change.here(people.number(message.path("name").asText()));
            case "leave" -> News.Change.gone(people.number(message.path("name").asText()));
            default -> throw new IOException("unknown message " + message);
        };
    }

    /** The numbers of those whose names are an object's fields. */
    static BitSet numbers(People people, JsonNode byName) throws IOException {
        var numbers = new BitSet();
        for (var entry : byName.properties()) {
            numbers.set(people.number(entry.getKey()));
        }
        return numbers;
    }

    @Override
    public Speaker speaker(Person person) {
        return new Speaker() {
            @Override
            public void enter(Consumer<WebSocketFrame> out) {
                out.accept(new TextWebSocketFrame(
                        "{\"type\":\"join\",\"name\":\"%s\",\"state\":%s}".formatted(person.name(), person.state())));
            }

            @Override
            public void answer(News.Question question, Consumer<WebSocketFrame> out) {
                throw new IllegalStateException("nobody asks here");
            }

            // Closing the socket says it.
            @Override
            public void leave(Consumer<WebSocketFrame> out) {}
        };
    }
}
