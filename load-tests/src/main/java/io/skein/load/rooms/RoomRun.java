package io.skein.load.rooms;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Pace;
import io.skein.load.drive.Window;
import io.skein.load.machine.Database;
import io.skein.load.machine.Memory;
import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.ProcessorTime;
import io.skein.load.peer.NodeMetrics;
import io.skein.load.peer.Peer;
import io.skein.load.report.Markdown;
import io.skein.load.report.Progress;
import io.skein.load.report.Result.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Lets one system after the other do the work, each over an empty database of one PostgreSQL, and measures. */
final class RoomRun {
    private static final String DATABASE = "load";
    private static final int JOIN_SECONDS = 120;
    private static final double MEBIBYTE = 1024 * 1024;
    private static final List<String> LINE =
            List.of(Figures.UPDATES, Figures.DELIVERIES, Figures.ACK_P50, Figures.ACK_P99, Figures.CPU_DELIVERIES);

    private final Workload work;
    private final PostgresServer postgres;
    private final Progress progress;
    private final int drainSeconds;
    private final List<Row> rows = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final Map<String, String> promises = new LinkedHashMap<>();

    /** @param drainSeconds in which all must have arrived at the end of a phase */
    RoomRun(Workload work, PostgresServer postgres, Progress progress, int drainSeconds) {
        this.work = work;
        this.postgres = postgres;
        this.progress = progress;
        this.drainSeconds = drainSeconds;
    }

    List<Row> rows() {
        return rows;
    }

    /** What systems did to members that they promise not to do. */
    List<String> findings() {
        return findings;
    }

    /** What each system's acknowledgement means. */
    List<String> promises() {
        return promises.entrySet().stream()
                .map(promise -> promise.getKey() + ": " + promise.getValue())
                .toList();
    }

    /** @param directory for its log and data */
    void round(Peer peer, Path directory) throws IOException, InterruptedException, SQLException {
        Files.createDirectories(directory);
        promises.put(peer.name(), peer.promise());
        Database database = postgres.create(DATABASE);
        try (Peer.Running running = peer.start(database, work.rooms(), work.members(), directory);
                Fleet fleet =
                        Fleet.join(running.wire(), running.seats(), work.writers(), work.textBytes(), JOIN_SECONDS)) {
            for (Pace pace : work.paces()) {
                phase(peer.name(), pace, running, fleet);
            }
            Fleet.Verdict verdict = fleet.finish(drainSeconds);
            running.process().requireAlive();
            judge(peer.name(), verdict);
        } finally {
            postgres.drop(DATABASE);
        }
    }

    private void phase(String name, Pace pace, Peer.Running running, Fleet fleet)
            throws IOException, InterruptedException, SQLException {
        String title = name + ", " + pace.label();
        postgres.checkpoint();
        fleet.start(pace);
        fleet.run(
                work.warmUpSeconds(),
                (second, done) -> progress.second(title + ", warm-up", second, work.warmUpSeconds(), done));
        OptionalLong postmaster = postgres.postmaster();
        ProcessHandle process = running.process().handle();
        NodeMetrics metrics = NodeMetrics.now(running.metrics());
        ProcessorTime before = ProcessorTime.now(process, postmaster);
        Window window =
                fleet.run(work.seconds(), (second, done) -> progress.second(title, second, work.seconds(), done));
        ProcessorTime cpu = ProcessorTime.now(process, postmaster).since(before);
        Map<String, Double> figures = Figures.of(window, cpu);
        figures.put(Figures.RESIDENT, Memory.resident(process) / MEBIBYTE);
        NodeMetrics.now(running.metrics())
                .percentileMillisSince(metrics, "skein_journal_seconds", 99)
                .ifPresent(millis -> figures.put(Figures.JOURNAL_P99, millis));
        Row row = new Row(name, pace.label(), figures, window.perSecond());
        rows.add(row);
        progress.say(Markdown.line(row, LINE));
        if (!fleet.rest(drainSeconds)) {
            findings.add("%s: not all had arrived %d s after the last was sent".formatted(title, drainSeconds));
        }
    }

    private void judge(String name, Fleet.Verdict verdict) {
        verdict.violations().examples().forEach(example -> findings.add(name + ": " + example));
        if (verdict.unanswered() > 0) {
            findings.add("%s: %,d updates were never answered".formatted(name, verdict.unanswered()));
        }
    }
}
