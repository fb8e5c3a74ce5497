package io.skein.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.skein.cluster.NodeConfig;
import io.skein.cluster.SkeinSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart says to nodes is what nodes understand. */
class SettingsTest {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\?(SKEIN_\\w+)}");

    static Stream<Path> examples() {
        return Chart.examples().stream();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyVariable_isReadByTheServer(Path example) throws IOException {
        Set<String> known = new TreeSet<>();
        Matcher matcher = VARIABLE.matcher(reference());
        while (matcher.find()) {
            known.add(matcher.group(1));
        }

        List<String> unknown = containers(example)
                .flatMap(container -> container.get("env").items().stream())
                .map(variable -> variable.get("name").text())
                .filter(name -> name.startsWith("SKEIN_") && !known.contains(name))
                .toList();

        assertEquals(List.of(), unknown);
    }

    /** Substitutions look among the keys before the environment, which a test cannot change. */
    @ParameterizedTest
    @MethodSource("examples")
    void theSettingsOfEveryExample_areAccepted(Path example) throws IOException {
        Config environment = ConfigFactory.parseMap(environment(example));
        Config file = ConfigFactory.parseString(settingsFile(example))
                .withFallback(ConfigFactory.parseString("AUDIT_SECRET = hush"));

        SkeinSettings settings = NodeConfig.of(file.withFallback(environment)).settings();

        assertEquals(SkeinSettings.Environment.KUBERNETES, settings.cluster().environment());
        assertEquals("0.0.0.0", settings.http().host());
        assertTrue(settings.auth().key().isPresent());
        assertTrue(settings.database().url().isPresent());
        assertFalse(settings.secrets().keys().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aNode_hasTheTimeThatItsWayOutTakes(Path example) throws IOException {
        SkeinSettings settings =
                NodeConfig.of(ConfigFactory.parseMap(environment(example))).settings();
        Node pod = deployment(example).at("spec.template.spec");
        Node sleep = pod.at("containers.0.lifecycle.preStop.sleep.seconds");

        Duration preStop = Duration.ofSeconds(sleep.isThere() ? Long.parseLong(sleep.text()) : 0);
        Duration shutdown = settings.http().stopDelay().plus(settings.cluster().drainTimeout());
        Duration grace = Duration.ofSeconds(
                Long.parseLong(pod.at("terminationGracePeriodSeconds").text()));

        assertTrue(preStop.compareTo(shutdown) < 0, "preStop < coordinated shutdown");
        assertTrue(preStop.plus(shutdown).plusSeconds(20).compareTo(grace) <= 0, "and both < grace period");
    }

    @Test
    void aNodesOwnPods_areThoseThatItsSelectorFinds() {
        for (Path example : Chart.examples()) {
            Node deployment = deployment(example);
            String selector =
                    variables(deployment.at("spec.template.spec.containers.0")).get("SKEIN_CLUSTER_POD_SELECTOR");
            var wanted = new HashMap<String, String>();
            for (String label : Objects.requireNonNull(selector).split(",", -1)) {
                String[] parts = label.split("=", 2);
                wanted.put(parts[0], parts[1]);
            }

            assertEquals(deployment.at("spec.selector.matchLabels").map(), wanted);
            Chart.objects(Chart.render(example)).stream()
                    .filter(each -> each.kind().matches("Job|Pod"))
                    .map(each -> each.kind().equals("Job")
                            ? each.at("spec.template.metadata.labels")
                            : each.at("metadata.labels"))
                    .forEach(labels -> assertFalse(
                            labels.map().entrySet().containsAll(wanted.entrySet()), "a hook's pod is no node"));
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void aJvm_takesTheOptionsAndLeavesRoomInTheMemoryOfThePod(Path example) throws Exception {
        Node container = deployment(example).at("spec.template.spec.containers.0");
        String options = Objects.requireNonNull(variables(container).get("JDK_JAVA_OPTIONS"));
        var builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(), "--version")
                .redirectErrorStream(true);
        builder.environment().put("JDK_JAVA_OPTIONS", options);
        Process java = builder.start();
        String said = new String(java.getInputStream().readAllBytes(), UTF_8);

        assertEquals(0, java.waitFor(), said);
        assertTrue(options.contains("-XX:+ExitOnOutOfMemoryError"));
        assertEquals(
                container.at("resources.requests.memory"), container.at("resources.limits.memory"), "nothing is lent");
        assertFalse(container.at("resources.limits.cpu").isThere());
    }

    @Test
    void changedSettings_rollTheNodes() {
        String before = deployment(Map.of())
                .at("spec.template.metadata.annotations")
                .get("skein.io/settings")
                .text();
        String after = deployment(Map.of("settings", "skein.session.messages-per-second = 7"))
                .at("spec.template.metadata.annotations")
                .get("skein.io/settings")
                .text();

        assertFalse(before.equals(after));
    }

    @Test
    void theHeartbeatThatTimeoutsAreComparedWith_isTheServers() throws IOException {
        String constraints = Files.readString(Chart.FOLDER.resolve("templates/_constraints.tpl"));
        long heartbeat = NodeConfig.load().settings().http().heartbeat().toSeconds();

        assertTrue(constraints.contains("$heartbeat := " + heartbeat + " "));
    }

    @Test
    void clientsReachOnlyTheirPort() {
        for (Path example : Chart.examples()) {
            List<Node> objects = Chart.objects(Chart.render(example));
            objects.stream()
                    .filter(each ->
                            each.kind().equals("Service") && !each.name().endsWith("-metrics"))
                    .forEach(service -> assertEquals(
                            List.of("http"),
                            service.at("spec.ports").items().stream()
                                    .map(port -> port.get("targetPort").text())
                                    .toList()));
            objects.stream()
                    .filter(each -> each.kind().equals("Ingress"))
                    .forEach(ingress -> assertEquals(
                            "http",
                            ingress.at("spec.rules.0.http.paths.0.backend.service.port.name")
                                    .text()));
        }
    }

    /** From its source: the jars of Pekko have files of this name, too. */
    private static String reference() throws IOException {
        return Files.readString(Path.of("../cluster-config/src/main/resources/reference.conf"));
    }

    private static Stream<Node> containers(Path example) {
        return Chart.objects(Chart.render(example)).stream()
                .flatMap(object -> Stream.of(object.at("spec.containers"), object.at("spec.template.spec.containers"))
                        .flatMap(containers -> containers.items().stream()));
    }

    private static Node deployment(Path example) {
        return deployment(Chart.objects(Chart.render(example)));
    }

    private static Node deployment(Map<String, Object> values) {
        return deployment(Chart.objects(Chart.render(values)));
    }

    private static Node deployment(List<Node> objects) {
        return objects.stream()
                .filter(each -> each.kind().equals("Deployment"))
                .findFirst()
                .orElseThrow();
    }

    private static String settingsFile(Path example) {
        return Chart.objects(Chart.render(example)).stream()
                .filter(each -> each.kind().equals("ConfigMap"))
                .map(each -> each.get("data").get("skein.conf"))
                .filter(Node::isThere)
                .map(Node::text)
                .findFirst()
                .orElse("");
    }

    private static Map<String, String> variables(Node container) {
        var variables = new HashMap<String, String>();
        container
                .get("env")
                .items()
                .forEach(each -> variables.put(
                        each.get("name").text(),
                        each.get("value").isThere() ? each.get("value").text() : ""));
        return variables;
    }

    /** As a pod would have it, with something in the place of what Kubernetes fills in. */
    private static Map<String, String> environment(Path example) throws IOException {
        Map<String, String> variables = variables(deployment(example).at("spec.template.spec.containers.0"));
        var given = new HashMap<>(Map.of(
                "SKEIN_DB_URL", "jdbc:postgresql://db/skein",
                "SKEIN_DB_USER", "skein",
                "SKEIN_DB_PASSWORD", "hush",
                "SKEIN_TOKEN_KEY", "hush",
                "SKEIN_SECRETS_KEYS", "k1:hush",
                "SKEIN_CLUSTER_HOST", "10.0.0.7",
                "SKEIN_CLUSTER_POD_NAME", "skein-1"));
        Path file = Files.createTempFile("skein", ".pem");
        for (String name : variables.keySet()) {
            if (name.matches("SKEIN_(CLUSTER|HTTP)_TLS_\\w+")) {
                given.put(name, file.toString());
            }
        }
        var unfilled = new ArrayList<>(variables.entrySet().stream()
                .filter(each -> each.getValue().isEmpty()
                        && each.getKey().startsWith("SKEIN_")
                        && !given.containsKey(each.getKey()))
                .toList());
        assertEquals(List.of(), unfilled);
        variables.putAll(given);
        return variables;
    }
}
