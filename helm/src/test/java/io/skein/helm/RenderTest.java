package io.skein.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart makes of every example of values. {@code -Dgolden.update} writes the golden files anew. */
class RenderTest {
    private static final Path GOLDEN = Path.of("src/test/golden");
    /** Made at random in each render. */
    private static final Pattern MADE = Pattern.compile("(token-key|secrets-keys): [A-Za-z0-9+/=]{40,}");

    static Stream<Path> examples() {
        return Chart.examples().stream();
    }

    @Test
    void theChart_isLintedStrictly() {
        LintResult lint = new Helm(Chart.FOLDER).lint().strict().call();

        assertFalse(lint.isFailed(), () -> String.join("\n", lint.getMessages()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyObject_isOneThatKubernetesKnowsInFull(Path example) {
        List<Node> objects = Chart.objects(Chart.render(example));

        for (Node object : objects) {
            assertDoesNotThrow(() -> StrictObjects.check(object), () -> object.kind() + " " + object.name());
        }
        assertEquals(
                objects.size(),
                objects.stream()
                        .map(each -> each.kind() + " " + each.name())
                        .distinct()
                        .count());
    }

    @Test
    void anObjectWithATypo_isRefused() {
        Node deployment = new Node(Map.of(
                "apiVersion",
                "apps/v1",
                "kind",
                "Deployment",
                "metadata",
                Map.of("name", "x"),
                "spec",
                Map.of("replica", 1)));
        Node monitor = new Node(Map.of(
                "apiVersion",
                "monitoring.coreos.com/v1",
                "kind",
                "PodMonitor",
                "metadata",
                Map.of("name", "x"),
                "spec",
                Map.of("podMetricsEndpoint", List.of())));

        assertThrows(IllegalArgumentException.class, () -> StrictObjects.check(deployment));
        assertThrows(IllegalArgumentException.class, () -> StrictObjects.check(monitor));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aRender_isTheGoldenOne(Path example) throws IOException {
        Path golden = GOLDEN.resolve(Chart.name(example) + ".yaml");
        String render = withoutFiles(MADE.matcher(Chart.render(example)).replaceAll("$1: (made)"));

        if (System.getProperty("golden.update") != null) {
            Files.createDirectories(GOLDEN);
            Files.writeString(golden, render, UTF_8);
        }
        assertEquals(
                Files.readString(golden, UTF_8), render, () -> "not " + golden + "; -Dgolden.update writes it anew");
    }

    @Test
    void everyExample_rendersTheSameForAReleaseOfAnotherName_withoutAnythingInCommon() {
        String other = Chart.renderAs("other");
        Map<String, String> names = new HashMap<>();
        Chart.objects(Chart.render(Map.of())).forEach(each -> names.put(each.kind() + " " + each.name(), "skein"));

        Chart.objects(other)
                .forEach(each -> assertFalse(names.containsKey(each.kind() + " " + each.name()), each::name));
        assertTrue(other.contains("value: other-skein\n"), "the cluster has the release's name");
    }

    /** What somebody who is woken up can click. */
    @Test
    void alerts_leadToTheRunbooksWhereTheyAreRead() {
        String read = "https://example.com/skein/runbooks";
        Map<String, Object> shown = Map.of("monitoring.rules", true, "monitoring.runbooks", read);
        for (String rules : List.of(Chart.render(shown), Chart.render(Map.of("monitoring.rules", true)))) {
            List<String> links = rules.lines()
                    .filter(line -> line.contains("runbook_url: "))
                    .map(line -> line.substring(line.indexOf(": ") + 2, line.indexOf('#')))
                    .distinct()
                    .toList();
            assertEquals(List.of(rules.contains(read) ? read : "docs/runbooks.md"), links);
        }
        assertTrue(Chart.render(shown).contains(read), "it is a value");
    }

    @Test
    void rulesAndDashboard_areTheFiles(@TempDir Path folder) throws IOException {
        Path chart = folder.resolve("skein");
        try (Stream<Path> files = Files.walk(Chart.FOLDER)) {
            for (Path file : files.toList()) {
                Files.copy(file, chart.resolve(Chart.FOLDER.relativize(file).toString()));
            }
        }
        Files.createDirectories(chart.resolve("files"));
        Files.writeString(chart.resolve("files/alerts.yaml"), """
            groups:
              - name: nodes
                rules:
                  - alert: NotReady
                    expr: skein_ready == 0
                    annotations:
                      summary: Node {{ $labels.instance }} is not ready.
            """);
        Files.writeString(chart.resolve("files/dashboard.json"), "{\"title\":\"Skein\"}\n");

        List<Node> objects = Chart.objects(Chart.renderOf(chart, Chart.FOLDER.resolve("ci/public-values.yaml")));

        Node rules = only(objects, "PrometheusRule");
        StrictObjects.check(rules);
        Node rule = rules.at("spec.groups.0.rules.0");
        assertEquals("NotReady", rule.get("alert").text());
        assertEquals(
                "Node {{ $labels.instance }} is not ready.",
                rule.at("annotations.summary").text());
        Node dashboard = objects.stream()
                .filter(each -> each.name().endsWith("-dashboard"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                "{\"title\":\"Skein\"}",
                dashboard.get("data").get("skein.json").text().strip());
    }

    private static Node only(List<Node> objects, String kind) {
        List<Node> found =
                objects.stream().filter(each -> each.kind().equals(kind)).toList();
        assertEquals(1, found.size(), kind);
        return found.getFirst();
    }

    /** What is made of files/ is as long as they are, and they are tested elsewhere. */
    private static String withoutFiles(String render) {
        return Stream.of(render.split("(?m)^---$", -1))
                .filter(document -> !document.contains("\nkind: PrometheusRule\n")
                        && !document.contains("  name: skein-dashboard\n"))
                .collect(Collectors.joining("---"));
    }
}
