package io.skein.helm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that cannot be meant are refused before anything is installed, with a sentence. */
class RefusalTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "database.existingSecret=                       | database.existingSecret must name a Secret",
                "cluster.requiredNodes=4                        | the cluster would never begin",
                "cluster.appVersion=v2                          | it must be deployment, or a number such as 7",
                "shutdown.preStopSeconds=15                     | shutdown.preStopSeconds (15) must be less than",
                "shutdown.graceSeconds=39                       | shutdown.graceSeconds (39) must be at least 40",
                "jvm.heapPercent=75;jvm.directPercent=15        | may be 85 together",
                "resources.memory=256Mi                         | a node needs at least 512Mi",
                "podDisruptionBudget.maxUnavailable=3           | must be less than the number of nodes (3)",
                "clientTls.enabled=true                         | clientTls.enabled needs clientTls.existingSecret",
                "ingress.enabled=true                           | ingress.enabled needs ingress.hosts",
                "ingress.enabled=true;ingress.hosts[0].host=a;ingress.socketTimeoutSeconds=15 | more than the"
                        + " heartbeat",
                "httpRoute.enabled=true                         | httpRoute.enabled needs httpRoute.parentRefs",
                "httpRoute.enabled=true;httpRoute.parentRefs[0].name=a;httpRoute.socketTimeoutSeconds=9 | must be 0 or"
                        + " more",
                "auth.mode=development;service.type=LoadBalancer | gives an identity to anybody who asks",
                "auth.mode=development;ingress.enabled=true;ingress.hosts[0].host=a | gives an identity to anybody",
                "autoscaling.enabled=true;autoscaling.minReplicas=11 | must not be more than autoscaling.maxReplicas"
                        + " (10)",
                "autoscaling.enabled=true;autoscaling.sessions=0;autoscaling.commits=0 | needs something to go by",
                "serviceAccount.create=false                    | serviceAccount.name must say which one there is",
                "extraEnv[0].name=SKEIN_DB_URL;extraEnv[0].value=x | which the chart sets: there is a value for it",
                "extraEnv[0].name=SKEIN_CLUSTER_HOST;extraEnv[0].value=x | what makes nodes a cluster is the chart's"
            })
    void valuesThatCannotWorkTogether_areRefusedWithASentence(String values, String sentence) {
        assertRefused(values, sentence);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "replica=3                      | replica",
                "image.digset=sha256:0          | digset",
                "database.existingsecret=x      | existingsecret",
                "nodeTls.certManager.issuer=x   | issuer",
                "proxies.trusted[0]=proxy.local | trusted",
                "limitAddresses=maybe           | limitAddresses",
                "image.digest=sha256:12         | digest",
                "image.pullPolicy=Sometimes     | pullPolicy",
                "replicas=0                     | replicas",
                "replicas=three                 | replicas",
                "resources.memory=2G            | memory",
                "resources.limits=x             | limits",
                "jvm.options[0]=Xmx1g           | options",
                "ports.http=70000               | http",
                "auth.mode=open                 | mode",
                "auth.corsOrigins[0]=example.com | corsOrigins",
                "spread.hosts=Never             | hosts",
                "monitoring.monitor=Pod         | monitor",
                "extraEnv[0].nmae=A             | nmae",
                "ingress.hosts[0].path=/        | host"
            })
    void aNameOrTypeThatDoesNotExist_isRefusedByTheSchema(String values, String where) {
        assertRefused(values, where);
    }

    @Test
    void theSchema_closesEveryBlockOfValues() {
        var open = new ArrayList<String>();
        compare(
                "",
                Chart.read(Chart.FOLDER.resolve("values.yaml")),
                Chart.read(Chart.FOLDER.resolve("values.schema.json")),
                open);

        assertEquals(List.of(), open);
    }

    /** Blocks whose keys are somebody else's: labels, annotations and the like are empty in values.yaml. */
    private static void compare(String path, Node values, Node schema, List<String> open) {
        if (values.map().isEmpty()) {
            return;
        }
        if (!Boolean.FALSE.equals(schema.get("additionalProperties").value())) {
            open.add(path + " takes any key");
        }
        values.map().keySet().forEach(key -> {
            Node property = schema.get("properties").get(key.toString());
            if (!property.isThere()) {
                open.add(path + "." + key + " is not in the schema");
            }
            compare(path + "." + key, values.get(key.toString()), property, open);
        });
    }

    private static void assertRefused(String values, String sentence) {
        Map<String, Object> given = new LinkedHashMap<>();
        for (String value : values.split(";", -1)) {
            String[] parts = value.strip().split("=", 2);
            given.put(parts[0], parts[1]);
        }
        RuntimeException refusal = assertThrows(RuntimeException.class, () -> Chart.render(given));
        assertTrue(String.valueOf(refusal.getMessage()).contains(sentence), refusal::toString);
    }
}
