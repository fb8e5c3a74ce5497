package io.skein.helm.kubernetes;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What kinds of objects this server has, and how it tells those who ask. */
final class Kinds {
    private record Kind(String name, String plural) {}

    private static final Map<String, List<Kind>> OF_VERSIONS = new TreeMap<>(Map.of(
            "v1",
            List.of(
                    new Kind("Pod", "pods"),
                    new Kind("Secret", "secrets"),
                    new Kind("ConfigMap", "configmaps"),
                    new Kind("Service", "services"),
                    new Kind("ServiceAccount", "serviceaccounts")),
            "apps/v1",
            List.of(new Kind("Deployment", "deployments"), new Kind("ReplicaSet", "replicasets")),
            "batch/v1",
            List.of(new Kind("Job", "jobs")),
            "policy/v1",
            List.of(new Kind("PodDisruptionBudget", "poddisruptionbudgets")),
            "autoscaling/v2",
            List.of(new Kind("HorizontalPodAutoscaler", "horizontalpodautoscalers")),
            "coordination.k8s.io/v1",
            List.of(new Kind("Lease", "leases")),
            "networking.k8s.io/v1",
            List.of(new Kind("NetworkPolicy", "networkpolicies"), new Kind("Ingress", "ingresses")),
            "rbac.authorization.k8s.io/v1",
            List.of(new Kind("Role", "roles"), new Kind("RoleBinding", "rolebindings"))));

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Kinds() {}

    /** The answer to {@code /api/v1} or {@code /apis/apps/v1}. */
    static ObjectNode resources(String version) {
        ObjectNode list = JSON.objectNode()
                .put("kind", "APIResourceList")
                .put("apiVersion", "v1")
                .put("groupVersion", version);
        ArrayNode resources = list.putArray("resources");
        for (Kind kind : OF_VERSIONS.getOrDefault(version, List.of())) {
            ObjectNode resource = resources
                    .addObject()
                    .put("name", kind.plural())
                    .put("singularName", "")
                    .put("namespaced", true)
                    .put("kind", kind.name());
            List.of("create", "delete", "get", "list", "patch", "update", "watch")
                    .forEach(resource.withArray("/verbs")::add);
        }
        return list;
    }

    /** The answer to {@code /apis}. */
    static ObjectNode groups() {
        ObjectNode list = JSON.objectNode().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = list.putArray("groups");
        OF_VERSIONS.keySet().stream().filter(version -> version.contains("/")).forEach(version -> {
            String[] parts = version.split("/", 2);
            ObjectNode known = JSON.objectNode().put("groupVersion", version).put("version", parts[1]);
            ObjectNode group = groups.addObject().put("name", parts[0]);
            group.putArray("versions").add(known);
            group.set("preferredVersion", known);
        });
        return list;
    }

    /** The kind of what is in a collection such as {@code /api/v1/namespaces/sync/pods}. */
    static String kindOf(String version, String plural) {
        return OF_VERSIONS.getOrDefault(version, List.of()).stream()
                .filter(kind -> kind.plural().equals(plural))
                .map(Kind::name)
                .findFirst()
                .orElse("Unknown");
    }
}
