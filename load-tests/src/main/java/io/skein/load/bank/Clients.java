package io.skein.load.bank;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.load.peer.NodeProject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** All clients of a bank: processes of Node that run {@code peers/bank-clients}, the same for every system but for what they speak. */
final class Clients implements AutoCloseable {
    static final String PROJECT = "bank-clients";

    private static final int SIGNIFICANT_DIGITS = 3;

    private final List<ClientProcess> processes = new ArrayList<>();
    private final List<Path> flows = new ArrayList<>();
    private final int accounts;

    private Clients(int accounts) {
        this.accounts = accounts;
    }

    /**
     * Starts them and returns when all are connected.
     *
     * @param exponent of the Zipf distribution by which accounts are chosen, 0 for uniform
     * @param directory for their logs
     */
    static Clients connect(Bank.Door door, Load load, double exponent, Path directory)
            throws IOException, InterruptedException {
        var project = new NodeProject(PROJECT);
        project.install();
        var clients = new Clients(load.accounts());
        try {
            for (int i = 0; i < load.processes(); i++) {
                Path flows = directory.resolve("flows-" + i).toAbsolutePath();
                clients.flows.add(flows);
                Map<String, Object> orders = new LinkedHashMap<>();
                orders.put("system", door.system());
                orders.put("url", door.base().toString());
                orders.put("database", door.database());
                orders.put("connections", share(load.connections(), load.processes(), i));
                orders.put("inFlight", load.inFlight());
                orders.put("accounts", load.accounts());
                orders.put("exponent", exponent);
                orders.put("seed", load.seed() + i);
                orders.put("flows", flows.toString());
                clients.processes.add(ClientProcess.start(
                        "clients " + i, orders, project.home(), directory.resolve("clients-" + i + ".log")));
            }
            clients.hear("connected");
            return clients;
        } catch (RuntimeException | IOException | InterruptedException e) {
            clients.close();
            throw e;
        }
    }

    private static int share(int connections, int processes, int process) {
        return connections / processes + (process < connections % processes ? 1 : 0);
    }

    List<ProcessHandle> handles() {
        return processes.stream().map(ClientProcess::handle).toList();
    }

    /** All begin to transfer. */
    void start() throws IOException {
        tell("start");
    }

    /** Lets them work; fails if one cannot go on. */
    void work(int seconds) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (long left = seconds * 1_000_000_000L; left > 0; left = deadline - System.nanoTime()) {
            for (ClientProcess process : processes) {
                process.requireAliveFor(Math.min(left, 100_000_000L) / processes.size());
            }
        }
    }

    /** The window that is measured begins. */
    void open() throws IOException {
        tell("open");
    }

    /** It ends. */
    Answers.Window closeWindow() throws IOException, InterruptedException {
        tell("close");
        long accepted = 0;
        double perSecond = 0;
        var latency = new Histogram(SIGNIFICANT_DIGITS);
        for (JsonNode window : hear("window")) {
            accepted += window.path("accepted").asLong();
            perSecond += 1_000.0
                    * window.path("accepted").asLong()
                    / window.path("millis").asDouble();
            for (JsonNode step : window.path("latencies")) {
                latency.recordValueWithCount(step.path(0).asLong(), step.path(1).asLong());
            }
        }
        return new Answers.Window(accepted, perSecond, latency);
    }

    /** They finish what is in flight, tell all, and end. */
    Answers.Totals stop() throws IOException, InterruptedException {
        tell("stop");
        long accepted = 0;
        var refusals = new TreeMap<String, Long>();
        for (JsonNode stopped : hear("stopped")) {
            accepted += stopped.path("accepted").asLong();
            for (var refusal : stopped.path("refusals").properties()) {
                refusals.merge(refusal.getKey(), refusal.getValue().asLong(), Long::sum);
            }
        }
        return new Answers.Totals(accepted, refusals, flows());
    }

    private Amounts flows() throws IOException {
        long[] sums = new long[accounts];
        for (Path file : flows) {
            IntBuffer flow = ByteBuffer.wrap(Files.readAllBytes(file))
                    .order(ByteOrder.nativeOrder())
                    .asIntBuffer();
            for (int id = 0; id < accounts; id++) {
                sums[id] += flow.get(id);
            }
        }
        return Amounts.of(sums);
    }

    private void tell(String order) throws IOException {
        for (ClientProcess process : processes) {
            process.tell(order);
        }
    }

    private List<JsonNode> hear(String said) throws IOException, InterruptedException {
        var messages = new ArrayList<JsonNode>();
        for (ClientProcess process : processes) {
            messages.add(process.hear(said));
        }
        return messages;
    }

    @Override
    public void close() {
        processes.forEach(ClientProcess::close);
    }
}
