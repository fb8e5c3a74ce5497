package io.skein.load.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.skein.load.history.Event;
import io.skein.load.history.Event.Effect;
import io.skein.load.history.HistoryFile;
import io.skein.load.peer.SkeinApi;
import io.skein.load.peer.SkeinApi.Person;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A workspace of the run: a board with an owner and members who came by an invitation, and the file that everything goes into. */
final class Room implements AutoCloseable {
    private static final int PAGE = 1_000;
    /** How calls of a board show; see {@link Effect}. */
    private static final Map<String, Effect> EFFECTS = Map.of(
            "add_card", new Effect("card", "insert", "id", "id"),
            "edit_card", new Effect("card", "update", "title", "title"),
            "move_card", new Effect("card", "update", "rank", "rank"),
            "remove_card", new Effect("card", "delete", "id", "id"),
            "add_remark", new Effect("remark", "insert", "text", "text"),
            "skein_create_invite", new Effect("skein_invite", "insert", "token_hash", "token_hash"),
            "skein_rename", new Effect("skein_workspace", "update", "name", "name"));

    /** What the board's next version has more; see {@link Event.Scene}. */
    private static final Map<String, Map<String, JsonNode>> ADDED =
            Map.of("card", Map.of("label", TextNode.valueOf("")));

    private final String workspace;
    private final Person owner;
    private final List<Person> members;
    private final HistoryFile file;
    private final Gaps gaps = new Gaps();
    private final List<String> cards = new ArrayList<>();
    private long acceptedCalls;

    private Room(String workspace, Person owner, List<Person> members, HistoryFile file) {
        this.workspace = workspace;
        this.owner = owner;
        this.members = members;
        this.file = file;
    }

    /** Makes the workspace on a running server and lets everybody in. */
    static Room make(SkeinApi api, String workspace, int members, Path directory)
            throws IOException, InterruptedException {
        Person owner = api.newPerson();
        api.createWorkspace(owner, workspace, "board", "private");
        String invitation = api.invite(owner, workspace, "editor", Math.max(1, members));
        var people = new ArrayList<Person>();
        for (int i = 0; i < members; i++) {
            Person person = api.newPerson();
            api.join(person, workspace, invitation);
            people.add(person);
        }
        JsonNode about = api.get(owner, "/v1/workspaces/" + workspace + "/snapshot?tables=skein_workspace");
        JsonNode schema = api.get(null, "/v1/modules/board/schema");
        HistoryFile file = HistoryFile.create(directory.resolve(workspace + ".ndjson"));
        file.add(scene(workspace, about, schema));
        return new Room(workspace, owner, people, file);
    }

    private static Event.Scene scene(String workspace, JsonNode about, JsonNode schema) {
        var tables = new HashMap<String, Event.Table>();
        for (JsonNode table : schema.path("tables")) {
            var key = new ArrayList<String>();
            table.path("key").forEach(column -> key.add(column.asText()));
            tables.put(
                    table.path("name").asText(),
                    new Event.Table(
                            table.path("kind").asText(),
                            table.path("readableBy").asText(),
                            key));
        }
        var callableBy = new HashMap<String, String>();
        schema.path("reducers")
                .forEach(reducer -> callableBy.put(
                        reducer.path("name").asText(),
                        reducer.path("callableBy").asText()));
        return new Event.Scene(
                workspace,
                about.path("epoch").asText(),
                about.path("seq").asLong(),
                Map.copyOf(tables),
                Map.copyOf(callableBy),
                EFFECTS,
                ADDED);
    }

    /** Asks the server, once nothing moves any more, for its history and for what everybody may see. */
    void recordServer(SkeinApi api) throws IOException, InterruptedException {
        long after = 0;
        JsonNode next;
        do {
            JsonNode page =
                    api.get(owner, "/v1/workspaces/" + workspace + "/history?limit=" + PAGE + "&after=" + after);
            page.path("transactions").forEach(transaction -> file.add(new Event.Committed(transaction)));
            next = page.path("next");
            after = next.asLong();
        } while (next.isNumber());
        for (Person person : people()) {
            file.add(new Event.Final(person.identity(), api.get(person, "/v1/workspaces/" + workspace + "/snapshot")));
        }
    }

    /** The seq of the last transaction, as the server says. */
    long head(SkeinApi api) throws IOException, InterruptedException {
        return api.get(owner, "/v1/workspaces/" + workspace + "/snapshot?tables=skein_workspace")
                .path("seq")
                .asLong();
    }

    String workspace() {
        return workspace;
    }

    Person owner() {
        return owner;
    }

    List<Person> members() {
        return members;
    }

    List<Person> people() {
        var all = new ArrayList<>(members);
        all.add(owner);
        return all;
    }

    HistoryFile file() {
        return file;
    }

    /** A call was accepted now. */
    void accepted(long now) {
        acceptedCalls++;
        gaps.accepted(now);
    }

    long acceptedCalls() {
        return acceptedCalls;
    }

    Gaps gaps() {
        return gaps;
    }

    /** Cards that should be there, as far as the clients know. */
    List<String> cards() {
        return cards;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
