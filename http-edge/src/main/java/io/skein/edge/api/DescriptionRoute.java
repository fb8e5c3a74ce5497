package io.skein.edge.api;

import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;

/** The file that describes all routes, {@code docs/openapi.yaml}. Open to everybody. */
final class DescriptionRoute {
    private static final String FILE = "/api/openapi.yaml";

    private final Response description;

    DescriptionRoute() {
        try (InputStream in = DescriptionRoute.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new FileNotFoundException(FILE + " is not on the class path");
            }
            description = Response.of(200, "application/yaml", in.readAllBytes())
                    .withHeader("cache-control", "no-cache")
                    .withHeader("x-content-type-options", "nosniff");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void addTo(Router.Builder router) {
        router.get("/v1/openapi.yaml", _ -> CompletableFuture.completedFuture(description));
    }
}
