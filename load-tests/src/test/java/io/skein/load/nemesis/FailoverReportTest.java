package io.skein.load.nemesis;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.load.nemesis.FailoverRun.Way;
import io.skein.load.report.Course;
import io.skein.load.report.Result;
import io.skein.load.report.Result.Row;
import io.skein.load.report.Result.Target;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a run of {@code failover} says of the moves that it saw. */
class FailoverReportTest {
    private final Map<String, Moves> moves = new LinkedHashMap<>();

    @Test
    void eachWayHasItsPausesAndItsTargets() {
        add("kill", List.of(4_000L, 7_000L), Map.of());
        add("drain", List.of(300L, 100L, 200L), Map.of("call put off", 2));
        add("join", List.of(900L), Map.of());
        Result result = report(List.of());
        assertEquals(
                List.of("kill", "drain", "join"),
                result.rows().stream().map(Row::phase).toList());
        Row drain = result.of("skein", "drain").getFirst();
        assertEquals(200, drain.figure("pause p50 ms"));
        assertEquals(300, drain.figure("pause max ms"));
        assertEquals(
                Map.of(
                        "pause p99 ms, kill", false,
                        "pause p99 ms, drain", true,
                        "noticed by clients beside, kill", true,
                        "noticed by clients beside, drain", false),
                result.targets().stream().collect(Collectors.toMap(Target::title, Target::reached)));
        assertEquals(List.of("drain: clients noticed 2 x call put off"), result.notes());
    }

    @Test
    void whereNothingMovedThereIsNothingToReach() {
        add("kill", List.of(), Map.of());
        Result result = report(List.of("room-1 did not accept 1 calls within 60 s"));
        assertEquals(0, result.rows().getFirst().figure("moves"));
        assertEquals(List.of(), result.targets());
        assertEquals(List.of("COMPLAINT: room-1 did not accept 1 calls within 60 s"), result.findings());
    }

    private void add(String kind, List<Long> pausesMillis, Map<String, Integer> noticed) {
        moves.computeIfAbsent(kind, _ -> new Moves()).add(pausesMillis, noticed);
    }

    private Result report(List<String> complaints) {
        var plan = new FailoverRun.Plan(1, List.of(Way.KILL, Way.DRAIN), 2, 3, 24, 2, 150, Path.of(""));
        var course = new Course("The whole run", List.of(), List.of(), List.of());
        var outcome = new FailoverRun.Outcome(moves, course, new Proofs(Map.of(), complaints));
        return FailoverReport.of(plan, outcome, "2026-01-01T00:00:00Z");
    }
}
