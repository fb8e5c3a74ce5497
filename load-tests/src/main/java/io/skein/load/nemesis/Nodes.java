package io.skein.load.nemesis;

import io.skein.load.machine.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The nodes of one cluster, over one database and with one key for tokens. */
final class Nodes implements AutoCloseable {
    private static final int HTTP_PORT = 8080;
    private static final int CLUSTER_PORT = 7355;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<SkeinNode> all = new ArrayList<>();

    private Nodes() {}

    /**
     * Starts nodes {@code n1} to {@code n<count>} and waits until each says that it is ready.
     *
     * @param database as the nodes reach it
     */
    static Nodes start(Network network, int count, Database database, Path directory)
            throws IOException, InterruptedException {
        var nodes = new Nodes();
        try {
            nodes.make(network, count, database, directory);
            for (SkeinNode node : nodes.all) {
                node.start();
            }
            for (SkeinNode node : nodes.all) {
                node.awaitReady();
            }
            return nodes;
        } catch (IOException | InterruptedException | RuntimeException e) {
            nodes.close();
            throw e;
        }
    }

    private void make(Network network, int count, Database database, Path directory) throws IOException {
        String key = tokenKey();
        var ports = new HashMap<String, Integer>();
        for (int i = 1; i <= count; i++) {
            ports.put("n" + i, network.canCut() ? CLUSTER_PORT : freePort(network.inside("n" + i)));
        }
        List<String> names = ports.keySet().stream().sorted().toList();
        for (int i = 1; i <= count; i++) {
            String name = "n" + i;
            int http = network.canCut() ? HTTP_PORT : freePort(network.outside(name));
            var environment = new HashMap<>(Map.of(
                    "SKEIN_DB_URL", database.jdbcUrl(),
                    "SKEIN_DB_USER", database.user(),
                    "SKEIN_DB_PASSWORD", database.password(),
                    "SKEIN_HTTP_HOST", network.outside(name),
                    "SKEIN_HTTP_PORT", Integer.toString(http),
                    "SKEIN_MANAGEMENT_PORT", "0",
                    "SKEIN_LIMITS_BY_ADDRESS", "false", // all clients are on one machine
                    "SKEIN_DATA_DIR", directory.resolve(name + "-data").toString(),
                    "SKEIN_TOKEN_KEY", key));
            if (count > 1) {
                environment.put("SKEIN_CLUSTER_ENVIRONMENT", "local");
                environment.put("SKEIN_CLUSTER_HOST", network.inside(name));
                environment.put("SKEIN_CLUSTER_PORT", String.valueOf(ports.get(name)));
                environment.put("SKEIN_CLUSTER_SEED_NODES", seeds(network, ports, names));
            }
            // A node that finds its own address first among the seeds makes a cluster of its own when nobody answers in
            // time.
            Map<String, String> rejoining = count == 1
                    ? Map.of()
                    : Map.of(
                            "SKEIN_CLUSTER_SEED_NODES",
                            seeds(
                                    network,
                                    ports,
                                    names.stream()
                                            .filter(other -> !other.equals(name))
                                            .toList()));
            all.add(new SkeinNode(
                    name,
                    network.enter(name),
                    environment,
                    rejoining,
                    // A position comes at the latest with a heartbeat: the end of a run need not wait for long.
                    List.of("-Dskein.http.heartbeat=2s", "-Dlogback.configurationFile=skein-node-logback.xml"),
                    URI.create("http://" + network.outside(name) + ":" + http),
                    client,
                    directory));
        }
    }

    private static String seeds(Network network, Map<String, Integer> ports, List<String> names) {
        return names.stream()
                .map(name -> "pekko://skein@" + network.inside(name) + ":" + ports.get(name))
                .collect(Collectors.joining(","));
    }

    List<SkeinNode> all() {
        return all;
    }

    /** Name and address of each, for clients. */
    List<Map.Entry<String, URI>> addresses() {
        return all.stream().map(node -> Map.entry(node.name(), node.http())).toList();
    }

    @Override
    public void close() {
        all.forEach(SkeinNode::kill);
        client.close();
    }

    private static String tokenKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            byte[] encoded = generator.generateKeyPair().getPrivate().getEncoded();
            return "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded)
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has P-256", e);
        }
    }

    private static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getLocalPort();
        }
    }
}
