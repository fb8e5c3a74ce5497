package io.skein.load.sessions;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Pace;
import io.skein.load.drive.Window;
import io.skein.load.machine.Limits;
import io.skein.load.machine.PostgresServer;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.NodeMetrics;
import io.skein.load.peer.Peer;
import io.skein.load.peer.Seat;
import io.skein.load.peer.Surroundings;
import io.skein.load.report.Progress;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** One Skein with many sessions that listen and a few members who write: what such scenarios are asked, and what they leave. */
abstract class SessionScenario implements Callable<Integer> {
    static final String UPDATES = "updates/s";
    static final String ACK_P50 = "ack p50 ms";
    static final String ACK_P99 = "ack p99 ms";
    static final double KIBIBYTE = 1024;

    /** So many connections are on their way at a time where nothing is to be learned from more. */
    static final int CONNECTING_AT_ONCE = 64;

    private static final int CONNECT_SECONDS = 300;
    private static final int JOIN_SECONDS = 120;
    private static final int DRAIN_SECONDS = 60;

    @Option(names = "--workspaces", description = "how many")
    private @Nullable Integer askedWorkspaces;

    @Option(names = "--rate", description = "updates/s of all writers together")
    private @Nullable Double askedRate;

    @Option(names = "--text-bytes", description = "length of a text in an update")
    private @Nullable Integer askedTextBytes;

    @Option(names = "--seconds", defaultValue = "15", description = "of each measured window, default ${DEFAULT-VALUE}")
    int seconds;

    @Option(names = "--warmup", defaultValue = "20", description = "seconds before the first, default ${DEFAULT-VALUE}")
    int warmUpSeconds;

    @Mixin
    private Surroundings surroundings = new Surroundings();

    @Spec
    private @Nullable CommandSpec spec;

    private final List<Row> rows = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();

    /** Whether somebody writes; one in each workspace, unless a scenario wants it otherwise. */
    boolean isWriter(Seat seat) {
        return seat.member() == 0;
    }

    /** Whether somebody listens, and is brought by the scenario. */
    boolean isListener(Seat seat) {
        return seat.member() > 0;
    }

    /** The pace of the writers. */
    Pace pace() {
        return new Pace.Open(rate(), Pace.OPEN_LOOP_IN_FLIGHT);
    }

    /**
     * What a scenario is if nothing else is asked for.
     *
     * @param rate updates/s of all writers together
     */
    record Shape(int workspaces, double rate, int textBytes) {}

    abstract Shape shape();

    int workspaces() {
        return askedWorkspaces == null ? shape().workspaces() : askedWorkspaces;
    }

    double rate() {
        return askedRate == null ? shape().rate() : askedRate;
    }

    private int textBytes() {
        return askedTextBytes == null ? shape().textBytes() : askedTextBytes;
    }

    /** What is asked, in a sentence without its full stop. */
    abstract String describe();

    /** Sessions of each workspace that listen. */
    abstract int sittersInWorkspace();

    /** Figures that are worth a picture. */
    abstract List<String> headlines();

    /**
     * Does it and says what it saw, by {@link #row}, {@link #target} and {@link #finding}.
     *
     * @param writers one in each workspace, who have joined
     * @param listeners seats of those who listen, none of whom is connected
     */
    abstract void run(Peer.Running skein, Fleet writers, List<Seat> listeners, Progress progress)
            throws IOException, InterruptedException;

    /** Runs it; 0, or 1 if Skein did what it promises not to do. */
    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        String scenario = Objects.requireNonNull(spec).name();
        Path directory = surroundings.results(scenario);
        var progress = new Progress(spec.commandLine().getOut());
        progress.say(describe());
        String startedAt = Instant.now().toString();
        try (PostgresServer postgres = surroundings.postgres(directory)) {
            var peer = new NativeSkeinPeer(surroundings.skein());
            try (Peer.Running skein =
                    peer.start(postgres.create("load"), workspaces(), 1 + sittersInWorkspace(), directory)) {
                run(skein, progress);
                Files.writeString(
                        directory.resolve("metrics.txt"),
                        NodeMetrics.now(skein.metrics()).text());
                skein.process().requireAlive();
            } finally {
                postgres.drop("load");
            }
            var result = new Result(
                    scenario,
                    describe(),
                    startedAt,
                    Limits.describe(postgres, 0, progress::say),
                    rows,
                    headlines(),
                    targets,
                    findings,
                    List.of());
            result.leave(directory, progress);
        }
        return findings.isEmpty() ? 0 : 1;
    }

    private void run(Peer.Running skein, Progress progress) throws IOException, InterruptedException {
        List<Seat> writing = skein.seats().stream().filter(this::isWriter).toList();
        List<Seat> listening = skein.seats().stream().filter(this::isListener).toList();
        try (Fleet writers = Fleet.join(skein.wire(), writing, 1, textBytes(), JOIN_SECONDS)) {
            writers.start(pace());
            window(writers, "warm-up", warmUpSeconds, progress);
            run(skein, writers, listening, progress);
            Fleet.Verdict verdict = writers.finish(DRAIN_SECONDS);
            if (!verdict.isClean()) {
                finding(verdict.toString());
            }
        }
    }

    /**
     * Brings sessions, and waits until each has heard all there was when it came in; if one has not in time, that is a finding.
     *
     * @param cursors where each goes on from, by its place in {@code seats}; empty for a beginning
     * @return how many seconds it took; -1 if they were not in time
     */
    double bring(
            String phase,
            Audience audience,
            List<Seat> seats,
            List<Sitter.@Nullable Cursor> cursors,
            int connectingAtOnce)
            throws InterruptedException {
        long start = System.nanoTime();
        audience.come(seats, cursors, connectingAtOnce);
        double took = audience.awaitCurrent(start, CONNECT_SECONDS);
        if (took < 0) {
            finding("%s: only %,d of %,d sessions were current within %d s"
                    .formatted(phase, audience.currentCount(), seats.size(), CONNECT_SECONDS));
        }
        return took;
    }

    /** Lets the writers write for a while; what was refused is a finding, for nothing is asked here that should be. */
    Window window(Fleet writers, String what, int length, Progress progress) throws InterruptedException {
        Window window = writers.run(length, (second, done) -> progress.second(what, second, length, done));
        if (!window.refused().isEmpty()) {
            finding(what + ": refused were " + window.refused());
        }
        return window;
    }

    /** What the writers saw, as the beginning of a row. */
    static Map<String, Double> figures(Window window) {
        var figures = new LinkedHashMap<String, Double>();
        figures.put(UPDATES, window.updatesPerSecond());
        figures.put(ACK_P50, window.latencyMillis(50));
        figures.put(ACK_P99, window.latencyMillis(99));
        return figures;
    }

    void row(String phase, Map<String, Double> figures, List<Long> perSecond) {
        rows.add(new Row(NativeSkeinPeer.NAME, phase, figures, perSecond));
    }

    void target(String title, double value, Result.Bound bound, double wanted) {
        targets.add(new Target(title, value, bound, wanted));
    }

    void finding(String what) {
        findings.add(what);
    }
}
