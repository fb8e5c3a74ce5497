package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** One run: a node goes, its workspaces move, it comes back, some move again; all of it under load and held to the rules in the end. */
final class FailoverRun {
    private static final int RECOVERY_SECONDS = 60;
    private static final int REST_SECONDS = 90;
    private static final int WARM_UP_CALLS = 50;
    private static final int AFTERMATH_SECONDS = 2;
    /** Shards go to a new node in rounds of a second: when none went for so long, all are where they belong. */
    private static final int SETTLED_SECONDS = 6;

    private static final int LONGEST_SETTLING_SECONDS = 60;

    /** How a node goes. */
    enum Way {
        /** kill -9. */
        KILL,
        /** SIGTERM. */
        DRAIN
    }

    /**
     * What a run is.
     *
     * @param rounds of each way
     * @param pauseMillis between two calls of a client
     */
    record Plan(
            long seed,
            List<Way> ways,
            int rounds,
            int nodes,
            int rooms,
            int members,
            int pauseMillis,
            Path directory) {}

    /**
     * How it ended.
     *
     * @param pauses for each thing that was done
     * @param troubles what clients noticed that was no outcome of a call, without the sessions of the node that went
     */
    record Outcome(
            Map<String, Pauses> pauses,
            Map<String, Integer> troubles,
            List<String> complaints,
            Map<Room, HistoryCheck.Result> results) {}

    /** Times without service. Not thread-safe. */
    static final class Pauses {
        private final List<Long> millis = new ArrayList<>();

        void add(List<Long> more) {
            millis.addAll(more);
            millis.sort(null);
        }

        /** The nearest rank. */
        private long percentile(int percent) {
            return millis.get(Math.max(0, (int) Math.ceil(millis.size() * percent / 100.0) - 1));
        }

        @Override
        public String toString() {
            return millis.isEmpty()
                    ? "nothing moved"
                    : "p50 %,d  p90 %,d  p99 %,d  max %,d  (%d moves)"
                            .formatted(percentile(50), percentile(90), percentile(99), millis.getLast(), millis.size());
        }
    }

    private final Plan plan;
    private final Consumer<String> log;
    private final Random dice;
    private final Map<String, Pauses> pauses = new LinkedHashMap<>();
    private final Map<String, Integer> troubles = new TreeMap<>();
    private final List<String> complaints = new ArrayList<>();

    FailoverRun(Plan plan, Consumer<String> log) {
        this.plan = plan;
        this.log = log;
        this.dice = new Random(plan.seed());
    }

    /** Runs it to its end; everything it started is gone when it returns or throws. */
    Outcome run() throws Exception {
        try (World world = World.make(plan.nodes(), plan.directory(), log);
                Scenario scenario =
                        Scenario.make(world.nodes(), plan.rooms(), plan.members(), plan.seed(), plan.directory())) {
            scenario.crew().work(plan.pauseMillis());
            requireService(scenario, WARM_UP_CALLS);
            scenario.crew().takeTroubles();
            for (int round = 0; round < plan.rounds() && complaints.isEmpty(); round++) {
                for (Way way : plan.ways()) {
                    round(world, scenario, way);
                }
            }
            scenario.rest(REST_SECONDS)
                    .forEach(who -> complaints.add("did not come to rest in " + REST_SECONDS + " s: " + who));
            return new Outcome(pauses, troubles, complaints, scenario.check());
        }
    }

    private void round(World world, Scenario scenario, Way way) throws Exception {
        SkeinNode node = world.any(dice);
        measure(world, scenario, node, way.name().toLowerCase(Locale.ROOT), () -> {
            switch (way) {
                case KILL -> node.kill();
                case DRAIN -> {
                    if (!node.stop()) {
                        complaints.add(node.name() + " was told to stop, did not, and was killed");
                    }
                }
            }
            requireService(scenario, 1);
            scenario.hold(AFTERMATH_SECONDS);
        });
        measure(world, scenario, node, "join", () -> {
            complaints.addAll(world.revive());
            settle(world, scenario);
        });
        scenario.crew().goHome();
        requireService(scenario, plan.members() + 1);
        scenario.hold(AFTERMATH_SECONDS);
        scenario.crew().takeTroubles();
    }

    private interface Action {
        void run() throws Exception;
    }

    /** Does it and takes the longest pause of each workspace that moved meanwhile. */
    private void measure(World world, Scenario scenario, SkeinNode node, String kind, Action action) throws Exception {
        Map<String, String> before = world.postgres().writers(scenario.workspaces());
        long from = scenario.crew().now();
        action.run();
        Map<String, Long> gaps =
                scenario.crew().longestGapByRoom(from, scenario.crew().now());
        Map<String, String> after = world.postgres().writers(scenario.workspaces());
        Pauses now = new Pauses();
        now.add(gaps.entrySet().stream()
                .filter(gap -> !String.valueOf(before.get(gap.getKey())).equals(after.get(gap.getKey())))
                .map(Map.Entry::getValue)
                .toList());
        pauses.computeIfAbsent(kind, _ -> new Pauses()).add(now.millis);
        Map<String, Integer> noticed = noticed(scenario, node);
        noticed.forEach((what, times) -> troubles.merge(kind + ": " + what, times, Integer::sum));
        log.accept("%s of %s: %s%s".formatted(kind, node.name(), now, noticed.isEmpty() ? "" : " " + noticed));
    }

    /** Sessions of the node that goes end; everything else should go on. */
    private static Map<String, Integer> noticed(Scenario scenario, SkeinNode node) throws InterruptedException {
        return scenario.crew().takeTroubles().entrySet().stream()
                .filter(trouble -> !trouble.getKey().startsWith("session at " + node.name() + ":"))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private void settle(World world, Scenario scenario) throws SQLException, InterruptedException {
        long giveUp = System.nanoTime() + LONGEST_SETTLING_SECONDS * 1_000_000_000L;
        Map<String, String> before;
        Map<String, String> now = world.postgres().writers(scenario.workspaces());
        do {
            before = now;
            scenario.hold(SETTLED_SECONDS);
            now = world.postgres().writers(scenario.workspaces());
        } while (!now.equals(before) && System.nanoTime() - giveUp < 0);
    }

    private void requireService(Scenario scenario, int calls) throws InterruptedException {
        List<String> silent = scenario.awaitAccepted(calls, RECOVERY_SECONDS);
        if (!silent.isEmpty()) {
            complaints.add(silent + " did not accept " + calls + " calls within " + RECOVERY_SECONDS + " s");
        }
    }
}
