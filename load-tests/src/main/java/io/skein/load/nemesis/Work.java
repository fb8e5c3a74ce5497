package io.skein.load.nemesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skein.load.peer.SkeinApi.Person;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * What one client does next: mostly cards and remarks, now and then what its role may not allow; the owner also changes who may do what.
 * Every call is marked so that it can be told from all others in the history.
 */
final class Work {
    private static final int FEW_CARDS = 20;
    private static final int MANY_CARDS = 60;
    private static final List<String> ROLES = List.of("VIEWER", "EDITOR", "EDITOR", "ADMIN");

    /** A call to be made. */
    record Task(String reducer, JsonNode args) {}

    private final Room room;
    private final Random random;
    private final String name;
    private final boolean director;
    /** Each card once, so that a removal can be told from all others; as many as the client ever saw. */
    private final Set<String> triedToRemove = new HashSet<>();

    private long number;

    /** @param name of the client, unique in the run
     * @param director whether it hands out roles */
    Work(Room room, Random random, String name, boolean director) {
        this.room = room;
        this.random = random;
        this.name = name;
        this.director = director;
    }

    Task next() {
        String mark = name + "-" + ++number;
        int dice = random.nextInt(100);
        if (director && dice < 25) {
            Person person = room.members().get(random.nextInt(room.members().size()));
            return new Task(
                    "skein_set_role",
                    object().put("identity", person.identity()).put("role", ROLES.get(random.nextInt(ROLES.size()))));
        }
        if (dice < 3) {
            return new Task(
                    "skein_create_invite",
                    object().put("token_hash", Base64.getEncoder().encodeToString(randomBytes()))
                            .put("role", "VIEWER"));
        }
        if (dice < 5) {
            return new Task("skein_rename", object().put("name", mark));
        }
        List<String> cards = room.cards();
        if (cards.size() < FEW_CARDS || (dice < 30 && cards.size() < MANY_CARDS)) {
            return new Task(
                    "add_card",
                    object().put("id", mark).put("title", "card " + mark).put("column", dice % 4));
        }
        String card = cards.get(random.nextInt(cards.size()));
        if (dice < 45) {
            return new Task("edit_card", object().put("id", card).put("title", mark));
        } else if (dice < 60) {
            // Exact in binary and never a whole number, so that it comes back as it went.
            return new Task(
                    "move_card",
                    object().put("id", card)
                            .put("column", dice % 4)
                            .put("rank", Integer.parseInt(name.substring(1)) * 100_000L + number + 0.5));
        } else if (dice < 70 && triedToRemove.add(card)) {
            return new Task("remove_card", object().put("id", card));
        } else if (dice < 75) {
            return new Task("nudge_card", object().put("card_id", card));
        }
        return new Task("add_remark", object().put("card_id", card).put("text", mark));
    }

    /** A call came through: what is there to work with has changed. */
    void done(Task task) {
        String id = task.args().path("id").asText();
        switch (task.reducer()) {
            case "add_card" -> room.cards().add(id);
            case "remove_card" -> room.cards().remove(id);
            default -> {}
        }
    }

    private byte[] randomBytes() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return bytes;
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
