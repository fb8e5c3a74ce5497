package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.membership.Membership;
import io.skein.engine.meters.Meters;
import io.skein.engine.module.Access;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.module.StrangerLimit;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.state.CallKey;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.trace.Tracing;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Set;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A workspace in memory; the test is its journal and its relay. */
class LiveTest {
    private static final Identity OWNER = TestWorkspace.person("owner");

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<FromOwner> relay = kit.createTestProbe(FromOwner.class);
    private final ArrayDeque<Ledger.Write> journal = new ArrayDeque<>();
    private final WorkspaceCounters counters = new WorkspaceCounters(new Meters());
    private final Activity activity = counters.activity("w");
    private final WorkspaceState begun = TestWorkspace.of(new GuestsModule()).state();
    private final Live live = new Live(
            begun,
            List.of(),
            WorkspaceSettings.DEFAULT,
            _ -> "",
            journal::add,
            new WriteGate(1).pass(() -> {}),
            activity,
            Tracing.OFF);

    /** Its hooks write down who comes for the first time, and change nothing otherwise. */
    private static final class GuestsModule implements Module {
        record Guest(@Key Identity who) {}

        private static final Table<Guest> GUESTS = Table.of("guest", Guest.class);

        @Override
        public void define(Definition module) {
            module.name("guests").version(1);
            module.table(GUESTS);
            module.onConnect(tx -> {
                if (tx.in(GUESTS).find(tx.sender()).isEmpty()) {
                    tx.in(GUESTS).insert(new Guest(tx.sender()));
                }
            });
            module.onDisconnect(_ -> {});
        }
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    /** Does what the workspace does after each batch, and as a journal whatever it asks for. Gives back how many groups that were. */
    private int written() {
        int groups = 0;
        live.flush();
        for (Ledger.Write write = journal.poll(); write != null; write = journal.poll()) {
            groups++;
            live.written(write.after());
            live.flush();
        }
        return groups;
    }

    private void enlist(long number) {
        live.audiences().enlist(relay.ref(), live.link(relay.ref(), number), Set.of());
    }

    @Test
    void whatIsNotDurable_waits_andWhatIsCounts() {
        activity.begin();
        live.ask(Call.of(OWNER, Membership.RENAME, new Membership.Rename("Another")), new CommitQueue.Waiting.Nobody());
        live.flush();
        assertTrue(counters.lagNanos(System.nanoTime() + 1) > 0);
        assertEquals(0, counters.commits().count());
        assertEquals(List.of(), counters.busiest(1, System.nanoTime()));
        assertEquals(1, written());
        assertEquals(0, counters.lagNanos(System.nanoTime() + 1));
        assertEquals(1, counters.calls().count());
        assertEquals(1, counters.commits().count());
        var busiest = counters.busiest(1, System.nanoTime() + 1_000_000_000);
        assertEquals("w", busiest.getFirst().workspace());
        assertTrue(busiest.getFirst().commitsPerSecond() > 0);
        assertEquals(1, counters.workspaces());
        activity.end();
        assertEquals(0, counters.workspaces());
    }

    @Test
    void L1_hooks_that_change_nothing_leave_nothing_in_the_journal() {
        enlist(1);
        live.fromRelay(relay.ref(), new Upstream.Enter(1, OWNER, false));
        assertEquals(1, written(), "a hook that changes something is a transaction");
        long seq = live.durable().seq();
        assertEquals(begun.seq() + 1, seq);
        byte[] hash = live.durable().hash();
        for (int session = 2; session < 100; session++) {
            live.fromRelay(relay.ref(), new Upstream.Enter(session, OWNER, false));
            live.fromRelay(relay.ref(), new Upstream.Exit(session));
        }
        assertEquals(0, written());
        enlist(2); // on which the first has not come again
        live.arrived(relay.ref());
        live.dismiss(relay.ref());
        assertEquals(0, written());
        assertEquals(seq, live.durable().seq());
        assertArrayEquals(hash, live.durable().hash());
    }

    /** Open to anybody, who may call twice and then once a second. */
    private static final class OpenModule implements Module {
        record Note(@Key String id) {}

        private static final Table<Note> NOTES = Table.of("note", Note.class);

        @Override
        public void define(Definition module) {
            module.name("open").access(Access.PUBLIC_WRITE).strangersAtMost(new StrangerLimit(1, 2, 10, 20));
            module.table(NOTES);
            module.reducer(
                    "write", Note.class, Role.EDITOR, (tx, in) -> tx.in(NOTES).upsert(in));
        }
    }

    @Test
    void L3_strangersAreBounded_membersAndWhatWasDoneAreNot() {
        WorkspaceState open = TestWorkspace.of(new OpenModule()).state();
        var shared = new Live(
                open,
                List.of(),
                WorkspaceSettings.DEFAULT,
                _ -> "",
                journal::add,
                new WriteGate(1).pass(() -> {}),
                activity,
                Tracing.OFF);
        TestProbe<Outcome> caller = kit.createTestProbe(Outcome.class);
        Identity stranger = TestWorkspace.person("stranger");
        Call note = Call.of(stranger, "write", new OpenModule.Note("n"));
        Call keyed = note.withKey(new CallKey("k", Bytes.of(new byte[CallKey.DIGEST_BYTES])));
        Call members = Call.of(OWNER, "write", new OpenModule.Note("o"));
        for (Call call : List.of(keyed, note, note, keyed, members, members, members)) {
            shared.ask(call, new CommitQueue.Waiting.Caller(caller.ref()));
            shared.flush();
            for (Ledger.Write write = journal.poll(); write != null; write = journal.poll()) {
                shared.written(write.after());
                shared.flush();
            }
        }
        long first = open.seq() + 1;
        assertEquals(new Outcome.Accepted(first, false), caller.receiveMessage());
        assertEquals(new Outcome.Accepted(first + 1, false), caller.receiveMessage());
        var refused = assertInstanceOf(Outcome.Refused.class, caller.receiveMessage());
        assertEquals(ErrorCode.RATE_LIMITED, refused.refusal().code());
        assertTrue(refused.refusal().retryAfterMillis() > 0);
        assertEquals(new Outcome.Accepted(first, true), caller.receiveMessage());
        for (int i = 2; i < 5; i++) {
            assertEquals(new Outcome.Accepted(first + i, false), caller.receiveMessage());
        }
    }
}
