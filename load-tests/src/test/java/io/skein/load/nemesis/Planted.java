package io.skein.load.nemesis;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skein.load.history.Event;
import io.skein.load.history.Event.Committed;
import io.skein.load.history.Event.Heard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** A good history to plant a bug in. */
final class Planted {
    private final List<Event> events;
    /** Session to how it was opened. */
    private final Map<Integer, Event.Opened> opened = new HashMap<>();

    Planted(List<Event> good) {
        this.events = new ArrayList<>(good);
        good.forEach(event -> {
            if (event instanceof Event.Opened open) {
                opened.put(open.session(), open);
            }
        });
    }

    List<Event> events() {
        return events;
    }

    Event.Opened opened(int session) {
        return requireNonNull(opened.get(session));
    }

    /** Where the first message of this type stands that is as wanted; fails if the history has none. */
    int heard(String type, Predicate<Heard> wanted) {
        return heard(0, type, wanted);
    }

    int heard(int from, String type, Predicate<Heard> wanted) {
        for (int i = from; i < events.size(); i++) {
            if (events.get(i) instanceof Heard heard
                    && heard.message().path("type").asText().equals(type)
                    && wanted.test(heard)) {
                return i;
            }
        }
        return fail("the history has no such " + type);
    }

    /** The next message of this type in the same session. */
    int next(int at, String type) {
        int session = ((Heard) events.get(at)).session();
        return heard(at + 1, type, heard -> heard.session() == session);
    }

    boolean hasNext(int at, String type) {
        int session = ((Heard) events.get(at)).session();
        for (int i = at + 1; i < events.size(); i++) {
            if (events.get(i) instanceof Heard heard
                    && heard.session() == session
                    && heard.message().path("type").asText().equals(type)) {
                return true;
            }
        }
        return false;
    }

    Heard at(int index) {
        return (Heard) events.get(index);
    }

    JsonNode message(int index) {
        return at(index).message();
    }

    /** A message to be changed, in place of the one that is there. */
    ObjectNode change(int index) {
        Heard old = at(index);
        ObjectNode copy = old.message().deepCopy();
        events.set(index, new Heard(old.at(), old.session(), copy));
        return copy;
    }

    void insert(int index, Heard like, JsonNode message) {
        events.add(index, new Heard(like.at(), like.session(), message));
    }

    /** The last row of the server's history that is as wanted. */
    int committed(Predicate<JsonNode> wanted) {
        for (int i = events.size() - 1; i >= 0; i--) {
            if (events.get(i) instanceof Committed(var transaction) && wanted.test(transaction)) {
                return i;
            }
        }
        return fail("the server's history has no such transaction");
    }

    /** How often a call was sent. */
    long attempts(Event.Called call) {
        return events.stream()
                .filter(event ->
                        event instanceof Event.Called other && other.key().equals(call.key()))
                .count();
    }

    /** Whether the listener may read what is for admins at this seq. */
    boolean hasAdmin(Heard heard, long seq) {
        String member = opened(heard.session()).member();
        String role = "NONE";
        for (Event event : events) {
            if (event instanceof Committed(var transaction)
                    && transaction.path("seq").asLong() <= seq) {
                for (String operation : List.of("insert", "update")) {
                    for (JsonNode row :
                            transaction.path("tables").path("skein_member").path(operation)) {
                        role = row.path("identity").asText().equals(member)
                                ? row.path("role").asText()
                                : role;
                    }
                }
            }
        }
        return role.equals("ADMIN") || role.equals("OWNER");
    }

    long head() {
        return events.stream()
                .filter(Event.Final.class::isInstance)
                .mapToLong(event -> ((Event.Final) event).snapshot().path("seq").asLong())
                .max()
                .orElseThrow();
    }
}
