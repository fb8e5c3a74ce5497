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
import org.jspecify.annotations.Nullable;

/** Skein's native wire, see {@code docs/native-wire.md}: presence from the hello on, no tables. */
final class SkeinDialect implements Dialect {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final People people;

    SkeinDialect(People people) {
        this.people = people;
    }

    @Override
    public List<News> read(boolean text, byte[] payload) throws IOException {
        JsonNode frame = JSON.readTree(payload);
        var news = new ArrayList<News>();
        for (JsonNode message : frame.isArray() ? frame : List.of(frame)) {
            News read = read(message);
            if (read != null) {
                news.add(read);
            }
        }
        return news;
    }

    private @Nullable News read(JsonNode message) throws IOException {
        String type = message.path("type").asText();
        return switch (type) {
            case "presence" -> readPresence(message);
            case "error", "bye" -> new News.Refusal(message.toString());
            case "welcome", "position", "pong", "role" -> null;
            default -> throw new IOException("unknown message " + message);
        };
    }

    private News readPresence(JsonNode message) throws IOException {
        var count = new News.Count(
                message.path("n").asLong(-1),
                message.path("users").asInt(-1),
                message.path("sessions").asInt(-1),
                message.path("mode").asText(""),
                message.path("tick").asInt(0));
        if (message.has("list")) {
            var everyone = new BitSet();
            for (JsonNode entry : message.path("list")) {
                everyone.set(number(entry));
            }
            return new News.Everyone(everyone, count);
        }
        if (!count.mode().isEmpty()) {
            return new News.Counted(count);
        }
        var here = new ArrayList<Integer>();
        for (JsonNode entry : message.path("put")) {
            here.add(number(entry));
        }
        var gone = new ArrayList<Integer>();
        for (JsonNode identity : message.path("remove")) {
            gone.add(people.number(identity.asText()));
        }
        return new News.Change(here, gone, count);
    }

    private int number(JsonNode entry) throws IOException {
        return people.number(entry.path("identity").asText());
    }

    /** What the server says of a room when it is asked over HTTP. */
    static News.Count readAnswer(JsonNode answer) {
        return new News.Count(
                answer.path("n").asLong(-1),
                answer.path("users").asInt(-1),
                answer.path("sessions").asInt(-1),
                answer.path("mode").asText(""),
                0);
    }

    @Override
    public Speaker speaker(Person person) {
        return new Speaker() {
            @Override
            public void enter(Consumer<WebSocketFrame> out) {
                out.accept(new TextWebSocketFrame(
                        "{\"type\":\"hello\",\"id\":0,\"presence\":{\"state\":%s}}".formatted(person.state())));
            }

            @Override
            public void answer(News.Question question, Consumer<WebSocketFrame> out) {
                throw new IllegalStateException("nobody asks here");
            }

            @Override
            public void leave(Consumer<WebSocketFrame> out) {
                out.accept(new TextWebSocketFrame("{\"type\":\"presence\",\"id\":1,\"leave\":true}"));
            }
        };
    }
}
