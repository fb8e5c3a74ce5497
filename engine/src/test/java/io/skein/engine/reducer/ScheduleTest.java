package io.skein.engine.reducer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.membership.SystemTables;
import io.skein.engine.membership.SystemTables.Scheduled;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.testing.TestWorkspace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    record Done(@Key String what, Instant when) {}

    record Remind(String what, Instant due) {}

    record Ring(String what, int more) {}

    record Cancel(String id) {}

    private static final Table<Done> DONE = Table.of("done", Done.class);

    private static final class Reminders implements Module {
        @Override
        public void define(Definition module) {
            module.name("reminders");
            module.table(DONE);
            module.reducer(
                    "remind",
                    Remind.class,
                    Role.EDITOR,
                    (tx, in) -> tx.schedule(in.due(), "ring", new Ring(in.what(), 0)));
            module.reducer("cancel", Cancel.class, Role.EDITOR, (tx, in) -> tx.require(tx.cancel(in.id()), "unknown"));
            module.internal("ring", Ring.class, (tx, in) -> {
                tx.in(DONE).upsert(new Done(in.what(), tx.time()));
                tx.require(!in.what().equals("bad"), "bad");
                if (in.what().equals("thrice") && in.more() < 2) {
                    tx.schedule(tx.time().plusSeconds(1), "ring", new Ring("thrice", in.more() + 1));
                }
            });
        }
    }

    private final TestWorkspace workspace = TestWorkspace.of(new Reminders());
    private final Instant begin = workspace.time();

    private void remind(String what, int seconds) {
        workspace.accepted("remind", new Remind(what, begin.plusSeconds(seconds)));
    }

    private List<String> done() {
        return workspace.rows(DONE).stream().map(Done::what).toList();
    }

    @Test
    void commandsRun_whenTheyAreDue_inOrder() {
        remind("second", 20);
        remind("first", 10);
        remind("later", 60);
        assertEquals(2, workspace.runScheduled(begin.plusSeconds(30)).size());
        assertEquals(List.of("first", "second"), done());
        assertEquals(
                begin.plusSeconds(10),
                workspace.find(DONE, "first").orElseThrow().when());
        assertEquals(begin.plusSeconds(30), workspace.time());
        workspace.restart();
        workspace.runScheduled(begin.plusSeconds(60));
        assertEquals(List.of("first", "second", "later"), done());
        assertEquals(List.of(), workspace.rows(SystemTables.SCHEDULE));
    }

    @Test
    void commandsThatScheduleAgain_runAgain() {
        remind("thrice", 10);
        assertEquals(3, workspace.runScheduled(begin.plusSeconds(60)).size());
        assertEquals(
                begin.plusSeconds(12),
                workspace.find(DONE, "thrice").orElseThrow().when());
    }

    @Test
    void commandsThatAreRefused_areForgottenAndHoldNobodyUp() {
        remind("bad", 10);
        remind("good", 11);
        List<Outcome> outcomes = workspace.runScheduled(begin.plusSeconds(60));
        assertTrue(outcomes.getFirst() instanceof Outcome.Refused, outcomes.toString());
        assertEquals(List.of("good"), done());
        assertEquals(List.of(), workspace.rows(SystemTables.SCHEDULE));
    }

    @Test
    void cancelledCommands_doNotRun() {
        remind("never", 10);
        Scheduled row = workspace.rows(SystemTables.SCHEDULE).getFirst();
        Call onItsWay = Decider.scheduledCall(workspace.state().schema(), row);
        workspace.accepted("cancel", new Cancel(row.id()));
        assertEquals(
                "unknown", workspace.refused("cancel", new Cancel(row.id())).reason());
        assertEquals(List.of(), workspace.runScheduled(begin.plusSeconds(60)));
        var decision = new Decider(DecideLimits.DEFAULT).decide(workspace.state(), onItsWay, 0);
        assertTrue(
                decision instanceof Decision.Refuse refuse && refuse.refusal().code() == ErrorCode.NOT_FOUND,
                decision.toString());
    }

    /** A schedule outlives the version of the module that made it. */
    @Test
    void commandsThatTheModuleHasNoMore_areForgotten() {
        remind("x", 10);
        Scheduled row = workspace.rows(SystemTables.SCHEDULE).getFirst();
        var schema = workspace.state().schema();
        for (var stale : List.of(
                new Scheduled(row.id(), row.due(), "gone", row.args()),
                new Scheduled(row.id(), row.due(), "ring", Bytes.of((byte) 12, (byte) 0)),
                new Scheduled(row.id(), row.due(), "ring", Bytes.EMPTY))) {
            assertEquals(Decider.forgetScheduled(row.id()), Decider.scheduledCall(schema, stale));
        }
        var decision =
                new Decider(DecideLimits.DEFAULT).decide(workspace.state(), Decider.forgetScheduled(row.id()), 0);
        assertTrue(
                decision instanceof Decision.Commit commit
                        && commit.committed()
                                        .after()
                                        .rows(SystemTables.SCHEDULE)
                                        .size()
                                == 0,
                decision.toString());
    }

    @Test
    void scheduledCommands_carryNoKeyAndNoPerson() {
        remind("x", 10);
        workspace.advance(Duration.ofHours(1));
        workspace.runScheduled(workspace.time());
        var tx = workspace.history().getLast().transaction();
        assertEquals(io.skein.engine.schema.Identity.SYSTEM, tx.sender());
        assertEquals(Optional.empty(), tx.key());
    }
}
