package io.skein.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skein.edge.Main;
import io.skein.helm.kubernetes.FakeKubernetes;
import io.skein.persistence.Database;
import io.skein.persistence.DatabaseOptions;
import io.skein.persistence.Endpoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes in JVMs of their own, with what the chart gives to pods, find each other through the Kubernetes API and settle by its lease who goes on
 * after a split. The API is this test's; it allows no more than the chart's Role.
 */
class ClusterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String NAMESPACE = "sync";
    private static final String ACCOUNT = "the-nodes-token";
    private static final String LEASE = "skein-pekko-sbr";
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
    private static final Duration TO_START = Duration.ofSeconds(90);
    private static final Map<String, Object> VALUES = Map.of(
            "auth.mode", "development",
            "cluster.requiredNodes", 3,
            "ports.http", 8151,
            "ports.management", 8152,
            "ports.remoting", 8153,
            "ports.metrics", 8154,
            "shutdown.drainSeconds", 6);

    private final List<Node> objects = Chart.objects(Chart.render(VALUES));
    private final Node pod = object("Deployment").at("spec.template");
    private final List<ChartNode> nodes = new ArrayList<>();

    @TempDir
    Path folder;

    @Test
    void podsOfTheChart_areAClusterThatOutlivesOneOfThem_andAMinorityWithoutTheLeaseEnds() throws Exception {
        try (FakeKubernetes kubernetes = FakeKubernetes.start(folder);
                Database database = Database.open(DatabaseOptions.embedded(folder.resolve("database")))) {
            kubernetes.writeAccount(folder.resolve("account"), ACCOUNT, NAMESPACE);
            kubernetes.allow(
                    ACCOUNT, JSON.valueToTree(object("Role").get("rules").value()));
            ObjectNode set = named("skein-7c9");
            set.withObject("/metadata").putObject("annotations").put("deployment.kubernetes.io/revision", "7");
            kubernetes.put("apps/v1", NAMESPACE, "replicasets", set);
            for (int number = 1; number <= 3; number++) {
                kubernetes.put("v1", NAMESPACE, "pods", pod(number));
                nodes.add(ChartNode.start(
                        folder.resolve(name(number)),
                        address(number),
                        environment(number, database.endpoint(), kubernetes.port()),
                        folder.resolve("account")));
            }

            holds(TO_START, "all are ready", () -> nodes.stream().allMatch(ChartNode::isReady));
            List<String> revisions = List.of("7.0.0", "7.0.0", "7.0.0");
            nodes.forEach(node -> assertEquals(revisions, node.versions(), "that of the Deployment"));
            holds(
                    Duration.ofSeconds(20),
                    "each pod says how old its node is",
                    () -> costs(kubernetes).equals(Set.of("10000", "9900", "9800")));
            assertEquals(
                    0,
                    Main.commandLine()
                            .execute("doctor", "--url", nodes.get(0).server().toString()));

            ChartNode lost = nodes.get(2);
            lost.kill();
            List<ChartNode> left = nodes.subList(0, 2);
            holds(
                    Duration.ofSeconds(40),
                    "two go on",
                    () -> left.stream().allMatch(each -> each.nodes() == 2 && each.isReady()));
            assertTrue(holder(kubernetes).contains("skein"), "by the lease");

            takeLease(kubernetes);
            nodes.get(0).kill(); // who has had the lease
            ChartNode last = nodes.get(1);
            holds(Duration.ofSeconds(40), "who does not get the lease ends", () -> !last.isAlive());
            assertEquals(70, last.exitStatus());
            assertEquals("somebody on the other side", holder(kubernetes));
            assertEquals(List.of(), kubernetes.forbidden(), "the chart's Role is enough");
        } catch (AssertionError e) {
            nodes.forEach(node -> System.err.println(node.log()));
            throw e;
        } finally {
            for (ChartNode node : nodes) {
                node.stop();
            }
        }
    }

    private Node object(String kind) {
        return objects.stream()
                .filter(each -> each.kind().equals(kind))
                .findFirst()
                .orElseThrow();
    }

    private static String name(int number) {
        return "skein-7c9-" + number;
    }

    private static String address(int number) {
        return "127.0.81." + number;
    }

    private static ObjectNode named(String name) {
        ObjectNode object = JSON.createObjectNode();
        object.putObject("metadata").put("name", name).put("namespace", NAMESPACE);
        return object;
    }

    /** A pod as the ReplicaSet's controller would make it of the template, and the kubelet would run it. */
    private ObjectNode pod(int number) {
        ObjectNode made = named(name(number));
        ObjectNode metadata = made.withObject("/metadata");
        metadata.set("labels", JSON.valueToTree(pod.at("metadata.labels").value()));
        metadata.putArray("ownerReferences")
                .addObject()
                .put("kind", "ReplicaSet")
                .put("name", "skein-7c9");
        made.set("spec", JSON.valueToTree(pod.at("spec").value()));
        ObjectNode status = made.putObject("status").put("phase", "Running").put("podIP", address(number));
        status.putArray("containerStatuses")
                .addObject()
                .put("name", "skein")
                .putObject("state")
                .putObject("running");
        return made;
    }

    /** What the kubelet would fill in of fields and Secrets. */
    private Map<String, String> environment(int number, Endpoint database, int apiPort) {
        Map<String, String> references = Map.of(
                "status.podIP", address(number),
                "metadata.name", name(number),
                "skein-database url", database.url(),
                "skein-database user", database.user(),
                "skein-database password", database.password());
        var environment = new HashMap<String, String>();
        for (Node variable : pod.at("spec.containers.0.env").items()) {
            Node from = variable.get("valueFrom");
            String value = variable.get("value").text();
            if (from.get("fieldRef").isThere()) {
                value = references.get(from.at("fieldRef.fieldPath").text());
            } else if (from.get("secretKeyRef").isThere()) {
                String secret = from.at("secretKeyRef.name").text();
                String key = from.at("secretKeyRef.key").text();
                value = references.getOrDefault(secret + " " + key, made(secret, key));
            }
            environment.put(variable.get("name").text(), value);
        }
        environment.put("KUBERNETES_SERVICE_HOST", "127.0.0.1");
        environment.put("KUBERNETES_SERVICE_PORT", Integer.toString(apiPort));
        return environment;
    }

    private String made(String secret, String key) {
        return objects.stream()
                .filter(each -> each.kind().equals("Secret") && each.name().equals(secret))
                .map(each -> each.get("data").get(key).text())
                .map(data -> new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8))
                .findFirst()
                .orElse("");
    }

    private static Set<String> costs(FakeKubernetes kubernetes) {
        return List.of(1, 2, 3).stream()
                .map(number ->
                        kubernetes.get("v1", NAMESPACE, "pods", name(number)).orElseThrow())
                .map(found -> found.at("/metadata/annotations").path(COST).asText())
                .collect(Collectors.toSet());
    }

    private static String holder(FakeKubernetes kubernetes) {
        return kubernetes
                .get("coordination.k8s.io/v1", NAMESPACE, "leases", LEASE)
                .map(lease -> lease.at("/spec/holderIdentity").asText())
                .orElse("nobody has ever asked for it");
    }

    /** As the other side of a split would, which no node of this side can see. */
    private static void takeLease(FakeKubernetes kubernetes) {
        ObjectNode lease = kubernetes
                .get("coordination.k8s.io/v1", NAMESPACE, "leases", LEASE)
                .orElseThrow();
        lease.withObject("/spec")
                .put("holderIdentity", "somebody on the other side")
                .put("renewTime", Instant.now().plusSeconds(3600).toString());
        kubernetes.put("coordination.k8s.io/v1", NAMESPACE, "leases", lease);
    }

    private static void holds(Duration within, String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + within.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not within " + within + ": " + what);
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }
}
