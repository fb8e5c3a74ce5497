package io.skein.modules.streams;

import static io.skein.modules.streams.StreamTables.CHECKPOINTS;
import static io.skein.modules.streams.StreamTables.EVENTS;
import static io.skein.modules.streams.StreamTables.PRESENCE;
import static io.skein.modules.streams.StreamTables.STREAMS;
import static io.skein.modules.streams.StreamTables.TYPING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.testing.TestCaller;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.streams.CheckpointReducers.AckCheckpoint;
import io.skein.modules.streams.FleetReducers.LeavePresence;
import io.skein.modules.streams.FleetReducers.UpsertPresence;
import io.skein.modules.streams.SignalReducers.SignalConflict;
import io.skein.modules.streams.SignalReducers.SignalProgress;
import io.skein.modules.streams.SignalReducers.SignalTyping;
import io.skein.modules.streams.StreamReducers.AppendSyncEvent;
import io.skein.modules.streams.StreamReducers.CloseSyncStream;
import io.skein.modules.streams.StreamReducers.OpenSyncStream;
import io.skein.modules.streams.StreamTables.Sharing;
import io.skein.modules.streams.StreamTables.SyncCheckpoint;
import io.skein.modules.streams.StreamTables.SyncEvent;
import io.skein.modules.streams.StreamTables.SyncStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StreamsModuleTest {
    private final TestWorkspace fleet = TestWorkspace.of(new StreamsModule());
    private final TestCaller ann = fleet.member("ann", Role.EDITOR);
    private final TestCaller bob = fleet.member("bob", Role.EDITOR);
    private final TestCaller eve = fleet.member("eve", Role.VIEWER);

    private static AppendSyncEvent event(String stream, String key, String payload) {
        return new AppendSyncEvent(stream, key, "step", new Json(payload), Optional.empty());
    }

    private static AppendSyncEvent expecting(String stream, String key, long next) {
        return new AppendSyncEvent(stream, key, "step", new Json("1"), Optional.of(next));
    }

    private SyncStream stream(String id) {
        return fleet.find(STREAMS, id).orElseThrow();
    }

    private List<Long> seqs(String stream) {
        return fleet.rows(EVENTS).stream()
                .filter(row -> row.streamId().equals(stream))
                .map(SyncEvent::seq)
                .sorted()
                .toList();
    }

    private void append(String stream, int count) {
        long next = fleet.find(STREAMS, stream).map(SyncStream::headSeq).orElse(0L) + 1;
        for (long seq = next; seq < next + count; seq++) {
            ann.accepted("append_sync_event", event(stream, "k" + seq, "{\"n\":" + seq + "}"));
        }
    }

    @Test
    void T1_events_areNumberedForEachStreamFromOne() {
        append("s", 3);
        append("t", 2);
        append("s", 1);
        assertEquals(List.of(1L, 2L, 3L, 4L), seqs("s"));
        assertEquals(List.of(1L, 2L), seqs("t"));
        assertEquals(4, stream("s").headSeq());
        assertEquals(ann.identity(), stream("s").owner(), "who appends first makes the stream");
        SyncEvent first = fleet.find(EVENTS, List.of("s", 1L)).orElseThrow();
        assertEquals(ann.identity(), first.author());
        assertEquals("{\"n\":1}", first.payload().text());
    }

    @Test
    void T1_theSameKey_isTheSameEventAsLongAsTheStreamHasIt() {
        ann.accepted("open_sync_stream", new OpenSyncStream("s", "run", "", Sharing.MEMBERS, 2));
        ann.accepted("append_sync_event", event("s", "a", "{\"x\":1,\"y\":2}"));
        ann.accepted("append_sync_event", event("s", "a", "{\"y\":2.0,\"x\":1}"));
        assertEquals(List.of(1L), seqs("s"), "another spelling of the same payload");
        assertEquals(
                "idempotency_conflict",
                ann.refused("append_sync_event", event("s", "a", "{\"x\":2}")).reason());
        assertEquals(
                "idempotency_conflict",
                bob.refused("append_sync_event", event("s", "a", "{\"x\":1,\"y\":2}"))
                        .reason(),
                "somebody else's");
        ann.accepted("append_sync_event", event("s", "b", "1"));
        ann.accepted("append_sync_event", event("s", "c", "1"));
        ann.accepted("append_sync_event", event("s", "a", "{\"x\":2}"));
        assertEquals(List.of(3L, 4L), seqs("s"), "the first is trimmed, and its key is free");
    }

    @Test
    void T1_anotherNextSeqThanExpected_isRefusedAndBothAreNamed() {
        ann.accepted("append_sync_event", expecting("s", "a", 1));
        append("s", 2);
        Refusal refusal = bob.refused("append_sync_event", expecting("s", "b", 2));
        assertEquals(ErrorCode.REJECTED, refusal.code());
        assertEquals("sequence_conflict", refusal.reason());
        assertEquals("stream s goes on with 4, you expected 2", refusal.message());
        assertEquals(List.of(1L, 2L, 3L), seqs("s"));
        ann.accepted("append_sync_event", expecting("s", "a", 1));
        assertEquals(3, stream("s").headSeq(), "a repetition is answered before its expectation is looked at");
        bob.accepted("append_sync_event", expecting("s", "b", 4));
        assertEquals(
                "sequence_conflict",
                bob.refused("append_sync_event", expecting("new", "b", 2)).reason());
        assertTrue(fleet.find(STREAMS, "new").isEmpty(), "a refused event makes no stream");
    }

    @Test
    void T2_hashes_areTheSameAfterARestartAndFromASnapshot() {
        ann.accepted("append_sync_event", event("s", "a", "{\"b\":[1e0,\"\\u00e9\"],\"a\":-0.0}"));
        List<SyncEvent> before = fleet.rows(EVENTS);
        assertEquals("{\"a\":0,\"b\":[1,\"é\"]}", before.getFirst().payload().text());
        assertEquals(
                "6a059a0fd139a758c00b61f78527f4ba4ea50e3d13d72527b7ff1d5f3795086d",
                before.getFirst().payloadHash());
        fleet.restart();
        assertEquals(before, fleet.rows(EVENTS));
        ann.accepted("append_sync_event", event("s", "b", "{\"a\":0,\"b\":[1.0,\"é\"]}"));
        assertEquals(
                before.getFirst().payloadHash(),
                fleet.find(EVENTS, List.of("s", 2L)).orElseThrow().payloadHash());
    }

    @Test
    void T2_payloadsWithoutAHash_areRefused() {
        for (String payload : List.of("9007199254740993", "[1e400]", "{\"a\":1,\"a\":2}", "NaN", "\"\\ud800\"")) {
            assertEquals(
                    "invalid_payload",
                    ann.refused("append_sync_event", event("s", "a", payload)).reason(),
                    payload);
        }
        String longText = "\"" + "x".repeat(Limits.MAX_PAYLOAD) + "\"";
        assertEquals(
                "payload_too_long",
                ann.refused("append_sync_event", event("s", "a", longText)).reason());
        assertTrue(fleet.rows(STREAMS).isEmpty());
    }

    @Test
    void T3_aCheckpoint_neverMovesBack() {
        append("s", 5);
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "phone", 3));
        long seq = fleet.state().seq();
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "phone", 1));
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "phone", 3));
        SyncCheckpoint row = fleet.rows(CHECKPOINTS).getFirst();
        assertEquals(3, row.appliedSeq());
        assertEquals(
                seq,
                Objects.requireNonNull(fleet.state().rows(CHECKPOINTS).stored(List.of("s", eve.identity(), "phone")))
                        .version());
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "phone", 5));
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "laptop", 2));
        bob.accepted("ack_checkpoint", new AckCheckpoint("s", "phone", 1));
        assertEquals(
                List.of(5L, 2L, 1L),
                fleet.rows(CHECKPOINTS).stream().map(SyncCheckpoint::appliedSeq).toList());
        assertEquals(
                "ahead_of_stream",
                eve.refused("ack_checkpoint", new AckCheckpoint("s", "phone", 6))
                        .reason());
        assertEquals(
                "stream_missing",
                eve.refused("ack_checkpoint", new AckCheckpoint("t", "phone", 0))
                        .reason());
    }

    @Test
    void T4_aStream_keepsItsNewestEventsAndSaysWhereTheyBegin() {
        ann.accepted("open_sync_stream", new OpenSyncStream("s", "run", "A run", Sharing.MEMBERS, 10));
        append("s", 25);
        assertEquals(LongStream.rangeClosed(16, 25).boxed().toList(), seqs("s"));
        assertEquals(16, stream("s").firstSeq());
        assertEquals(10L * "{\"n\":16}".length(), stream("s").keptChars());
        ann.accepted("open_sync_stream", new OpenSyncStream("s", "run", "A run", Sharing.MEMBERS, 3));
        assertEquals(List.of(23L, 24L, 25L), seqs("s"));
        append("s", 1);
        assertEquals(24, stream("s").firstSeq());
        assertEquals(3, fleet.rows(EVENTS).size());
    }

    @Test
    void T4_aStream_keepsNoMoreThanItsCharacters() {
        String payload = "\"" + "x".repeat(Limits.MAX_PAYLOAD - 2) + "\"";
        int fit = (int) (Limits.MAX_KEPT_CHARS / Limits.MAX_PAYLOAD);
        for (int i = 1; i <= fit + 5; i++) {
            ann.accepted("append_sync_event", event("s", "k" + i, payload));
        }
        assertEquals(fit, fleet.rows(EVENTS).size());
        assertEquals(6, stream("s").firstSeq());
    }

    @Test
    void T4_aClosedStream_leavesNothing() {
        append("s", 5);
        append("t", 1);
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "phone", 3));
        assertEquals(
                "not_the_owner",
                bob.refused("close_sync_stream", new CloseSyncStream("s")).reason());
        ann.accepted("close_sync_stream", new CloseSyncStream("s"));
        assertEquals(
                List.of("t"),
                fleet.rows(EVENTS).stream().map(SyncEvent::streamId).toList());
        assertTrue(fleet.rows(CHECKPOINTS).isEmpty());
    }

    @Test
    void M2_aStreamOfItsOwners_isSeenByItsOwnerAndAdmins() {
        TestCaller admin = fleet.member("root", Role.ADMIN);
        ann.accepted("open_sync_stream", new OpenSyncStream("mine", "run", "", Sharing.OWNER, 10));
        append("mine", 2);
        ann.accepted("ack_checkpoint", new AckCheckpoint("mine", "phone", 1));
        assertEquals(List.of(2, 2, 0, 0), seen(ann, admin, bob, eve));
        for (TestCaller other : List.of(bob, eve)) {
            assertEquals(0, other.sees(STREAMS).size());
            assertEquals(0, other.sees(CHECKPOINTS).size());
        }
        assertEquals(
                "stream_missing",
                bob.refused("append_sync_event", event("mine", "k1", "{\"n\":1}"))
                        .reason());
        assertEquals(
                "stream_missing",
                bob.refused("append_sync_event", expecting("mine", "z", 9)).reason());
        assertEquals(
                "stream_missing",
                eve.refused("ack_checkpoint", new AckCheckpoint("mine", "p", 1)).reason());
        assertEquals(
                "stream_missing",
                eve.refused("signal_conflict", new SignalConflict("mine", "p", 1, 2, ""))
                        .reason());
        admin.accepted("append_sync_event", event("mine", "by-admin", "1"));

        ann.accepted("open_sync_stream", new OpenSyncStream("mine", "run", "", Sharing.MEMBERS, 10));
        assertEquals(List.of(3, 3, 3, 3), seen(ann, admin, bob, eve));
        ann.accepted("open_sync_stream", new OpenSyncStream("mine", "run", "", Sharing.OWNER, 10));
        assertEquals(List.of(3, 3, 0, 0), seen(ann, admin, bob, eve));
        assertEquals("not_the_owner", reasonOfOpening(bob));
    }

    private String reasonOfOpening(TestCaller who) {
        append("shared", 1);
        return who.refused("open_sync_stream", new OpenSyncStream("shared", "run", "", Sharing.OWNER, 10))
                .reason();
    }

    private static List<Integer> seen(TestCaller... callers) {
        return java.util.Arrays.stream(callers)
                .map(caller -> caller.sees(EVENTS).size())
                .toList();
    }

    @Test
    void checkpoints_areOnesOwnAndTheStreamsOwners() {
        append("s", 2);
        bob.accepted("ack_checkpoint", new AckCheckpoint("s", "b", 1));
        eve.accepted("ack_checkpoint", new AckCheckpoint("s", "e", 2));
        assertEquals(2, ann.sees(CHECKPOINTS).size());
        assertEquals(
                List.of("b"),
                bob.sees(CHECKPOINTS).stream().map(SyncCheckpoint::clientId).toList());
        assertEquals(
                List.of("e"),
                eve.sees(CHECKPOINTS).stream().map(SyncCheckpoint::clientId).toList());
    }

    @Test
    void signals_areSaidAndNotKept() {
        append("s", 1);
        ann.accepted("signal_typing", new SignalTyping("s", "phone", true));
        assertEquals(List.of(new StreamTables.TypingSignal("s", ann.identity(), "phone", true)), fleet.emitted(TYPING));
        ann.accepted("signal_progress", new SignalProgress("s", "task", 0.5, "half"));
        assertEquals(
                "invalid_fraction",
                ann.refused("signal_progress", new SignalProgress("s", "task", 1.5, ""))
                        .reason());
        assertEquals(
                ErrorCode.FORBIDDEN,
                eve.refused("signal_typing", new SignalTyping("s", "e", true)).code());
    }

    @Test
    void presence_endsWhenNothingIsHeard() {
        ann.accepted("upsert_presence", new UpsertPresence("s1", "node-a", "w", "eu", "online"));
        eve.accepted("upsert_presence", new UpsertPresence("s2", "node-b", "", "", "online"));
        fleet.runScheduled(fleet.time().plus(Limits.PRESENCE_LIFE.dividedBy(2)));
        ann.accepted("upsert_presence", new UpsertPresence("s1", "node-a", "w", "eu", "busy"));
        fleet.runScheduled(fleet.time().plus(Limits.PRESENCE_LIFE.dividedBy(2)).plus(Duration.ofSeconds(1)));
        assertEquals(List.of("s1 busy"), livelySessions());
        fleet.runScheduled(fleet.time().plus(Limits.PRESENCE_LIFE));
        assertEquals(List.of(), livelySessions());
        eve.accepted("upsert_presence", new UpsertPresence("s2", "node-b", "", "", "online"));
        ann.accepted("leave_presence", new LeavePresence("s2"));
        assertEquals(List.of("s2 online"), livelySessions(), "nobody ends another's");
        eve.accepted("leave_presence", new LeavePresence("s2"));
        assertEquals(List.of(), livelySessions());
    }

    private List<String> livelySessions() {
        return fleet.rows(PRESENCE).stream()
                .map(row -> row.sessionId() + " " + row.status())
                .toList();
    }

    @Test
    void presence_isBounded() {
        for (int i = 0; i < Limits.MAX_PRESENCE_OF_ONE; i++) {
            ann.accepted("upsert_presence", new UpsertPresence("s" + i, "n", "", "", "online"));
        }
        assertEquals(
                "too_many_sessions",
                ann.refused("upsert_presence", new UpsertPresence("more", "n", "", "", "online"))
                        .reason());
        ann.accepted("upsert_presence", new UpsertPresence("s0", "n", "", "", "busy"));
        assertEquals(Optional.empty(), fleet.find(PRESENCE, List.of(Identity.SYSTEM, "s0")));
    }
}
