package io.skein.edge.http;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.skein.engine.module.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Where a request goes: the path as it was sent, and the query decoded. */
record RequestTarget(String path, Map<String, List<String>> query) {
    private static final int MAX_QUERY_PARAMETERS = 64;

    /** Fails with a problem if {@code uri} is not a path with a query, or a URL of one. */
    static RequestTarget parse(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            if (c <= ' ' || c >= 0x7f) throw bad("the target has a character that must be escaped");
        }
        String target = withoutAuthority(uri);
        int end = target.indexOf('?');
        String path = end < 0 ? target : target.substring(0, end);
        if (end < 0) return new RequestTarget(path, Map.of());
        try {
            var decoder = new QueryStringDecoder(
                    target.substring(end + 1), StandardCharsets.UTF_8, false, MAX_QUERY_PARAMETERS, true);
            return new RequestTarget(path, decoder.parameters());
        } catch (IllegalArgumentException e) {
            throw bad("the query has an escape that is none");
        }
    }

    /** A proxy's form of the target is a whole URL. */
    private static String withoutAuthority(String uri) {
        int scheme = uri.indexOf("://");
        if (uri.startsWith("/") || scheme < 0) return uri;
        int path = uri.indexOf('/', scheme + 3);
        return path < 0 ? "/" : uri.substring(path);
    }

    private static ProblemException bad(String detail) {
        return new ProblemException(ErrorCode.INVALID_ARGS, detail);
    }
}
