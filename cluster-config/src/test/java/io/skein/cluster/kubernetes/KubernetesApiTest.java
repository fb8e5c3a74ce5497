package io.skein.cluster.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of Kubernetes, and what is made of its answers. */
class KubernetesApiTest {
    private static final String POD = "/api/v1/namespaces/sync/pods/skein-1";
    private static final String SET = "/apis/apps/v1/namespaces/sync/replicasets/skein-7c9";
    private static final String OWNED = """
        {"metadata":{"ownerReferences":[{"kind":"Node","name":"other"},{"kind":"ReplicaSet","name":"skein-7c9"}]}}\
        """;

    @TempDir
    Path folder;

    private ApiServer server;

    @BeforeEach
    void start() throws IOException {
        server = new ApiServer(folder);
        server.answer(POD, 200, OWNED);
        server.answer(SET, 200, "{\"metadata\":{\"annotations\":{\"deployment.kubernetes.io/revision\":\"12\"}}}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_revision_is_that_of_the_ReplicaSet_which_the_pod_belongs_to() throws Exception {
        assertEquals(12, server.client().deploymentRevision());
        assertEquals("Bearer one", server.asked.take().authorization());
    }

    @Test
    void the_token_is_read_each_time() throws Exception {
        KubernetesApi api = server.client();
        api.deploymentRevision();
        server.renewToken("two\n");
        server.asked.clear();
        api.deploymentRevision();
        assertEquals("Bearer two", server.asked.take().authorization());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"metadata\":{}}", "{\"metadata\":{\"annotations\":{}}}", """
        {"metadata":{"annotations":{"deployment.kubernetes.io/revision":"x"}}}\
        """})
    void a_ReplicaSet_without_a_revision_is_said(String set) {
        server.answer(SET, 200, set);
        IOException e = assertThrows(IOException.class, () -> server.client().deploymentRevision());
        assertTrue(String.valueOf(e.getMessage()).contains("skein-7c9 has no"), e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"metadata\":{}}",
                "{\"metadata\":{\"ownerReferences\":[]}}",
                "{\"metadata\":{\"ownerReferences\":[{\"kind\":\"Job\",\"name\":\"j\"}]}}"
            })
    void a_pod_of_nobodys_is_said(String pod) {
        server.answer(POD, 200, pod);
        IOException e = assertThrows(IOException.class, () -> server.client().deploymentRevision());
        assertEquals("the pod skein-1 belongs to no ReplicaSet", e.getMessage());
    }

    @Test
    void what_is_forbidden_is_said_with_what_it_was() {
        server.answer(SET, 403, "{}");
        IOException e = assertThrows(IOException.class, () -> server.client().deploymentRevision());
        assertEquals("the Kubernetes API answers 403 to GET " + SET, e.getMessage());
    }

    @Test
    void what_is_no_JSON_is_said() {
        server.answer(POD, 200, "<html>");
        IOException e = assertThrows(IOException.class, () -> server.client().deploymentRevision());
        assertEquals("the Kubernetes API answers with no JSON", e.getMessage());
    }

    @Test
    void the_deletion_cost_is_patched_into_the_pod() throws Exception {
        server.client().writeDeletionCost(9_900);
        ApiServer.Asked patch = server.asked.take();
        assertEquals("PATCH " + POD, patch.method() + " " + patch.path());
        assertEquals("application/merge-patch+json", patch.contentType());
        assertEquals(
                "{\"metadata\":{\"annotations\":{\"controller.kubernetes.io/pod-deletion-cost\":\"9900\"}}}",
                patch.body());
    }

    @Test
    void what_is_no_pod_says_so() {
        var pekko = ConfigFactory.parseString("pekko.discovery.kubernetes-api {"
                + "api-service-host-env-name = NOT_IN_A_POD, api-service-port-env-name = NOT_IN_A_POD }");
        IOException e = assertThrows(IOException.class, () -> KubernetesApi.of(pekko, "skein-1"));
        assertTrue(String.valueOf(e.getMessage()).startsWith("this is no pod"), e.getMessage());
    }
}
