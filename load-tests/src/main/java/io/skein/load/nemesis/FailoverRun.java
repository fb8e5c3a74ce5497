package io.skein.load.nemesis;

import io.skein.load.report.Course;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
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
        DRAIN;

        /** As on the command line. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What a run is.
     *
     * @param rounds of each way
     * @param pauseMillis between two calls of a client
     */
    record Plan(
            long seed, List<Way> ways, int rounds, int nodes, int rooms, int members, int pauseMillis, Path directory) {
        /** In a sentence without its full stop. */
        String describe() {
            return "%d nodes, %d workspaces of %d members who call with a pause of %d ms; %d times each a node goes (%s) and comes back; seed %d"
                    .formatted(
                            nodes,
                            rooms,
                            members + 1,
                            pauseMillis,
                            rounds,
                            ways.stream().map(Way::label).collect(Collectors.joining(", ")),
                            seed);
        }
    }

    /**
     * How it ended.
     *
     * @param moves for each thing that was done; what clients noticed is without the sessions of the node that went
     * @param course what was accepted meanwhile
     */
    record Outcome(Map<String, Moves> moves, Course course, Proofs proofs) {}

    private final Plan plan;
    private final Consumer<String> log;
    private final Random dice;
    private final Pulse.Listener listener;
    private final Map<String, Moves> moves = new LinkedHashMap<>();
    private final List<String> complaints = new ArrayList<>();

    /** @param listener hears of every second */
    FailoverRun(Plan plan, Consumer<String> log, Pulse.Listener listener) {
        this.plan = plan;
        this.log = log;
        this.listener = listener;
        this.dice = new Random(plan.seed());
    }

    /** Runs it to its end; everything it started is gone when it returns or throws. */
    Outcome run() throws Exception {
        try (World world = World.make(plan.nodes(), plan.directory(), log);
                Scenario scenario =
                        Scenario.make(world.nodes(), plan.rooms(), plan.members(), plan.seed(), plan.directory())) {
            scenario.crew().work(plan.pauseMillis());
            Course course = rounds(world, scenario);
            scenario.rest(REST_SECONDS)
                    .forEach(who -> complaints.add("did not come to rest in " + REST_SECONDS + " s: " + who));
            return new Outcome(moves, course, new Proofs(scenario.check(), complaints));
        }
    }

    private Course rounds(World world, Scenario scenario) throws Exception {
        try (Pulse pulse = Pulse.begin(scenario.crew(), listener)) {
            requireService(scenario, WARM_UP_CALLS);
            scenario.crew().takeTroubles();
            for (int round = 0; round < plan.rounds() && complaints.isEmpty(); round++) {
                for (Way way : plan.ways()) {
                    round(world, scenario, way, pulse);
                }
            }
            return pulse.course(List.of());
        }
    }

    private void round(World world, Scenario scenario, Way way, Pulse pulse) throws Exception {
        SkeinNode node = world.any(dice);
        pulse.part(way.label());
        measure(world, scenario, node, way.label(), () -> {
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
        pulse.part("join");
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
        var now = new Moves();
        now.add(
                gaps.entrySet().stream()
                        .filter(gap -> !String.valueOf(before.get(gap.getKey())).equals(after.get(gap.getKey())))
                        .map(Map.Entry::getValue)
                        .toList(),
                noticed(scenario, node));
        moves.computeIfAbsent(kind, _ -> new Moves()).add(now);
        log.accept("%s of %s: %s".formatted(kind, node.name(), now));
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
