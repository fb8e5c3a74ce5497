package io.skein.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubernetes.client.openapi.JSON;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads objects as an API server with strict validation does: what it does not know is an error. Kubernetes' own kinds are read by its own
 * classes; kinds that an operator brings, by the fields of them that the chart uses, written down here from their documentation.
 */
final class StrictObjects {
    private static final ObjectMapper JSON_TEXT = new ObjectMapper();
    private static final String MODELS = "io.kubernetes.client.openapi.models.";
    private static final String FREE = ".*";
    private static final List<String> OBJECT =
            List.of("apiVersion", "kind", "metadata.name", "metadata.labels.*", "metadata.annotations.*");
    private static final List<String> ENDPOINT = List.of("port", "path", "interval");

    private static final Map<String, List<String>> OPERATORS = Map.of(
            "monitoring.coreos.com/v1 PodMonitor",
            fields("spec.selector.matchLabels.*", "spec.podMetricsEndpoints[].", ENDPOINT),
            "monitoring.coreos.com/v1 ServiceMonitor",
            fields("spec.selector.matchLabels.*", "spec.endpoints[].", ENDPOINT),
            "monitoring.coreos.com/v1 PrometheusRule",
            fields(
                    "spec.groups[].name",
                    "spec.groups[].",
                    List.of(
                            "interval",
                            "rules[].alert",
                            "rules[].record",
                            "rules[].expr",
                            "rules[].for",
                            "rules[].keep_firing_for",
                            "rules[].labels.*",
                            "rules[].annotations.*")),
            "gateway.networking.k8s.io/v1 HTTPRoute",
            fields(
                    "spec.hostnames[]",
                    "spec.",
                    List.of(
                            "parentRefs[].name",
                            "parentRefs[].namespace",
                            "parentRefs[].sectionName",
                            "parentRefs[].port",
                            "rules[].matches[].path.type",
                            "rules[].matches[].path.value",
                            "rules[].timeouts.request",
                            "rules[].backendRefs[].name",
                            "rules[].backendRefs[].port")),
            "cert-manager.io/v1 Issuer",
            fields("spec.selfSigned", "spec.ca.", List.of("secretName")),
            "cert-manager.io/v1 Certificate",
            fields(
                    "spec.secretName",
                    "spec.",
                    List.of(
                            "commonName",
                            "dnsNames[]",
                            "isCA",
                            "duration",
                            "renewBefore",
                            "usages[]",
                            "privateKey.algorithm",
                            "privateKey.encoding",
                            "privateKey.size",
                            "privateKey.rotationPolicy",
                            "issuerRef.name",
                            "issuerRef.kind",
                            "issuerRef.group")));

    private StrictObjects() {}

    private static List<String> fields(String first, String under, List<String> more) {
        return Stream.concat(Stream.of(first), more.stream().map(field -> under + field))
                .toList();
    }

    /**
     * @throws IllegalArgumentException naming what is unknown, missing or of the wrong type
     */
    static void check(Node object) {
        String type = object.get("apiVersion").text() + " " + object.kind();
        List<String> known = OPERATORS.get(type);
        if (known != null) {
            checkFields(object, Stream.concat(OBJECT.stream(), known.stream()).toList(), type);
            return;
        }
        try {
            Class<?> model = Class.forName(MODELS + model(object));
            var _ = JSON.getGson().fromJson(JSON_TEXT.writeValueAsString(object.value()), model);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException("no such kind: " + type, e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(type, e);
        }
    }

    /** {@code apps/v1 Deployment} is {@code V1Deployment}. */
    private static String model(Node object) {
        String version = object.get("apiVersion").text();
        version = version.substring(version.indexOf('/') + 1);
        return version.substring(0, 1).toUpperCase(Locale.ROOT) + version.substring(1) + object.kind();
    }

    private static void checkFields(Node object, List<String> known, String type) {
        for (String path : (Iterable<String>) paths("", object.value())::iterator) {
            boolean isKnown = known.stream()
                    .anyMatch(field -> field.endsWith(FREE)
                            ? path.startsWith(field.substring(0, field.length() - 1))
                            : path.equals(field));
            if (!isKnown) {
                throw new IllegalArgumentException(type + " has no field " + path);
            }
        }
    }

    private static Stream<String> paths(String path, @org.jspecify.annotations.Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map
            when !map.isEmpty() ->
                map.entrySet().stream()
                        .flatMap(entry -> paths(
                                path.isEmpty() ? "" + entry.getKey() : path + "." + entry.getKey(), entry.getValue()));
            case List<?> list when !list.isEmpty() -> list.stream().flatMap(item -> paths(path + "[]", item));
            case null -> Stream.of(path);
            case Object _ -> Stream.of(path);
        };
    }

    /** Kinds that only a cluster with the operator of them knows. */
    static Set<String> operatorsKinds() {
        return OPERATORS.keySet();
    }
}
