package io.skein.load.presence;

import io.skein.load.machine.Memory;
import io.skein.load.report.Markdown;
import io.skein.load.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A big room of Skein in which somebody works: everyone comes; and then, again and again, nobody moves for a while, some come and go for
 * a while, and all connections break at once.
 */
final class BigRun {
    static final String QUIET = "quiet";
    static final String CHURN = "churn";
    static final String RECONNECT = "reconnect";

    static final double PERCENT_PER_MINUTE = 20;
    private static final int ARRIVAL_SECONDS = 300;
    private static final int SETTLE_SECONDS = 60;
    private static final int AFTER_GRACE_SECONDS = 2;
    private static final int COMING_AT_ONCE = 256;
    private static final long STEP_MILLIS = 5;
    /** What may live on the heap after the last cycle, by what lived there after the first. */
    static final double MOST_GROWTH = 1.3;

    private final int churnSeconds;
    private final int cycles;
    private final int graceSeconds;
    private final long seed;
    private final Progress progress;

    /**
     * @param churnSeconds of each cycle
     * @param graceSeconds of the server, for connections that broke
     * @param progress hears of every phase and second
     */
    BigRun(int churnSeconds, int cycles, int graceSeconds, long seed, Progress progress) {
        this.churnSeconds = churnSeconds;
        this.cycles = cycles;
        this.graceSeconds = graceSeconds;
        this.seed = seed;
        this.progress = progress;
    }

    /** @param directory for log and data */
    BigRound round(SkeinHost host, int sessions, Path directory)
            throws IOException, InterruptedException, SQLException {
        Files.createDirectories(directory);
        double pairsPerSecond = sessions * PERCENT_PER_MINUTE / 100 / 60;
        int people = sessions + (int) Math.ceil(pairsPerSecond * cycles * (churnSeconds + 5)) + COMING_AT_ONCE;
        try (SkeinHost.Room room = host.open(people, directory);
                var crowd = new Crowd(room);
                var clerk = Clerk.begin(room::commit)) {
            var timeline = new Timeline(crowd, room.process(), "%,d sessions".formatted(sessions), progress);
            var course = new Course(room, crowd, clerk, timeline);
            course.arrive(sessions);
            for (int cycle = 1; cycle <= cycles; cycle++) {
                course.quiet(cycle);
                course.churn(cycle, pairsPerSecond);
                course.reconnect(cycle);
            }
            course.findings.addAll(crowd.loop().call(crowd::complaints));
            var round = new BigRound(sessions, course.phases, timeline.looks(), course.findings);
            if (round.heapGrowth() > MOST_GROWTH) {
                course.findings.add("what lives on the heap grew by %.2f".formatted(round.heapGrowth()));
            }
            return round;
        }
    }

    /** What happens in one room. */
    private final class Course {
        private final SkeinHost.Room room;
        private final Crowd crowd;
        private final Clerk clerk;
        private final Timeline timeline;
        private final List<BigRound.Phase> phases = new ArrayList<>();
        private final List<String> findings = new ArrayList<>();

        Course(SkeinHost.Room room, Crowd crowd, Clerk clerk, Timeline timeline) {
            this.room = room;
            this.crowd = crowd;
            this.clerk = clerk;
            this.timeline = timeline;
        }

        void arrive(int sessions) throws IOException, InterruptedException {
            long startNanos = System.nanoTime();
            crowd.invite(sessions);
            awaitAll("arrive");
            rest("arrive", startNanos, clerk.cut());
        }

        void quiet(int cycle) throws IOException, InterruptedException {
            String phase = QUIET + " " + cycle;
            timeline.resume();
            clerk.cut();
            long startNanos = System.nanoTime();
            timeline.run(phase, churnSeconds);
            rest(phase, startNanos, clerk.cut());
        }

        void churn(int cycle, double pairsPerSecond) throws IOException, InterruptedException {
            String phase = CHURN + " " + cycle;
            timeline.resume();
            clerk.cut();
            long startNanos = System.nanoTime();
            Churn churn = crowd.loop().call(() -> {
                var begun = new Churn(crowd, pairsPerSecond, COMING_AT_ONCE, false, seed + cycle);
                crowd.loop().every(begun, STEP_MILLIS);
                return begun;
            });
            timeline.run(phase, churnSeconds);
            Clerk.Latency commits = clerk.cut();
            long heldBack = crowd.loop().call(() -> {
                churn.stop();
                return churn.heldBack();
            });
            if (heldBack > pairsPerSecond) {
                findings.add("%s: %,d pairs could not begin in time".formatted(phase, heldBack));
            }
            awaitAll(phase);
            BigRound.Phase seen = rest(phase, startNanos, commits);
            findings.addAll(ChurnRun.tooOften(seen.frames(), seen.rest()));
        }

        void reconnect(int cycle) throws IOException, InterruptedException {
            String phase = RECONNECT + " " + cycle;
            timeline.resume();
            clerk.cut();
            long startNanos = System.nanoTime();
            crowd.breakAll();
            awaitAll(phase);
            rest(phase, startNanos, clerk.cut());
            // Whom the server would still take for gone is seen by now.
            timeline.run(phase, graceSeconds + AFTER_GRACE_SECONDS);
            findings.addAll(ChurnRun.wrong("a while after " + phase, crowd.settle(SETTLE_SECONDS)));
        }

        private void awaitAll(String phase) throws InterruptedException {
            if (!timeline.runUntil(phase, crowd::isComplete, ARRIVAL_SECONDS)) {
                throw new IllegalStateException(phase + ": not everyone could come in");
            }
        }

        private BigRound.Phase rest(String phase, long startNanos, Clerk.Latency commits)
                throws IOException, InterruptedException {
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            Crowd.Rest rest = crowd.settle(SETTLE_SECONDS);
            findings.addAll(ChurnRun.wrong("after " + phase, rest));
            findings.addAll(ChurnRun.asked(room, crowd));
            ProcessHandle server = room.process().handle();
            var seen = new BigRound.Phase(
                    phase,
                    seconds,
                    commits,
                    crowd.loop().call(crowd.frameCount()::cut),
                    rest,
                    crowd.loop().call(() -> crowd.observer().picture().takeFewest()),
                    Memory.resident(server),
                    Memory.liveHeap(server.pid()));
            phases.add(seen);
            progress.say("  " + Markdown.line(BigReport.row(seen), BigReport.LINE));
            return seen;
        }
    }
}
