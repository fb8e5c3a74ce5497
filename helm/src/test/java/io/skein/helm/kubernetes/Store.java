package io.skein.helm.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;

/** Objects by their paths, with one version for all of them that rises with each change; who writes with an old one is told of a conflict. */
final class Store {
    private static final int MOST_EVENTS = 10_000;

    private final TreeMap<String, ObjectNode> objects = new TreeMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private long version;

    /** @param events {@code {"type":"ADDED","object":{…}}}, in order */
    record Watch(String collection, Predicate<JsonNode> wanted, BlockingQueue<ObjectNode> events) {}

    /** An answer that is no object. */
    static final class Refused extends Exception {
        final int status;
        final String reason;

        Refused(int status, String reason, String message) {
            super(message);
            this.status = status;
            this.reason = reason;
        }
    }

    synchronized long version() {
        return version;
    }

    synchronized Optional<ObjectNode> get(String path) {
        return Optional.ofNullable(objects.get(path)).map(ObjectNode::deepCopy);
    }

    synchronized List<ObjectNode> list(String collection, Predicate<JsonNode> wanted) {
        return objects.subMap(collection + "/", collection + "0").values().stream()
                .filter(wanted)
                .map(ObjectNode::deepCopy)
                .toList();
    }

    synchronized ObjectNode create(String path, ObjectNode object) throws Refused {
        if (objects.containsKey(path)) {
            throw new Refused(409, "AlreadyExists", path + " already exists");
        }
        ObjectNode metadata = object.withObject("/metadata");
        metadata.put("uid", UUID.randomUUID().toString());
        metadata.put("creationTimestamp", Instant.now().toString());
        return put("ADDED", path, object);
    }

    /** Replaces what is there; the version in it, if there is one, must be the latest. */
    synchronized ObjectNode replace(String path, ObjectNode object) throws Refused {
        ObjectNode old = existing(path);
        JsonNode read = object.at("/metadata/resourceVersion");
        if (!read.isMissingNode() && !read.asText().isEmpty() && !read.equals(old.at("/metadata/resourceVersion"))) {
            throw new Refused(409, "Conflict", path + " has been changed since it was read");
        }
        if (old.path("immutable").asBoolean() && !old.path("data").equals(object.path("data"))) {
            throw new Refused(422, "Invalid", path + ": data: field is immutable when `immutable` is set");
        }
        return put("MODIFIED", path, object);
    }

    /** Lays members over what is there; null takes one out, a list replaces one. Of a strategic merge this is all that is needed here. */
    synchronized ObjectNode merge(String path, JsonNode patch) throws Refused {
        ObjectNode merged = existing(path).deepCopy();
        merge(merged, patch);
        merged.withObject("/metadata").remove("resourceVersion");
        return replace(path, merged);
    }

    synchronized ObjectNode delete(String path) throws Refused {
        ObjectNode old = existing(path);
        objects.remove(path);
        tell("DELETED", path, old);
        return old;
    }

    /** What is there now as additions, then each change. */
    synchronized Watch watch(String collection, Predicate<JsonNode> wanted, boolean fromNow) {
        var watch = new Watch(collection, wanted, new LinkedBlockingQueue<>(MOST_EVENTS));
        if (!fromNow) {
            list(collection, wanted).forEach(object -> watch.events().add(event("ADDED", object)));
        }
        watches.add(watch);
        return watch;
    }

    void unwatch(Watch watch) {
        watches.remove(watch);
    }

    private ObjectNode existing(String path) throws Refused {
        ObjectNode old = objects.get(path);
        if (old == null) {
            throw new Refused(404, "NotFound", path + " not found");
        }
        return old;
    }

    private ObjectNode put(String type, String path, ObjectNode object) {
        ObjectNode kept = object.deepCopy();
        kept.withObject("/metadata").put("resourceVersion", Long.toString(++version));
        objects.put(path, kept);
        tell(type, path, kept);
        return kept.deepCopy();
    }

    private void tell(String type, String path, ObjectNode object) {
        watches.stream()
                .filter(watch -> path.startsWith(watch.collection() + "/")
                        && watch.wanted().test(object))
                .forEach(watch -> watch.events().add(event(type, object)));
    }

    private static ObjectNode event(String type, ObjectNode object) {
        return JsonNodeFactory.instance.objectNode().put("type", type).set("object", object.deepCopy());
    }

    private static void merge(ObjectNode into, JsonNode patch) {
        for (var member : patch.properties()) {
            JsonNode old = into.path(member.getKey());
            boolean isAboutOrder = member.getKey().startsWith("$"); // of lists, in a strategic merge
            if (member.getValue().isNull()) {
                into.remove(member.getKey());
            } else if (old.isObject() && member.getValue().isObject()) {
                merge((ObjectNode) old, member.getValue());
            } else if (!isAboutOrder) {
                into.set(member.getKey(), member.getValue());
            }
        }
    }

    /** {@code a=b,c!=d,e}: what label selectors are made of here. */
    static Predicate<JsonNode> selected(String selector) {
        var all = new ArrayList<Predicate<JsonNode>>();
        Arrays.stream(selector.split(",", -1)).filter(each -> !each.isEmpty()).forEach(each -> {
            String[] parts = each.split("!?==?", 2);
            boolean isNot = each.contains("!=");
            all.add(object -> {
                JsonNode label = object.path("metadata").path("labels").path(parts[0]);
                return parts.length == 1
                        ? !label.isMissingNode()
                        : isNot != label.asText().equals(parts[1]);
            });
        });
        return object -> all.stream().allMatch(each -> each.test(object));
    }
}
