package io.skein.load.rooms;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Pace;
import io.skein.load.machine.Database;
import io.skein.load.machine.Limits;
import io.skein.load.machine.PostgresServer;
import io.skein.load.peer.NativeSkeinPeer;
import io.skein.load.peer.NodePeer;
import io.skein.load.peer.Peer;
import io.skein.load.peer.Surroundings;
import io.skein.load.peer.WsPostgresPeer;
import io.skein.load.report.Markdown;
import io.skein.load.report.Progress;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Row;
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
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What an acknowledgement is worth: a system is killed in the middle of its work, and asked afterwards what it still has. */
@Command(
        name = "kill-after-ack",
        mixinStandardHelpOptions = true,
        description =
                "Kills each system (kill -9) while it works, starts it again, and counts which acknowledged updates"
                        + " are gone.")
public final class KillAfterAcknowledgement implements Callable<Integer> {
    static final String ACKNOWLEDGED = "acknowledged";
    static final String LOST = "lost of them";
    private static final String DATABASE = "load";
    private static final int PATIENCE_SECONDS = 60;
    private static final int TEXT_BYTES = 120;

    @Option(
            names = "--updates",
            defaultValue = "100",
            description = "acknowledged at least before it is killed, default ${DEFAULT-VALUE}")
    private long updates;

    @Option(names = "--kills", defaultValue = "3", description = "of each system, default ${DEFAULT-VALUE}")
    private int kills;

    @Option(
            names = "--peers",
            split = ",",
            defaultValue = NativeSkeinPeer.NAME + "," + WsPostgresPeer.PLAIN + "," + WsPostgresPeer.MEMORY + ","
                    + NodePeer.HOCUSPOCUS + "," + NodePeer.Y_WEBSOCKET + "," + NodePeer.SOCKET_IO + ","
                    + NodePeer.SHARE_DB + "," + NodePeer.COLYSEUS,
            description = "who runs, in turn, default ${DEFAULT-VALUE}")
    private List<String> peers = List.of();

    @Mixin
    private Surroundings surroundings = new Surroundings();

    @Spec
    private @Nullable CommandSpec spec;

    private final List<Row> rows = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final Map<String, String> promises = new LinkedHashMap<>();

    /** Runs it; 0, or 1 if a system that promises to keep what it acknowledged did not. */
    @Override
    public Integer call() throws IOException, InterruptedException, SQLException {
        Path directory = surroundings.results(Objects.requireNonNull(spec).name());
        var progress = new Progress(spec.commandLine().getOut());
        var known = new Peers(surroundings.skein(), Map.of());
        String startedAt = Instant.now().toString();
        try (PostgresServer postgres = surroundings.postgres(directory)) {
            for (String name : peers) {
                Peer peer = known.named(name);
                promises.put(name, peer.promise());
                for (int kill = 1; kill <= kills; kill++) {
                    Path logs = Files.createDirectories(directory.resolve(name + "-" + kill));
                    rows.add(kill(peer, kill, postgres, logs));
                    progress.say(Markdown.line(rows.getLast(), List.of(ACKNOWLEDGED, LOST)));
                }
            }
            var result = new Result(
                    spec.name(),
                    "One writes with 8 updates in flight and one listens; the system is killed when %d or more are acknowledged"
                            .formatted(updates),
                    startedAt,
                    Limits.describe(postgres, 0, progress::say),
                    rows,
                    List.of(LOST),
                    List.of(),
                    findings,
                    promises.entrySet().stream()
                            .map(promise -> promise.getKey() + ": " + promise.getValue())
                            .toList());
            result.leave(directory, progress);
        }
        return findings.isEmpty() ? 0 : 1;
    }

    private Row kill(Peer peer, int number, PostgresServer postgres, Path directory)
            throws IOException, InterruptedException, SQLException {
        Database database = postgres.create(DATABASE);
        try (Peer.Running running = peer.start(database, 1, 2, directory)) {
            long before;
            long acknowledged;
            try (Fleet fleet = join(running)) {
                before = fleet.joinedSeq();
                fleet.start(new Pace.Closed(8));
                if (!fleet.awaitAcknowledged(updates, PATIENCE_SECONDS)) {
                    throw new IllegalStateException(peer.name() + " acknowledges nothing");
                }
                fleet.expectTheEnd();
                running.process().kill();
                acknowledged = fleet.acknowledged();
            }
            try (Peer.Running again = peer.again(running, database, 1, 2, directory);
                    Fleet fleet = join(again)) {
                return row(peer, number, acknowledged, fleet.joinedSeq() - before);
            }
        } finally {
            postgres.drop(DATABASE);
        }
    }

    private static Fleet join(Peer.Running running) throws InterruptedException {
        return Fleet.join(running.wire(), running.seats(), 1, TEXT_BYTES, PATIENCE_SECONDS);
    }

    private Row row(Peer peer, int number, long acknowledged, long kept) {
        long lost = Math.max(0, acknowledged - kept);
        if (lost > 0 && peer.isDurable()) {
            findings.add("%s, kill %d: %,d of %,d acknowledged updates are gone"
                    .formatted(peer.name(), number, lost, acknowledged));
        }
        var figures = new LinkedHashMap<String, Double>();
        figures.put(ACKNOWLEDGED, (double) acknowledged);
        figures.put("there after it was started again", (double) kept);
        figures.put(LOST, (double) lost);
        return new Row(peer.name(), "kill " + number, figures, List.of());
    }
}
