package io.skein.load.nemesis;

import io.skein.load.machine.Commands;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What there is to break: the network, PostgreSQL, the nodes and the clock of one of them. */
final class World implements Closeable {
    private static final int DISK_MEGABYTES = 4_096;
    private static final long READY_SECONDS = 120;
    /** A node that hangs is started again twice; one that cannot start at all must not be tried for ever. */
    private static final long MEND_SECONDS = 3 * READY_SECONDS;

    private static final long POLL_MILLIS = 200;

    private final Network network;
    private final Path directory;
    private final Consumer<String> log;
    private final @Nullable Path smallDisk;
    private final @Nullable FakeClock clock;
    private final Postgres postgres;
    private final Nodes nodes;
    /** When each node was started last, as a count: the oldest of a cluster is where its coordinator is. */
    private final Map<SkeinNode, Integer> age = new HashMap<>();

    private final Thread hook = Thread.ofPlatform().unstarted(this::abandon);
    private int starts;

    private World(
            Network network,
            Path directory,
            Consumer<String> log,
            @Nullable Path smallDisk,
            @Nullable FakeClock clock,
            Postgres postgres,
            Nodes nodes) {
        this.network = network;
        this.directory = directory;
        this.log = log;
        this.smallDisk = smallDisk;
        this.clock = clock;
        this.postgres = postgres;
        this.nodes = nodes;
        nodes.all().forEach(node -> age.put(node, ++starts));
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** The processes are killed by their own hooks: one that is stopped would not notice that its parent is gone. */
    private void abandon() {
        try {
            if (postgres.isRunning()) {
                postgres.signalAll("CONT");
            }
            if (smallDisk != null) {
                unmount(smallDisk);
            }
        } catch (IOException | InterruptedException e) {
            System.err.println("left behind: " + e.getMessage());
        }
    }

    /** Makes it all; what was made is taken down again if something fails. */
    static World make(int nodeCount, Path directory, Consumer<String> log) throws Exception {
        var members = new ArrayList<>(List.of("pg"));
        for (int i = 1; i <= nodeCount; i++) {
            members.add("n" + i);
        }
        var made = new ArrayList<Closeable>();
        try {
            Network network = Namespaces.orLoopback(members);
            made.add(network);
            log.accept("network: " + network.description());
            Path data = Files.createDirectories(directory.resolve("postgres-data"));
            Path smallDisk = mountSmallDisk(data);
            if (smallDisk != null) {
                made.add(() -> unmount(data));
            }
            Postgres postgres = Postgres.start(
                    network, directory, smallDisk == null ? data : smallDisk.resolve("db"), port(network));
            made.add(postgres);
            FakeClock clock = FakeClock.find(directory);
            Nodes nodes = Nodes.start(network, nodeCount, postgres.databaseInside(), directory);
            return new World(network, directory, log, smallDisk, clock, postgres, nodes);
        } catch (Exception e) {
            closeAll(made, e);
            throw e;
        }
    }

    private static int port(Network network) throws IOException {
        try (var socket = new java.net.ServerSocket(0)) {
            return network.canCut() ? 5432 : socket.getLocalPort();
        }
    }

    /** A disk in memory that can be filled without harm; null without root. */
    private static @Nullable Path mountSmallDisk(Path at) throws InterruptedException {
        return Commands.works(
                        "mount", "-t", "tmpfs", "-o", "size=" + DISK_MEGABYTES + "m", "skein-nemesis", at.toString())
                ? at
                : null;
    }

    private static void unmount(Path disk) throws IOException {
        try {
            Commands.run("umount", "-l", disk.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted before " + disk + " was unmounted", e);
        }
    }

    Network network() {
        return network;
    }

    Postgres postgres() {
        return postgres;
    }

    Nodes nodes() {
        return nodes;
    }

    Path directory() {
        return directory;
    }

    @Nullable
    Path smallDisk() {
        return smallDisk;
    }

    @Nullable
    FakeClock clock() {
        return clock;
    }

    SkeinNode any(Random dice) {
        return nodes.all().get(dice.nextInt(nodes.all().size()));
    }

    /** Where the coordinator of the shards is. */
    SkeinNode oldest() {
        return nodes.all().stream()
                .min(Comparator.comparing(node -> age.getOrDefault(node, 0)))
                .orElseThrow();
    }

    /**
     * Starts what has ended and waits until everything is ready. Says what had to be done.
     *
     * @return what should not have been necessary
     */
    List<String> revive() throws IOException, SQLException, InterruptedException {
        if (!postgres.isRunning()) {
            log.accept("PostgreSQL is started again");
            postgres.start();
        }
        var hung = new ArrayList<String>();
        var patience = new HashMap<SkeinNode, Long>();
        long giveUp = System.nanoTime() + MEND_SECONDS * 1_000_000_000L;
        while (!nodes.all().stream().allMatch(SkeinNode::isAlive) || !allReady()) {
            for (SkeinNode node : nodes.all()) {
                bringBack(node, patience, hung);
            }
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException("the cluster does not come back within " + MEND_SECONDS + " s");
            }
            Thread.sleep(POLL_MILLIS);
        }
        return hung;
    }

    private void bringBack(SkeinNode node, Map<SkeinNode, Long> patience, List<String> hung)
            throws IOException, InterruptedException {
        long now = System.nanoTime();
        if (!node.isAlive()) {
            log.accept(node.name() + " is started again");
            node.kill();
            startAgain(node);
            patience.put(node, now);
        } else if (node.api().isReady()) {
            patience.put(node, now);
        } else if (now - patience.computeIfAbsent(node, _ -> now) > READY_SECONDS * 1_000_000_000L) {
            hung.add(node.name() + " ran and was not ready for " + READY_SECONDS + " s");
            log.accept(hung.getLast() + "; it is killed");
            node.kill();
        }
    }

    /** Starts a node into the cluster that is there, or with a new one if there is none. */
    void startAgain(SkeinNode node) throws IOException, InterruptedException {
        boolean cluster = false;
        for (SkeinNode other : nodes.all()) {
            cluster |= other.isAlive() && other.api().isReady();
        }
        if (cluster) {
            node.rejoin();
        } else {
            node.start();
        }
        age.put(node, ++starts);
    }

    /** Ends a node in good order and starts it with other settings, into the cluster that is there; returns when it is ready. */
    void restart(SkeinNode node, Map<String, String> more) throws IOException, SQLException, InterruptedException {
        if (!node.stop()) {
            throw new IllegalStateException(node.name() + " was told to stop, did not, and was killed");
        }
        node.wear(more);
        startAgain(node);
        // A cluster on a busy machine may give a node up before it is ready; whoever runs nodes starts it once more
        // then.
        List<String> hung = revive();
        if (!hung.isEmpty()) {
            throw new IllegalStateException(String.join("; ", hung));
        }
    }

    private boolean allReady() throws InterruptedException {
        boolean ready = true;
        for (SkeinNode node : nodes.all()) {
            ready &= node.api().isReady();
        }
        return ready;
    }

    @Override
    public void close() throws IOException {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // The JVM is ending, and the hooks do it.
        }
        var all = new ArrayList<Closeable>();
        all.add(network);
        if (smallDisk != null) {
            all.add(() -> unmount(smallDisk));
        }
        all.add(postgres);
        all.add(nodes::close);
        var failed = new IOException("not everything could be taken down");
        closeAll(all, failed);
        if (failed.getSuppressed().length > 0) {
            throw failed;
        }
    }

    /** The last made first. */
    private static void closeAll(List<Closeable> made, Exception why) {
        for (Closeable one : made.reversed()) {
            try {
                one.close();
            } catch (IOException | RuntimeException e) {
                why.addSuppressed(e);
            }
        }
    }
}
