package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** One run: clients work, faults come by the dice of a seed, and in the end the record of it is held to the rules. */
final class NemesisRun {
    private static final int RECOVERY_SECONDS = 90;
    private static final int REST_SECONDS = 90;
    private static final int WARM_UP_CALLS = 50;

    /**
     * What a run is.
     *
     * @param lasting how long faults go on; zero for each of them once; what follows takes up to three minutes more
     * @param faults names; empty for all that are possible
     * @param pauseMillis between two calls of a client
     */
    record Plan(
            long seed,
            Duration lasting,
            int nodes,
            int rooms,
            int members,
            int pauseMillis,
            List<String> faults,
            Path directory) {}

    /**
     * How it ended.
     *
     * @param memory what nodes held on their heaps, over the time
     * @param complaints what is wrong beside the rules: a room that did not come back, a client that did not get to the end
     */
    record Outcome(
            long accepted,
            long refused,
            long unknown,
            List<String> complaints,
            List<String> memory,
            Map<Room, HistoryCheck.Result> results,
            List<String> struck,
            List<String> impossible,
            List<Long> longestGapsMillis) {
        long violations() {
            return complaints.size()
                    + results.values().stream()
                            .mapToLong(result -> result.findings().total())
                            .sum();
        }
    }

    private final Plan plan;
    private final Consumer<String> log;
    private final Random dice;
    private final LiveMemory memory;
    private final List<String> complaints = new ArrayList<>();
    private final List<String> struck = new ArrayList<>();
    private final List<String> impossible = new ArrayList<>();

    NemesisRun(Plan plan, Consumer<String> log) {
        this.plan = plan;
        this.log = log;
        this.dice = new Random(plan.seed());
        this.memory = new LiveMemory(log);
    }

    /** Runs it to its end; everything it started is gone when it returns or throws. */
    Outcome run() throws Exception {
        try (World world = World.make(plan.nodes(), plan.directory(), log);
                Scenario scenario =
                        Scenario.make(world.nodes(), plan.rooms(), plan.members(), plan.seed(), plan.directory())) {
            scenario.crew().work(plan.pauseMillis());
            recover(scenario, WARM_UP_CALLS);
            breakThings(world, scenario);
            List<String> unquiet = scenario.rest(REST_SECONDS);
            unquiet.forEach(who -> complaints.add("did not come to rest in " + REST_SECONDS + " s: " + who));
            return outcome(scenario);
        }
    }

    private Outcome outcome(Scenario scenario) throws IOException, InterruptedException {
        Map<Room, HistoryCheck.Result> results = scenario.check();
        return new Outcome(
                results.values().stream()
                        .mapToLong(HistoryCheck.Result::accepted)
                        .sum(),
                results.values().stream()
                        .mapToLong(HistoryCheck.Result::refused)
                        .sum(),
                results.values().stream()
                        .mapToLong(HistoryCheck.Result::unknown)
                        .sum(),
                complaints,
                memory.report(),
                results,
                struck,
                impossible,
                scenario.longestGaps());
    }

    private void breakThings(World world, Scenario scenario) throws Exception {
        List<Fault> faults = possible(world);
        long end = System.nanoTime() + plan.lasting().toNanos();
        do {
            // Each once before one comes again.
            var bag = new ArrayList<>(faults);
            bag.removeIf(fault -> fault.impossible(world) != null);
            if (bag.isEmpty()) {
                return; // what there was is done
            }
            Collections.shuffle(bag, dice);
            while (!bag.isEmpty() && complaints.isEmpty() && (plan.lasting().isZero() || System.nanoTime() < end)) {
                strike(world, scenario, bag.removeLast());
            }
        } while (System.nanoTime() < end && complaints.isEmpty());
    }

    private List<Fault> possible(World world) {
        var possible = new ArrayList<Fault>();
        for (Fault fault : Faults.all()) {
            if (!plan.faults().isEmpty() && !plan.faults().contains(fault.name())) {
                continue;
            }
            String why = fault.impossible(world);
            if (why == null) {
                possible.add(fault);
            } else {
                impossible.add(fault.name() + ": " + why);
                log.accept("not possible here: " + fault.name() + ", " + why);
            }
        }
        if (possible.isEmpty()) {
            throw new IllegalArgumentException("no fault is possible among " + plan.faults());
        }
        return possible;
    }

    private void strike(World world, Scenario scenario, Fault fault) throws Exception {
        memory.look(world.nodes().all());
        long from = scenario.crew().now();
        long before = scenario.crew().acceptedCalls();
        String what = fault.strike(world, dice);
        say(scenario, fault.name() + ": " + what);
        struck.add("%.1f s  %s: %s".formatted(from / 1e6, fault.name(), what));
        try {
            scenario.hold(fault.seconds());
        } finally {
            fault.mend(world);
        }
        complaints.addAll(world.revive());
        recover(scenario, 1);
        long to = scenario.crew().now();
        List<Long> gaps = scenario.crew().longestGaps(from, to);
        say(
                scenario,
                "%s: mended; %,d calls accepted meanwhile; longest wait of a workspace: p50 %,d ms, max %,d ms"
                        .formatted(
                                fault.name(),
                                scenario.crew().acceptedCalls() - before,
                                gaps.get(gaps.size() / 2),
                                gaps.getLast()));
        scenario.hold(2 + dice.nextInt(4));
    }

    private void recover(Scenario scenario, int calls) throws InterruptedException {
        List<String> silent = scenario.awaitAccepted(calls, RECOVERY_SECONDS);
        if (!silent.isEmpty()) {
            complaints.add(silent + " did not accept " + calls + " calls within " + RECOVERY_SECONDS
                    + " s of everything being mended");
        }
    }

    private void say(Scenario scenario, String what) {
        log.accept("%7.1f s  %s".formatted(scenario.crew().now() / 1e6, what));
    }
}
