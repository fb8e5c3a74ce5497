package io.skein.edge.http;

import io.netty.handler.codec.http.HttpMethod;
import io.skein.engine.module.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Paths to handlers. A template is made of literal segments and {@code {name}} parameters, each one segment that is not empty; a
 * last segment {@code {name*}} takes the rest of the path, also an empty one. A literal wins over a parameter, a parameter over the
 * rest. Segments are percent-decoded before they are compared, so {@code %2F} is a character of a parameter and no separator.
 */
public final class Router {
    private static final int MAX_SEGMENTS = 32;

    private final Node root;
    private final List<String> routes;

    private Router(Node root, List<String> routes) {
        this.root = root;
        this.routes = List.copyOf(routes);
    }

    /** Every route as {@code "GET /v1/things/{thing}"}, in the order in which they were added. */
    public List<String> routes() {
        return routes;
    }

    /** A router whose routes take bodies up to {@code maxBodyBytes} unless they say otherwise. */
    public static Builder builder(int maxBodyBytes) {
        return new Builder(maxBodyBytes);
    }

    /** What a path leads to. */
    sealed interface Match {
        record Found(Route route, Map<String, String> parameters) implements Match {}

        /** The path exists, with other methods: the value of {@code Allow}. */
        record WrongMethod(String allow) implements Match {}

        record NoPath() implements Match {}
    }

    /** Finds the route for a path as it was sent. Fails with a problem if the path is none. */
    Match match(HttpMethod method, String rawPath) {
        List<String> values = new ArrayList<>();
        Node node = root.find(segments(rawPath), 0, values);
        if (node == null) return new Match.NoPath();
        Route route = node.routes.get(method.equals(HttpMethod.HEAD) ? HttpMethod.GET : method);
        if (route == null) return new Match.WrongMethod(node.allow());
        Map<String, String> parameters = new HashMap<>();
        List<String> names = parameterNames(route.template());
        for (int i = 0; i < names.size(); i++) parameters.put(names.get(i), values.get(i));
        return new Match.Found(route, parameters);
    }

    private static List<String> segments(String rawPath) {
        if (!rawPath.startsWith("/")) throw new ProblemException(ErrorCode.INVALID_ARGS, "a path starts with /");
        List<String> segments = new ArrayList<>();
        for (int from = 1; from > 0; ) {
            if (segments.size() == MAX_SEGMENTS) {
                throw new ProblemException(
                        Problem.of(414, ErrorCode.TOO_LARGE, "the path has more than " + MAX_SEGMENTS + " segments"));
            }
            int end = rawPath.indexOf('/', from);
            segments.add(PercentEncoding.decode(rawPath.substring(from, end < 0 ? rawPath.length() : end)));
            from = end + 1;
        }
        return segments;
    }

    private static List<String> parameterNames(String template) {
        List<String> names = new ArrayList<>();
        for (String segment : templateSegments(template)) {
            if (isRest(segment)) {
                names.add(segment.substring(1, segment.length() - 2));
            } else if (isParameter(segment)) {
                names.add(segment.substring(1, segment.length() - 1));
            }
        }
        return names;
    }

    private static String[] templateSegments(String template) {
        return template.substring(1).split("/", -1);
    }

    private static boolean isParameter(String segment) {
        return segment.startsWith("{") && segment.endsWith("}");
    }

    private static boolean isRest(String segment) {
        return segment.startsWith("{") && segment.endsWith("*}");
    }

    /** One place in the tree of templates. */
    private static final class Node {
        final Map<String, Node> literals = new HashMap<>();
        final Map<HttpMethod, Route> routes = new HashMap<>();

        @Nullable
        Node parameter;

        @Nullable
        Node rest;

        /** The node with routes where {@code segments} from {@code at} lead; {@code values} gets what the parameters took. */
        @Nullable
        Node find(List<String> segments, int at, List<String> values) {
            if (at == segments.size()) return routes.isEmpty() ? null : this;
            String segment = segments.get(at);
            Node literal = literals.get(segment);
            if (literal != null) {
                Node found = literal.find(segments, at + 1, values);
                if (found != null) return found;
            }
            if (parameter != null && !segment.isEmpty()) {
                values.add(segment);
                Node found = parameter.find(segments, at + 1, values);
                if (found != null) return found;
                values.removeLast();
            }
            if (rest != null) values.add(String.join("/", segments.subList(at, segments.size())));
            return rest;
        }

        String allow() {
            SortedSet<String> names = new TreeSet<>();
            for (HttpMethod method : routes.keySet()) names.add(method.name());
            if (names.contains("GET")) names.add("HEAD");
            names.add("OPTIONS");
            return String.join(", ", names);
        }
    }

    /** Collects routes. Two routes for the same method and path are a bug and refused. */
    public static final class Builder {
        private final Node root = new Node();
        private final List<String> routes = new ArrayList<>();
        private final int maxBodyBytes;

        private Builder(int maxBodyBytes) {
            this.maxBodyBytes = maxBodyBytes;
        }

        /** A route without a request body; HEAD is answered by it too. */
        public Builder get(String template, Handler handler) {
            return add(new Route.Whole(HttpMethod.GET, template, 0, handler));
        }

        /** A route without a request body. */
        public Builder delete(String template, Handler handler) {
            return add(new Route.Whole(HttpMethod.DELETE, template, 0, handler));
        }

        public Builder post(String template, Handler handler) {
            return add(new Route.Whole(HttpMethod.POST, template, maxBodyBytes, handler));
        }

        public Builder put(String template, Handler handler) {
            return add(new Route.Whole(HttpMethod.PUT, template, maxBodyBytes, handler));
        }

        public Builder patch(String template, Handler handler) {
            return add(new Route.Whole(HttpMethod.PATCH, template, maxBodyBytes, handler));
        }

        /** A POST whose body is taken line by line: each line and the whole up to these limits. */
        public Builder postLines(String template, int maxLineBytes, long maxTotalBytes, Handler.OfLines handler) {
            return add(new Route.Lines(HttpMethod.POST, template, maxLineBytes, maxTotalBytes, handler));
        }

        public Builder socket(SocketRoute route) {
            return add(route);
        }

        public Router build() {
            return new Router(root, routes);
        }

        private Builder add(Route route) {
            if (!route.template().startsWith("/")) throw new IllegalArgumentException(route.template());
            Node node = root;
            for (String segment : templateSegments(route.template())) node = child(node, segment);
            if (node.routes.putIfAbsent(route.method(), route) != null) {
                throw new IllegalArgumentException("two routes for " + route.method() + " " + route.template());
            }
            routes.add(route.method() + " " + route.template());
            return this;
        }

        private static Node child(Node node, String segment) {
            if (isRest(segment)) {
                Node child = node.rest == null ? new Node() : node.rest;
                node.rest = child;
                return child;
            }
            if (isParameter(segment)) {
                Node child = node.parameter == null ? new Node() : node.parameter;
                node.parameter = child;
                return child;
            }
            return node.literals.computeIfAbsent(segment, _ -> new Node());
        }
    }
}
