package io.skein.load.presence;

import io.skein.load.machine.Memory;
import io.skein.load.machine.ProcessorTime;
import io.skein.load.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One room of one system in which people come and go, measured for a while. */
final class ChurnRun {
    /** ShareDB needs a minute of CPU to let 200 people in. */
    private static final int ARRIVAL_SECONDS = 300;

    private static final int SETTLE_SECONDS = 30;
    private static final int DRAIN_SECONDS = 120;
    private static final long STEP_MILLIS = 1;

    private static final String WARM_UP = "warm-up";
    private static final String WINDOW = "window";

    private final ChurnLoad load;
    private final Progress progress;

    ChurnRun(ChurnLoad load, Progress progress) {
        this.load = load;
        this.progress = progress;
    }

    /** @param directory for log and data */
    Round round(Host host, Path directory) throws IOException, InterruptedException, SQLException {
        Files.createDirectories(directory);
        try (Host.Open room = host.open(load.people(), directory);
                var crowd = new Crowd(room)) {
            crowd.bring(load.sessions(), ARRIVAL_SECONDS);
            var findings = new ArrayList<>(wrong("before it began", crowd.settle(SETTLE_SECONDS)));
            var timeline = new Timeline(crowd, room.process(), host.name(), progress);
            Churn churn = crowd.loop().call(() -> begin(crowd));
            timeline.run(WARM_UP, load.warmUpSeconds());
            ProcessHandle server = room.process().handle();
            crowd.loop().call(() -> {
                crowd.tidings().cut();
                return crowd.frameCount().cut();
            });
            ProcessorTime before = ProcessorTime.now(server, room.postmaster());
            long startNanos = System.nanoTime();
            timeline.run(WINDOW, load.seconds());
            ProcessorTime cpu = ProcessorTime.now(server, room.postmaster()).since(before);
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            Tidings.Told told = crowd.loop().call(crowd.tidings()::cut);
            FrameCount.Rate frames = crowd.loop().call(crowd.frameCount()::cut);
            long heldBack = crowd.loop().call(churn::heldBack);
            crowd.loop().call(() -> {
                churn.stop();
                return null;
            });
            if (!crowd.loop().await(() -> crowd.tidings().openPairs() == 0, DRAIN_SECONDS)) {
                findings.add("not everyone was told of everyone within " + DRAIN_SECONDS + " s");
            }
            Crowd.Rest rest = crowd.settle(SETTLE_SECONDS);
            findings.addAll(wrong("in the end", rest));
            findings.addAll(tooOften(frames, rest));
            findings.addAll(crowd.loop().call(crowd::complaints));
            findings.addAll(asked(room, crowd));
            room.process().requireAlive();
            return new Round(
                    host.name(),
                    host.does(),
                    seconds,
                    told,
                    cpu,
                    frames,
                    heldBack,
                    Memory.resident(server),
                    rest,
                    timeline.pairs(WINDOW),
                    findings);
        }
    }

    private Churn begin(Crowd crowd) {
        var churn = new Churn(crowd, load.pairsPerSecond(), load.mostOpen(), true, load.seed());
        crowd.loop().every(churn, STEP_MILLIS);
        return churn;
    }

    /** What is wrong with a room that should have come to rest. */
    static List<String> wrong(String when, Crowd.Rest rest) {
        return rest.right()
                ? List.of()
                : List.of("%s %,d pictures were wrong, such as %s".formatted(when, rest.wrong(), rest.examples()));
    }

    /** What is wrong with how often somebody was told something. */
    static List<String> tooOften(FrameCount.Rate frames, Crowd.Rest rest) {
        return rest.tickMillis() == 0 || frames.isWithin(rest.tickMillis())
                ? List.of()
                : List.of("somebody heard %.1f frames in a second, with ticks of %d ms"
                        .formatted(frames.most(), rest.tickMillis()));
    }

    /** What is wrong with the answer over HTTP. */
    static List<String> asked(Host.Open room, Crowd crowd) throws IOException, InterruptedException {
        News.Count count = room.asked();
        int present = crowd.loop().call(() -> crowd.truth().cardinality());
        if (count == null || (count.users() == present && count.sessions() == present)) {
            return List.of();
        }
        return List.of("asked over HTTP it said %d users, %d sessions, and %d are here"
                .formatted(count.users(), count.sessions(), present));
    }
}
