package io.skein.helm.kubernetes;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which object or collection a request is about.
 *
 * @param version such as {@code v1} or {@code apps/v1}
 * @param name empty: the whole collection
 */
record Target(String version, String namespace, String plural, String name) {
    private static final Pattern PATH =
            Pattern.compile("/(?:api/(v1)|apis/([^/]+/[^/]+))/namespaces/([^/]+)/([^/]+)(?:/([^/]+))?/?");

    static Optional<Target> of(String path) {
        Matcher match = PATH.matcher(path);
        return match.matches()
                ? Optional.of(new Target(
                        match.group(1) == null ? match.group(2) : match.group(1),
                        match.group(3),
                        match.group(4),
                        match.group(5) == null ? "" : match.group(5)))
                : Optional.empty();
    }

    String collection() {
        return collection(version, namespace, plural);
    }

    static String collection(String version, String namespace, String plural) {
        return (version.contains("/") ? "/apis/" : "/api/") + version + "/namespaces/" + namespace + "/" + plural;
    }

    String path(String named) {
        return collection() + "/" + named;
    }

    /** The group as roles name it: that of {@code v1} is empty. */
    String group() {
        return version.contains("/") ? version.substring(0, version.indexOf('/')) : "";
    }

    /** What a role has to allow for this request. */
    String verb(String method, boolean isWatch) {
        return switch (method) {
            case "GET" -> !name.isEmpty() ? "get" : isWatch ? "watch" : "list";
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default -> method;
        };
    }
}
