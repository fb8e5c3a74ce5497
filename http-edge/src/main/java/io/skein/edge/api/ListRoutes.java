package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.auth.Scope;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.persistence.catalog.Catalog;
import io.skein.persistence.catalog.Catalog.Listed;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** Whose workspaces are whose, a second or so late: the catalog follows the journal. */
final class ListRoutes {
    private static final int USUAL_PAGE = 100;
    private static final int MAX_PAGE = 1_000;

    private final Door door;
    private final Catalog catalog;

    ListRoutes(Door door, Catalog catalog) {
        this.door = door;
        this.catalog = catalog;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces", this::mine);
    }

    private CompletionStage<Response> mine(Request request) {
        int limit = (int) Bodies.integer(request, "limit", USUAL_PAGE, 1, MAX_PAGE);
        String after = Objects.requireNonNullElse(request.query("after"), "");
        return door.caller(request, Scope.readAny())
                .thenCompose(who -> door.found(catalog.workspacesOf(who, after, limit)))
                .thenApply(listed -> answer(listed, limit));
    }

    private static Response answer(List<Listed> listed, int limit) {
        return Response.json(200, out -> {
                    out.writeStartObject();
                    out.writeArrayFieldStart("workspaces");
                    for (Listed each : listed) {
                        write(out, each);
                    }
                    out.writeEndArray();
                    if (listed.size() < limit) {
                        out.writeNullField("next");
                    } else {
                        out.writeStringField("next", listed.getLast().id());
                    }
                    out.writeEndObject();
                })
                .withHeader("cache-control", "private, no-cache");
    }

    private static void write(JsonGenerator out, Listed listed) throws IOException {
        out.writeStartObject();
        out.writeStringField("id", listed.id());
        out.writeStringField("name", listed.name());
        out.writeStringField("module", listed.module());
        out.writeStringField("access", listed.access().wire());
        out.writeStringField("role", listed.role().wire());
        out.writeStringField("createdAt", listed.createdAt().toString());
        out.writeEndObject();
    }
}
