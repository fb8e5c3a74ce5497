package io.skein.load.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skein.load.history.Event;
import io.skein.load.history.Event.Cursor;
import io.skein.load.nemesis.Work.Task;
import io.skein.load.peer.SkeinApi.Person;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who works in a room whatever happens to the servers: returns with its cursor, sends what has no answer again with its key,
 * goes to another node when one fails. Lives on the crew's event loop.
 */
final class Client {
    private static final int MOST_PENDING = 4;
    private static final int SHORTEST_BACKOFF_MILLIS = 100;
    private static final int LONGEST_BACKOFF_MILLIS = 2_000;
    private static final int RETRY_MILLIS = 200;
    private static final String LEFT = "left";
    private static final long SILENCE_MICROS = 6_000_000;
    /** Refusals after which the same call is tried again. */
    private static final Set<String> PASSING = Set.of("unavailable", "overloaded", "rate_limited", "internal");

    /** A call without its outcome. */
    private static final class Pending {
        final String key;
        final Task task;
        /** Done already, and asked again on purpose. */
        final boolean again;

        Pending(String key, Task task, boolean again) {
            this.key = key;
            this.task = task;
            this.again = again;
        }
    }

    private final Crew crew;
    private final Room room;
    private final Person person;
    private final int number;
    private final Work work;
    private final Random random;
    private final List<String> tables;
    private final Map<String, Pending> pending = new LinkedHashMap<>();
    private final Map<Long, Pending> sent = new HashMap<>();
    private @Nullable Link link;
    private @Nullable Cursor cursor;
    private String epoch = "";
    private boolean started;
    private long heardAt;
    private long lastId;
    private long lastKey;
    private int node;
    private int failures;

    Client(Crew crew, Room room, Person person, int number, boolean director, List<String> tables, long seed) {
        this.crew = crew;
        this.room = room;
        this.person = person;
        this.number = number;
        this.random = new Random(seed);
        this.work = new Work(room, random, "c" + number, director);
        this.tables = tables;
        this.node = number;
    }

    Room room() {
        return room;
    }

    Person person() {
        return person;
    }

    int number() {
        return number;
    }

    /** Nothing waits, and it has everything up to this seq. */
    boolean isQuietAt(long seq) {
        return started && pending.isEmpty() && cursor != null && cursor.seq() >= seq;
    }

    @Override
    public String toString() {
        return "client " + number + " of " + room.workspace() + (started ? "" : ", not joined") + ", at " + cursor
                + ", waits for " + pending.size();
    }

    // ---- its rhythm

    void connect() {
        link = crew.open(this, crew.nodes().get(Math.floorMod(node, crew.nodes().size())));
        heardAt = crew.now();
    }

    /** Something to do comes to mind, whether the server is there or not. */
    void think() {
        if (crew.isWorking() && pending.size() < MOST_PENDING) {
            // Keys are the client's, not the session's: the same call keeps its key wherever it goes.
            want(new Pending("c" + number + "k" + ++lastKey, work.next(), false));
        }
        if (crew.isWorking() && started && random.nextInt(200) == 0) {
            // People close their laptops.
            drop(LEFT);
        }
    }

    /** Back to the node where it began, if it is not there. */
    void goHome() {
        if (link != null && Math.floorMod(node - number, crew.nodes().size()) != 0) {
            node = number - 1; // one before: whoever leaves goes to the next
            drop(LEFT);
        }
    }

    /** A server that says nothing for long, although asked, is taken for dead. */
    void watch() {
        Link open = link;
        if (open != null && crew.now() - heardAt > SILENCE_MICROS) {
            drop("silent");
        } else if (open != null && started) {
            open.send(message("ping", ++lastId));
        }
    }

    private void want(Pending call) {
        pending.put(call.key, call);
        room.gaps().wants(crew.now());
        if (started) {
            send(call);
        }
    }

    private void send(Pending call) {
        long id = ++lastId;
        sent.put(id, call);
        ObjectNode message = message("call", id);
        message.put("reducer", call.task.reducer());
        message.set("args", call.task.args());
        message.put("key", call.key);
        Link open = requireLink();
        record(new Event.Called(crew.now(), open.session(), id, call.key, call.task.reducer(), call.task.args()));
        open.send(message);
    }

    // ---- the socket

    /** The socket stands. */
    void greet(Link open) {
        heardAt = crew.now();
        // Some reload the page each time, the others do once in a while.
        boolean fresh = cursor == null || number % 4 == 3 || random.nextInt(10) == 0;
        Cursor resume = fresh ? null : cursor;
        record(new Event.Opened(crew.now(), open.session(), number, person.identity(), open.node(), tables, resume));
        ObjectNode hello = message("hello", ++lastId);
        ObjectNode sub = hello.putArray("subs").addObject().put("sub", 1);
        var wanted = sub.putArray("tables");
        tables.forEach(table -> wanted.addObject().put("table", table));
        if (resume != null) {
            hello.putObject("resume")
                    .put("epoch", resume.epoch())
                    .put("seq", resume.seq())
                    .put("view", resume.view());
        }
        open.send(hello);
    }

    void hear(Link from, JsonNode message) {
        if (from != link) {
            return;
        }
        heardAt = crew.now();
        record(new Event.Heard(crew.now(), from.session(), message));
        long seq = message.path("seq").asLong();
        switch (message.path("type").asText()) {
            case "welcome" -> epoch = message.path("epoch").asText();
            case "snapshot", "resumed" -> {
                cursor = new Cursor(epoch, seq, message.path("view").asText());
                start();
            }
            case "role" ->
                cursor = cursor == null
                        ? null
                        : new Cursor(epoch, cursor.seq(), message.path("view").asText());
            case "tx", "position" -> cursor = cursor == null ? null : new Cursor(epoch, seq, cursor.view());
            case "outcome" -> outcome(message);
            case "bye" -> {
                node++; // it says so: come back elsewhere
                drop(
                        "bye " + message.path("code").asText(),
                        message.path("retryAfter").asInt());
            }
            default -> {}
        }
    }

    /** The socket is gone, or never came to be. */
    void lost(Link from, String why) {
        // A socket that the end of the recording closes was not lost.
        if (from == link && !crew.isLeaving()) {
            drop(why);
        }
    }

    private void start() {
        if (!started) {
            started = true;
            failures = 0;
            pending.values().forEach(this::send);
        }
    }

    private void drop(String why) {
        failures++;
        node++;
        int longest = Math.min(LONGEST_BACKOFF_MILLIS, SHORTEST_BACKOFF_MILLIS << Math.min(failures, 5));
        drop(why, SHORTEST_BACKOFF_MILLIS / 2 + random.nextInt(longest));
    }

    private void drop(String why, int delayMillis) {
        Link old = requireLink();
        link = null;
        started = false;
        sent.clear();
        if (!why.equals(LEFT)) {
            crew.trouble("session at " + old.node() + ": " + why);
        }
        if (old.isGreeted()) {
            record(new Event.Closed(crew.now(), old.session(), why));
        }
        old.close();
        crew.later(this::connect, Math.max(delayMillis, SHORTEST_BACKOFF_MILLIS / 2));
    }

    // ---- outcomes

    private void outcome(JsonNode message) {
        Pending call = sent.remove(message.path("id").asLong());
        if (call == null) {
            return; // the check will say so
        }
        if (message.path("ok").asBoolean()) {
            pending.remove(call.key);
            room.accepted(crew.now());
            crew.accepted();
            if (!call.again) {
                work.done(call.task);
                askAgain(call);
            }
        } else if (PASSING.contains(message.path("error").path("code").asText())) {
            crew.trouble("call put off: " + message.path("error").path("code").asText());
            int after = message.path("error").path("retryAfter").asInt(RETRY_MILLIS);
            Link asked = requireLink();
            crew.later(() -> retry(asked, call), Math.max(RETRY_MILLIS, after));
        } else {
            pending.remove(call.key);
            room.gaps().refused(crew.now());
            crew.refused();
            askAgain(call);
        }
    }

    /** Rule I1: now and then what is done is asked for again. */
    private void askAgain(Pending call) {
        if (crew.isWorking() && !call.again && random.nextInt(25) == 0) {
            want(new Pending(call.key, call.task, true));
        }
    }

    private void retry(Link asked, Pending call) {
        if (asked == link && started && pending.containsKey(call.key)) {
            send(call);
        }
    }

    private void record(Event event) {
        room.file().add(event);
    }

    private Link requireLink() {
        if (link == null) {
            throw new IllegalStateException("client " + number + " has no socket");
        }
        return link;
    }

    private static ObjectNode message(String type, long id) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("id", id);
    }
}
