package io.skein.engine.workspace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.Modules;
import io.skein.engine.audit.Origin;
import io.skein.engine.codec.Encoded;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.everything.EverythingModule;
import io.skein.engine.everything.EverythingModule.Batch;
import io.skein.engine.everything.EverythingModule.Kind;
import io.skein.engine.everything.EverythingModule.Step;
import io.skein.engine.membership.Imports;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Expectation;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Shape;
import io.skein.engine.state.CallKey;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.View;
import java.io.NotSerializableException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages between nodes arrive as they were sent, and nothing else is sent or read. */
class MessageSerializerTest {
    private static final ActorTestKit KIT = ActorTestKit.create();
    private static final ModuleSchema SCHEMA = Modules.schemaOf(new EverythingModule());
    private static final Shape<Batch> BATCH = Shape.of(Batch.class);
    private static final Identity WHO = Identity.of("test", "who");
    private static final Refusal REFUSAL = new Refusal(ErrorCode.CONFLICT, "why", "because ä", 7, 250);
    private static final Audience AUDIENCE = new Audience(Role.EDITOR, Optional.of(WHO));

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static <T> ActorRef<T> actor() {
        return KIT.<T>createTestProbe().ref();
    }

    private static SerializerWithStringManifest serializerOf(Object message) {
        var found = SerializationExtension.get(KIT.system()).findSerializerFor(message);
        return assertInstanceOf(MessageSerializer.class, found);
    }

    static Stream<Object> messages() {
        var key = new CallKey("key ä", Bytes.of(new byte[CallKey.DIGEST_BYTES]));
        ActorRef<FromOwner> relay = actor();
        return Stream.of(
                new Workspace.Create(
                        WHO,
                        "n",
                        "m",
                        Access.PUBLIC_READ,
                        "d",
                        Optional.empty(),
                        Optional.empty(),
                        Origin.NONE,
                        actor()),
                new Workspace.Create(
                        WHO,
                        "n",
                        "m",
                        Access.PRIVATE,
                        "d",
                        Optional.of(key),
                        Optional.of(new Imports.Begin("i", 3)),
                        new Origin("jti", "sid", "device", "10.0.0.7"),
                        actor()),
                new Workspace.Read(
                        WHO, List.of(Subscription.of(1L << 32, Map.of("thing", new Filter.All()))), relay, 5),
                new Workspace.Identify(actor()),
                new Workspace.Enlist(relay, 77, Optional.empty()),
                new Workspace.Enlist(relay, 78, Optional.of(new Workspace.Known("e", 5, Set.of(AUDIENCE)))),
                new Workspace.FromRelay(
                        relay,
                        77,
                        1,
                        List.of(
                                new Upstream.Enter(1, WHO, true),
                                new Upstream.Exit(2),
                                new Upstream.Emit(
                                        new Signal(WHO, "wave", Json.parse("{\"a\":1}"), new Signal.Target.Everyone())),
                                new Upstream.Emit(
                                        new Signal(WHO, "", Json.parse("1"), new Signal.Target.AtLeast(Role.ADMIN))),
                                new Upstream.Emit(new Signal(WHO, "x", Json.parse("[]"), new Signal.Target.Only(WHO))),
                                new Upstream.TakeSnapshot(3, new View(AUDIENCE, List.of())),
                                new Upstream.TakeHistory(new Audience(Role.VIEWER, Optional.empty())))),
                new Workspace.Check(relay, 77, 3, 4),
                new Workspace.Wake(actor()),
                new Workspace.ShowInvite("token ä", actor()),
                new InviteAnswer.Open("n", "m", Role.EDITOR, Optional.empty(), 1),
                new InviteAnswer.Open(
                        "n", "m", Role.VIEWER, Optional.of(Instant.parse("2026-01-02T03:04:05.000006Z")), 1 << 30),
                new InviteAnswer.Refused(REFUSAL),
                new Workspace.FindBoard(actor()),
                new Workspace.WhoIsHere(WHO, actor()),
                new Workspace.Woken(Optional.empty()),
                new Workspace.Woken(Optional.of(Instant.parse("2026-11-21T12:00:00.000001Z"))),
                new Workspace.IdentifyAnswer.Is("board"),
                new Workspace.IdentifyAnswer.Refused(REFUSAL),
                new Outcome.Accepted(1L << 40, true),
                new Outcome.Refused(REFUSAL, false),
                new Outcome.Accepted(7, false, Optional.of(new Json("{\"ä\":1}"))),
                new Outcome.Refused(REFUSAL.withDetails(new Json("{\"ä\":1}")), true),
                new Outcome.Answered(7, new Json("{\"ä\":1}")),
                new FromOwner.Part(1, 2, true, Bytes.of((byte) 1, (byte) 0)),
                new FromOwner.Check(1, 2, 3),
                new FromOwner.Refused(1, REFUSAL),
                new FromOwner.Lost(9));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void V3_a_message_is_the_same_on_another_node(Object message) throws Exception {
        var serializer = serializerOf(message);
        assertEquals(message, serializer.fromBinary(serializer.toBinary(message), serializer.manifest(message)));
    }

    @ParameterizedTest
    @MethodSource("messages")
    void V3_a_message_that_is_cut_short_is_refused(Object message) {
        var serializer = serializerOf(message);
        byte[] bytes = serializer.toBinary(message);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThrows(
                    NotSerializableException.class, () -> serializer.fromBinary(cut, serializer.manifest(message)));
        }
    }

    @Test
    void V3_what_is_not_for_other_nodes_is_not_sent_and_what_is_unknown_is_not_read() {
        var serializer = serializerOf(new Workspace.Stop());
        assertThrows(IllegalArgumentException.class, () -> serializer.manifest(new Workspace.Stop()));
        assertThrows(IllegalArgumentException.class, () -> serializer.toBinary(new Workspace.Stop()));
        var whole = new FromOwner.Whole(1, 1, new Downstream.SnapshotFailed(1));
        assertThrows(IllegalArgumentException.class, () -> serializer.toBinary(whole));
        assertThrows(NotSerializableException.class, () -> serializer.fromBinary(new byte[0], "ask.2"));
    }

    @Test
    void I1_a_call_keeps_its_key_and_its_arguments_are_read_by_the_owner() throws Exception {
        var args = new Batch(List.of(new Step(Kind.ADD_TALLY, 1, 2, WHO)));
        var key = new CallKey("k", Call.digest("batch", BATCH, args));
        Call call = Call.of(WHO, "batch", args)
                .withKey(key)
                .ofSize(99)
                .expecting(List.of(
                        new Expectation.AtSeq(4),
                        new Expectation.RowVersion("thing", "t1", 3),
                        new Expectation.RowVersion("cell", List.of(1, "y1"), 0)));
        var ask = new Workspace.Ask(call, actor());
        var serializer = serializerOf(ask);
        var read = (Workspace.Ask) serializer.fromBinary(serializer.toBinary(ask), serializer.manifest(ask));
        assertEquals(ask.replyTo(), read.replyTo());
        Call arrived = read.call();
        assertEquals(args, ValueCodec.readRow(((Encoded) arrived.args()).reader(), BATCH));
        assertEquals(call.key(), arrived.key());
        assertEquals(99, arrived.bytes());
        assertEquals(new Expectation.AtSeq(4), arrived.expectations().get(0));
        assertEquals("t1", key(arrived.expectations().get(1)));
        assertEquals(List.of(1, "y1"), key(arrived.expectations().get(2)));
        var again = (Workspace.Ask) serializer.fromBinary(serializer.toBinary(read), serializer.manifest(read));
        assertEquals(read, again, "passed on before it is read");
    }

    private static final String TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    /** Nodes of the release before read what they know: a call that is not traced is said as ever. */
    @Test
    void a_call_that_is_traced_arrives_with_its_trace_under_a_name_of_its_own() throws Exception {
        Call plain = Call.of(WHO, "batch", new Batch(List.of()));
        var ask = new Workspace.Ask(plain.withTrace(TRACE), actor());
        var serializer = serializerOf(ask);
        assertEquals("traced-ask.1", serializer.manifest(ask));
        var read = (Workspace.Ask) serializer.fromBinary(serializer.toBinary(ask), "traced-ask.1");
        assertEquals(TRACE, read.call().trace());
        assertEquals(ask.replyTo(), read.replyTo());
        assertEquals("ask.1", serializer.manifest(new Workspace.Ask(plain, actor())));

        ActorRef<FromOwner> relay = actor();
        var items = List.<Upstream>of(new Upstream.Request(7, plain.withTrace(TRACE)), new Upstream.Request(8, plain));
        var batch = new Workspace.FromRelay(relay, 77, 1, items);
        var arrived = (Workspace.FromRelay) serializer.fromBinary(serializer.toBinary(batch), "from-relay.1");
        assertEquals(
                List.of(TRACE, ""),
                arrived.items().stream()
                        .map(item -> ((Upstream.Request) item).call().trace())
                        .toList());
        assertEquals(
                List.of(7L, 8L),
                arrived.items().stream()
                        .map(item -> ((Upstream.Request) item).number())
                        .toList());
    }

    private static Object key(Expectation expectation) {
        var row = (Expectation.RowVersion) expectation;
        var shape = SCHEMA.table(SCHEMA.ordinal(row.table())).shape();
        return ValueCodec.readKey(((Encoded) row.key()).reader(), shape);
    }
}
