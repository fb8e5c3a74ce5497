package io.skein.cluster.kubernetes;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The few questions to the API server of the Kubernetes cluster that this pod is in, as its service account, in its own namespace. Calls block for at
 * most ten seconds. Not closed: it lives as long as its node.
 */
public final class KubernetesApi {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OWNERS = "metadata.ownerReferences";
    private static final String REVISION = "deployment.kubernetes.io/revision";
    private static final String DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";

    private final HttpClient http;
    private final URI server;
    private final Path token;
    private final String namespace;
    private final String pod;

    private KubernetesApi(HttpClient http, URI server, Path token, String namespace, String pod) {
        this.http = http;
        this.server = server;
        this.token = token;
        this.namespace = namespace;
        this.pod = pod;
    }

    /**
     * Found as Pekko finds it: by the files that every pod has and the address in its environment.
     *
     * @param pekko with {@code pekko.discovery.kubernetes-api}
     * @param pod this pod's name
     * @throws IOException if this is no pod, or its account's files cannot be read
     */
    public static KubernetesApi of(Config pekko, String pod) throws IOException {
        Config files = pekko.getConfig("pekko.discovery.kubernetes-api");
        String host = System.getenv(files.getString("api-service-host-env-name"));
        String port = System.getenv(files.getString("api-service-port-env-name"));
        if (host == null || port == null) {
            throw new IOException("this is no pod: the environment has no KUBERNETES_SERVICE_HOST and _PORT");
        }
        HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .sslContext(trusting(Path.of(files.getString("api-ca-path"))))
                .build();
        return new KubernetesApi(
                http,
                URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port),
                Path.of(files.getString("api-token-path")),
                Files.readString(Path.of(files.getString("pod-namespace-path"))).strip(),
                pod);
    }

    /** One whose address is known. */
    static KubernetesApi at(URI server, Path token, String namespace, String pod) {
        return new KubernetesApi(HttpClient.newHttpClient(), server, token, namespace, pod);
    }

    private static SSLContext trusting(Path authorities) throws IOException {
        try (InputStream in = Files.newInputStream(authorities)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("authority-" + trusted.size(), authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "the Kubernetes API's certificate authority in " + authorities + " cannot be read", e);
        }
    }

    /**
     * How many rollouts the Deployment of this pod has seen, this pod's own included. Kubernetes raises it for every rollout; where one goes back to
     * an older template, that template's pods get a new number.
     *
     * @throws IOException if Kubernetes does not answer, or forbids it, or this pod belongs to no Deployment
     */
    public long deploymentRevision() throws IOException, InterruptedException {
        Config self = get("/api/v1", "pods", pod);
        List<? extends Config> owners = self.hasPath(OWNERS) ? self.getConfigList(OWNERS) : List.of();
        Config owner = owners.stream()
                .filter(each -> each.getString("kind").equals("ReplicaSet"))
                .findFirst()
                .orElseThrow(() -> new IOException("the pod " + pod + " belongs to no ReplicaSet"));
        Config set = get("/apis/apps/v1", "replicasets", owner.getString("name"));
        try {
            return Long.parseLong(String.valueOf(set.getObject("metadata.annotations")
                    .toConfig()
                    .root()
                    .unwrapped()
                    .get(REVISION)));
        } catch (ConfigException | NumberFormatException e) {
            throw new IOException("the ReplicaSet " + owner.getString("name") + " has no " + REVISION, e);
        }
    }

    /**
     * Says how sorry the cluster would be for this pod: a Deployment that gets smaller gives up those with the lowest first.
     *
     * @throws IOException if Kubernetes does not answer, or forbids it
     */
    public void writeDeletionCost(int cost) throws IOException, InterruptedException {
        String patch = "{\"metadata\":{\"annotations\":{\"%s\":\"%d\"}}}".formatted(DELETION_COST, cost);
        send(request(path("/api/v1", "pods", pod))
                .header("content-type", "application/merge-patch+json")
                .method("PATCH", BodyPublishers.ofString(patch)));
    }

    private Config get(String api, String kind, String name) throws IOException, InterruptedException {
        String answer = send(request(path(api, kind, name)).GET());
        try {
            return ConfigFactory.parseString(answer);
        } catch (ConfigException e) {
            throw new IOException("the Kubernetes API answers with no JSON", e);
        }
    }

    private String path(String api, String kind, String name) {
        return api + "/namespaces/" + namespace + "/" + kind + "/" + name;
    }

    /** The token is read each time: Kubernetes renews it. */
    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(server.resolve(path))
                .timeout(PATIENCE)
                .header("accept", "application/json")
                .header("authorization", "Bearer " + Files.readString(token).strip());
    }

    private String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpRequest sent = request.build();
        HttpResponse<String> answer = http.send(sent, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("the Kubernetes API answers %d to %s %s"
                    .formatted(answer.statusCode(), sent.method(), sent.uri().getPath()));
        }
        return answer.body();
    }
}
