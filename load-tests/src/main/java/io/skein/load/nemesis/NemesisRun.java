package io.skein.load.nemesis;

import io.skein.load.report.Course;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
            Path directory) {
        /** In a sentence without its full stop. */
        String describe() {
            return "%d nodes, %d workspaces of %d members who call with a pause of %d ms; faults come for %.1f min; seed %d"
                    .formatted(nodes, rooms, members + 1, pauseMillis, lasting.toMillis() / 60_000.0, seed);
        }
    }

    /**
     * One fault, from when it came until every room accepted calls again.
     *
     * @param atSeconds of the run
     * @param what it did, in words
     * @param accepted calls meanwhile
     * @param gapsMillis for each room, the longest time in which somebody waited and nothing was accepted, ascending
     */
    record Strike(double atSeconds, String fault, String what, long accepted, List<Long> gapsMillis) {
        @Override
        public String toString() {
            return "%.1f s  %s: %s".formatted(atSeconds, fault, what);
        }
    }

    /**
     * How it ended.
     *
     * @param strikes all faults in their order
     * @param impossible faults that this machine does not allow, and why
     * @param memory what nodes held on their heaps, over the time
     * @param longestGapsMillis for each room, of the whole run, ascending
     * @param course what was accepted meanwhile
     */
    record Outcome(
            Proofs proofs,
            List<Strike> strikes,
            List<String> impossible,
            List<String> memory,
            List<Long> longestGapsMillis,
            Course course) {}

    private final Plan plan;
    private final Consumer<String> log;
    private final Random dice;
    private final Pulse.Listener listener;
    private final LiveMemory memory;
    private final List<String> complaints = new ArrayList<>();
    private final List<Strike> strikes = new ArrayList<>();
    private final List<String> impossible = new ArrayList<>();

    /** @param listener hears of every second */
    NemesisRun(Plan plan, Consumer<String> log, Pulse.Listener listener) {
        this.plan = plan;
        this.log = log;
        this.listener = listener;
        this.dice = new Random(plan.seed());
        this.memory = new LiveMemory(log);
    }

    /** Runs it to its end; everything it started is gone when it returns or throws. */
    Outcome run() throws Exception {
        try (World world = World.make(plan.nodes(), plan.directory(), log);
                Scenario scenario =
                        Scenario.make(world.nodes(), plan.rooms(), plan.members(), plan.seed(), plan.directory())) {
            scenario.crew().work(plan.pauseMillis());
            Course course = broken(world, scenario);
            List<String> unquiet = scenario.rest(REST_SECONDS);
            unquiet.forEach(who -> complaints.add("did not come to rest in " + REST_SECONDS + " s: " + who));
            return new Outcome(
                    new Proofs(scenario.check(), complaints),
                    strikes,
                    impossible,
                    memory.report(),
                    scenario.longestGaps(),
                    course);
        }
    }

    private Course broken(World world, Scenario scenario) throws Exception {
        long startNanos = System.nanoTime() - scenario.crew().now() * 1_000;
        try (Pulse pulse = Pulse.begin(scenario.crew(), listener)) {
            recover(scenario, WARM_UP_CALLS);
            breakThings(world, scenario, pulse);
            return pulse.course(memory.charts(startNanos));
        }
    }

    private void breakThings(World world, Scenario scenario, Pulse pulse) throws Exception {
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
                strike(world, scenario, pulse, bag.removeLast());
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

    private void strike(World world, Scenario scenario, Pulse pulse, Fault fault) throws Exception {
        memory.look(world.nodes().all());
        long from = scenario.crew().now();
        long before = scenario.crew().acceptedCalls();
        pulse.part(fault.name());
        String what = fault.strike(world, dice);
        say(scenario, fault.name() + ": " + what);
        try {
            scenario.hold(fault.seconds());
        } finally {
            fault.mend(world);
        }
        complaints.addAll(world.revive());
        recover(scenario, 1);
        long to = scenario.crew().now();
        List<Long> gaps = scenario.crew().longestGaps(from, to);
        long accepted = scenario.crew().acceptedCalls() - before;
        strikes.add(new Strike(from / 1e6, fault.name(), what, accepted, gaps));
        pulse.part("mended");
        say(
                scenario,
                "%s: mended; %,d calls accepted meanwhile; longest wait of a workspace: p50 %,d ms, max %,d ms"
                        .formatted(fault.name(), accepted, gaps.get(gaps.size() / 2), gaps.getLast()));
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
