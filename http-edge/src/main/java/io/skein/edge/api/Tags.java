package io.skein.edge.api;

import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.engine.workspace.ReadAnswer;

/**
 * Entity tags. A workspace's is {@code "epoch:seq"}: within one history every change has its own number, a changed role too, so
 * who sees the same tag twice would read the same twice.
 */
final class Tags {
    private Tags() {}

    /** Whether the caller has this already. */
    static boolean matches(Request request, ReadAnswer.Found found) {
        String tag = tag(found);
        for (String header : request.headers("if-none-match")) {
            for (String candidate : header.split(",", -1)) {
                String bare = candidate.strip();
                if (bare.equals("*") || bare.equals(tag) || bare.equals("W/" + tag)) {
                    return true;
                }
            }
        }
        return false;
    }

    static Response notModified(ReadAnswer.Found found) {
        return tagged(found, Response.empty(304));
    }

    static Response tagged(ReadAnswer.Found found, Response response) {
        // What it says is for this caller: shared caches must not keep it, the caller's own must ask again.
        return response.withHeader("etag", tag(found))
                .withHeader("cache-control", "private, no-cache")
                .withHeader("vary", "authorization");
    }

    private static String tag(ReadAnswer.Found found) {
        return "\"" + found.about().epoch() + ":" + found.seq() + "\"";
    }
}
