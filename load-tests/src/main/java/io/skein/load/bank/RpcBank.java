package io.skein.load.bank;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.load.machine.Database;
import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.ServerProcess;
import io.skein.load.peer.NodeProject;
import io.skein.load.peer.NodeServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/** The reference: {@code peers/rpc-postgres}, a Node server that makes every transfer a transaction in PostgreSQL. */
final class RpcBank implements Bank {
    /** Five statements for each transfer, checks in Node: what most servers do, with an ORM or without. */
    static final String NAME = "rpc-postgres";
    /** One call of a function in the database, as one who has measured does it. */
    static final String FUNCTION = "rpc-postgres-function";

    private static final NodeProject PROJECT = new NodeProject("rpc-postgres");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Map<String, String> environment;

    /**
     * Not started yet.
     *
     * @param name {@link #NAME} or {@link #FUNCTION}
     * @param environment for the server, beside the database: see the head of server.js
     */
    RpcBank(String name, Map<String, String> environment) {
        this.name = name;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Running start(Database database, int accounts, long initialBalance, Path directory)
            throws IOException, InterruptedException {
        var settings = new HashMap<>(environment);
        settings.put("DATABASE_URL", database.url());
        settings.put("FORM", name.equals(FUNCTION) ? "function" : "transaction");
        NodeServer server = NodeServer.start(name, PROJECT, settings, directory.resolve("server.log"));
        // No offer of HTTP/2: the server would take it for a WebSocket's.
        HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        var open = new Open(server, http, database);
        try {
            open.send(HttpRequest.newBuilder(open.base().resolve("/seed"))
                    .POST(HttpRequest.BodyPublishers.ofString(
                            JSON.writeValueAsString(Map.of("n", accounts, "initialBalance", initialBalance)))));
            return open;
        } catch (RuntimeException | IOException | InterruptedException e) {
            open.close();
            throw e;
        }
    }

    private record Open(NodeServer server, HttpClient http, Database database) implements Running {
        URI base() {
            return URI.create("http://127.0.0.1:" + server.port());
        }

        @Override
        public ServerProcess process() {
            return server.process();
        }

        @Override
        public Door door() {
            return new Door("rpc", base(), "");
        }

        /** How many the server counts; the balances from PostgreSQL itself. */
        @Override
        public Books books() throws IOException, InterruptedException, SQLException {
            long committed = JSON.readTree(send(HttpRequest.newBuilder(base().resolve("/committed"))))
                    .path("committed")
                    .asLong();
            try (Connection connection = PostgresServer.connect(database);
                    Statement statement = connection.createStatement()) {
                return new Books(committed, balances(statement));
            }
        }

        private static Amounts balances(Statement statement) throws SQLException {
            try (ResultSet rows = statement.executeQuery("SELECT array_agg(balance ORDER BY id) FROM accounts")) {
                rows.next();
                Long[] boxed = (Long[]) rows.getArray(1).getArray();
                long[] balances = new long[boxed.length];
                for (int id = 0; id < boxed.length; id++) {
                    balances[id] = boxed[id];
                }
                return Amounts.of(balances);
            }
        }

        String send(HttpRequest.Builder request) throws IOException, InterruptedException {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(answer.request().uri() + ": " + answer.statusCode() + " " + answer.body());
            }
            return answer.body();
        }

        @Override
        public void close() {
            http.close();
            server.process().close();
        }
    }
}
