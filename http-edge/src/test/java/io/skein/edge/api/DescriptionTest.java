package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.http.Router;
import io.skein.engine.module.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code docs/openapi.yaml} says what the server does. */
class DescriptionTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch", "head", "options");
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private final String text =
            Api.nobody().get("/v1/openapi.yaml").expect(200).http().body();
    private final JsonNode description = read(text);

    private static JsonNode read(String yaml) {
        var options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return new ObjectMapper().valueToTree(new Yaml(new SafeConstructor(options)).load(yaml));
    }

    private Set<String> described() {
        var described = new TreeSet<String>();
        description
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(name -> {
                    if (METHODS.contains(name)) {
                        described.add(name.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return described;
    }

    private JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? description.at(node.get("$ref").asText().substring(1)) : node;
    }

    @Test
    void every_route_is_described_and_nothing_else() {
        Router router = RunningEdge.get().router();
        Set<String> routes = new TreeSet<>();
        router.routes().forEach(route -> routes.add(route.replace("*}", "}")));
        assertTrue(routes.remove("GET /{file}"), "the page is no part of the API");
        assertEquals(routes, described());
    }

    @Test
    void every_parameter_of_a_path_is_described_and_nothing_else() {
        description
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .forEach(operation -> {
                            var names = new TreeSet<String>();
                            List<JsonNode> all = new ArrayList<>();
                            path.getValue().path("parameters").forEach(all::add);
                            operation.getValue().path("parameters").forEach(all::add);
                            for (JsonNode parameter : all) {
                                if (resolved(parameter).get("in").asText().equals("path")) {
                                    names.add(resolved(parameter).get("name").asText());
                                }
                            }
                            var inPath = new TreeSet<String>();
                            for (Matcher matcher = PARAMETER.matcher(path.getKey()); matcher.find(); ) {
                                inPath.add(matcher.group(1));
                            }
                            assertEquals(inPath, names, operation.getKey() + " " + path.getKey());
                        }));
    }

    @Test
    void every_operation_says_what_it_answers_and_what_a_problem_is() {
        var ids = new HashSet<String>();
        description
                .get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().stream()
                        .filter(member -> METHODS.contains(member.getKey()))
                        .forEach(member -> {
                            String where = member.getKey() + " " + path.getKey();
                            JsonNode operation = member.getValue();
                            assertTrue(ids.add(operation.path("operationId").asText()), "operationId of " + where);
                            assertFalse(operation.path("summary").asText().isEmpty(), where);
                            JsonNode responses = operation.path("responses");
                            assertFalse(responses.isEmpty(), where);
                            if (path.getKey().contains("{")) {
                                assertEquals(
                                        "#/components/responses/Problem",
                                        responses.at("/default/$ref").asText(),
                                        where);
                            }
                        }));
    }

    @Test
    void every_reference_leads_somewhere() {
        Set<String> unused = new TreeSet<>();
        description
                .get("components")
                .properties()
                .forEach(kind -> kind.getValue()
                        .fieldNames()
                        .forEachRemaining(name -> unused.add("#/components/" + kind.getKey() + "/" + name)));
        unused.removeIf(name -> name.startsWith("#/components/securitySchemes/"));
        for (JsonNode reference : description.findValues("$ref")) {
            assertFalse(description.at(reference.asText().substring(1)).isMissingNode(), reference.asText());
            unused.remove(reference.asText());
        }
        assertEquals(Set.of(), unused, "nothing refers to these");
    }

    @Test
    void every_error_code_is_described() {
        Set<String> codes =
                Arrays.stream(ErrorCode.values()).map(ErrorCode::wire).collect(Collectors.toSet());
        var described = new HashSet<String>();
        description
                .at("/components/schemas/Problem/properties/code/enum")
                .forEach(code -> described.add(code.asText()));
        assertEquals(codes, described);
        for (ErrorCode code : ErrorCode.values()) {
            Matcher row = Pattern.compile("\\| `" + code.wire() + "` \\| ([0-9, ]+) \\|")
                    .matcher(description.at("/info/description").asText());
            assertTrue(row.find(), code.wire());
            assertTrue(List.of(row.group(1).split(", ", -1)).contains("" + code.httpStatus()), row.group());
        }
    }

    @Test
    void it_is_served_to_everybody() {
        var answer = Api.nobody().get("/v1/openapi.yaml").expect(200);
        assertEquals("application/yaml", answer.header("content-type"));
        assertTrue(text.startsWith("openapi: 3.1."), text);
        assertNotNull(description.get("info"));
    }
}
