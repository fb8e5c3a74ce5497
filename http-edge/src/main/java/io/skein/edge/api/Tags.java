package io.skein.edge.api;

import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.engine.workspace.Workspace.ReadAnswer;
import java.util.function.Supplier;

/**
 * Entity tags. A workspace's is {@code "epoch:seq"}: within one history every change has its own number, a changed role too, so
 * who sees the same tag twice would read the same twice.
 */
final class Tags {
    private Tags() {}

    /** The answer with its tag, or 304 if the caller has it already. */
    static Response tagged(Request request, ReadAnswer.Found found, Supplier<Response> answer) {
        String tag = "\"" + found.about().epoch() + ":" + found.seq() + "\"";
        Response response = matches(request, tag) ? Response.empty(304) : answer.get();
        // What it says is for this caller: shared caches must not keep it, the caller's own must ask again.
        return response.withHeader("etag", tag)
                .withHeader("cache-control", "private, no-cache")
                .withHeader("vary", "authorization");
    }

    private static boolean matches(Request request, String tag) {
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
}
