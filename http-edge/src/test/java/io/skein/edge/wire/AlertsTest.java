package io.skein.edge.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.metrics.PromQl;
import io.skein.edge.metrics.Scrape;
import io.skein.edge.node.Edge;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/** Alert rules, their runbooks and the dashboard, against a running node. */
class AlertsTest {
    private static final Path FILES = Path.of("../helm/skein/files");
    private static final Path RUNBOOKS = Path.of("../docs/runbooks.md");
    private static final Pattern HEADING = Pattern.compile("^## (.+)$", Pattern.MULTILINE);
    private static final Set<String> SEVERITIES = Set.of("critical", "warning", "info");

    /** One rule as it stands in the file. */
    private record Rule(JsonNode yaml) {
        String alert() {
            return yaml.get("alert").asText();
        }

        String expression() {
            return yaml.get("expr").asText();
        }

        String annotation(String name) {
            return yaml.get("annotations").get(name).asText();
        }

        String severity() {
            return yaml.get("labels").get("severity").asText();
        }
    }

    private static List<Rule> rules() throws IOException {
        var rules = new ArrayList<Rule>();
        Object yaml = new Yaml().load(Files.readString(FILES.resolve("alerts.yaml")));
        JsonNode file = TestNode.JSON.valueToTree(yaml);
        for (JsonNode group : file.get("groups")) {
            group.get("rules").forEach(rule -> rules.add(new Rule(rule)));
        }
        return rules;
    }

    /** What panels of the dashboard ask, with Grafana's own words replaced by what it puts there. */
    private static List<String> queries() throws IOException {
        JsonNode dashboard =
                TestNode.JSON.readTree(FILES.resolve("dashboard.json").toFile());
        var queries = new ArrayList<String>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                queries.add(target.get("expr")
                        .asText()
                        .replace("$__rate_interval", "5m")
                        .replace("$instance", ".*"));
            }
        }
        return queries;
    }

    private static List<String> expressions() throws IOException {
        return Stream.concat(rules().stream().map(Rule::expression), queries().stream())
                .toList();
    }

    @Test
    void every_metric_that_rules_and_dashboard_name_is_on_a_running_node() throws IOException {
        var named = new TreeSet<String>();
        for (String expression : expressions()) {
            Set<String> metrics = PromQl.metricsOf(expression);
            assertFalse(metrics.isEmpty(), expression);
            named.addAll(metrics);
        }
        Map<String, Object> target = Map.of(
                "name",
                "audit",
                "type",
                "webhook",
                "url",
                "https://example.invalid/hook",
                "allow",
                List.of("streams/*"));
        Edge edge = TestNode.start("alerts", Map.of("skein.bridge.targets", List.of(target)));
        try {
            Set<String> there = Scrape.of(edge.managementPort()).names();
            named.removeAll(there);
            assertEquals(Set.of(), named, "metrics that no node has");
        } finally {
            edge.close();
        }
    }

    @Test
    void what_fleets_of_agents_are_watched_for_has_a_rule() throws IOException {
        var named = new TreeSet<String>();
        for (Rule rule : rules()) {
            named.addAll(PromQl.metricsOf(rule.expression()));
        }
        for (String metric : List.of(
                "skein_sequence_lag_transactions",
                "skein_resume_gap_transactions_bucket",
                "skein_fanout_seconds_bucket",
                "skein_repeated_calls_total",
                "skein_stale_cursors_total",
                "skein_dropped_transactions_total",
                "skein_auth_failures_total",
                "skein_tokens_failed_total",
                "skein_bridge_lag_seconds")) {
            assertTrue(named.contains(metric), metric);
        }
    }

    @Test
    void every_alert_has_a_runbook_and_every_runbook_an_alert() throws IOException {
        String text = Files.readString(RUNBOOKS);
        var sections = new TreeSet<String>();
        Matcher heading = HEADING.matcher(text);
        while (heading.find()) {
            sections.add(heading.group(1));
        }
        var alerts = new TreeSet<String>();
        for (Rule rule : rules()) {
            assertTrue(alerts.add(rule.alert()), () -> "two rules called " + rule.alert());
            assertTrue(SEVERITIES.contains(rule.severity()), rule.alert());
            assertEquals("docs/runbooks.md#" + rule.alert().toLowerCase(Locale.ROOT), rule.annotation("runbook_url"));
            assertTrue(rule.annotation("summary").endsWith("."), rule.alert());
            assertTrue(rule.annotation("description").endsWith("."), rule.alert());
        }
        assertEquals(alerts, sections);
        for (String section : text.split("\n## ", -1)) {
            if (section.startsWith("Skein")) {
                for (String part : List.of("\n**Means:** ", "\n**Look at:** ", "\n**Do:** ")) {
                    assertTrue(section.contains(part), () -> section.lines().findFirst() + " lacks" + part);
                }
            }
        }
    }

    // ---- with promtool, where there is one

    @Test
    void promtool_reads_all_rules_and_queries(@TempDir Path folder) throws Exception {
        Path promtool = promtool();
        run(promtool, "check", "rules", FILES.resolve("alerts.yaml").toString());
        // A query of the dashboard is an expression like that of a rule.
        var recorded = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
        for (String query : queries()) {
            recorded.append("      - record: dashboard:query\n        labels: {n: \"%d\"}\n        expr: %s\n"
                    .formatted(recorded.length(), TestNode.JSON.writeValueAsString(query)));
        }
        Path dashboard = Files.writeString(folder.resolve("dashboard.yaml"), recorded);
        run(promtool, "check", "rules", dashboard.toString());
    }

    @Test
    void alerts_speak_when_they_should_and_are_silent_otherwise(@TempDir Path folder) throws Exception {
        Path promtool = promtool();
        Files.copy(FILES.resolve("alerts.yaml"), folder.resolve("alerts.yaml"));
        Path when = Files.copy(Path.of("src/test/resources/alerts/when.yaml"), folder.resolve("when.yaml"));
        run(promtool, "test", "rules", when.toString());
    }

    private static Path promtool() {
        Path found = Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .map(directory -> Path.of(directory, "promtool"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "no promtool on this machine: what rules say is read by our own parser alone");
        return java.util.Objects.requireNonNull(found);
    }

    private static void run(Path promtool, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(promtool.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), said);
        assertEquals(0, process.exitValue(), said);
    }
}
