package io.skein.helm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value somewhere in a YAML document.
 *
 * @param value a map, a list, a text, a number, a truth, or null where nothing is
 */
record Node(@Nullable Object value) {
    /** What lies at a path of keys and list indexes, such as {@code spec.containers.0.image}. */
    Node at(String path) {
        Object found = value;
        for (String key : path.split("\\.", -1)) {
            found = switch (found) {
                case Map<?, ?> map -> map.get(key);
                case List<?> list -> Integer.parseInt(key) < list.size() ? list.get(Integer.parseInt(key)) : null;
                case null -> null;
                case Object other -> throw new IllegalArgumentException(path + " goes through " + other);
            };
        }
        return new Node(found);
    }

    /** What is under a key, whatever characters that has. */
    Node get(String key) {
        return new Node(value instanceof Map<?, ?> map ? map.get(key) : null);
    }

    String text() {
        return String.valueOf(value);
    }

    boolean isThere() {
        return value != null;
    }

    List<Node> items() {
        return value instanceof List<?> list ? list.stream().map(Node::new).toList() : List.of();
    }

    Map<?, ?> map() {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    String kind() {
        return get("kind").text();
    }

    String name() {
        return at("metadata.name").text();
    }
}
