package io.skein.edge.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class RouterTest {
    private static final Handler NONE = _ -> new CompletableFuture<>();

    private static final Router ROUTER = Router.builder(100)
            .get("/", NONE)
            .get("/v1/things", NONE)
            .post("/v1/things", NONE)
            .get("/v1/things/new", NONE)
            .get("/v1/things/{id}", NONE)
            .get("/v1/things/{id}/parts/{part}", NONE)
            .get("/v1/{kind}/new/old", NONE)
            .get("/files/{file*}", NONE)
            .get("/files/known", NONE)
            .build();

    private static String find(String path) {
        return switch (ROUTER.match(HttpMethod.GET, path)) {
            case Router.Match.Found(Route route, Map<String, String> parameters) -> route.template() + " " + parameters;
            case Router.Match.WrongMethod(String allow) -> "not " + allow;
            case Router.Match.NoPath() -> "none";
        };
    }

    @Test
    void the_most_literal_route_wins() {
        assertEquals("/ {}", find("/"));
        assertEquals("/v1/things {}", find("/v1/things"));
        assertEquals("/v1/things/new {}", find("/v1/things/new"));
        assertEquals("/v1/things/{id} {id=newer}", find("/v1/things/newer"));
        assertEquals("/v1/{kind}/new/old {kind=things}", find("/v1/things/new/old"));
        assertEquals("/files/known {}", find("/files/known"));
        assertEquals("/files/{file*} {file=known/a}", find("/files/known/a"));
        assertEquals("/files/{file*} {file=}", find("/files/"));
        assertEquals("none", find("/files"));
        assertEquals("none", find("/v1/things/"));
        assertEquals("none", find("/v1/things//parts/2"));
        assertEquals("none", find("/v1"));
        assertInstanceOf(Router.Match.WrongMethod.class, ROUTER.match(HttpMethod.DELETE, "/v1/things"));
    }

    @Test
    void two_routes_for_one_path_are_a_bug() {
        Router.Builder builder = Router.builder(100).get("/a/{x}", NONE);
        assertThrows(IllegalArgumentException.class, () -> builder.get("/a/{y}", NONE));
    }

    @Test
    void V3_a_path_of_many_segments_is_414() {
        var thrown = assertThrows(ProblemException.class, () -> find("/a".repeat(33)));
        assertEquals(414, thrown.problem().status());
    }

    @Property
    void any_parameter_comes_back_from_its_escapes(
            @ForAll @StringLength(min = 1, max = 20) String a, @ForAll @StringLength(min = 1, max = 20) String b) {
        if (!isText(a) || !isText(b)) return;
        Map<String, String> expected = Map.of("id", a, "part", b);
        var match = ROUTER.match(HttpMethod.GET, "/v1/things/" + escaped(a) + "/parts/" + escaped(b));
        assertEquals(expected, assertInstanceOf(Router.Match.Found.class, match).parameters());
    }

    /** Without NUL, which is refused, and half surrogate pairs, which UTF-8 does not have. */
    private static boolean isText(String text) {
        return text.indexOf('\0') < 0
                && java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) out.append("%%%02X".formatted(b));
        return out.toString();
    }
}
