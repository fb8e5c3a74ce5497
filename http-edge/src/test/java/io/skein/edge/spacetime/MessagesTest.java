package io.skein.edge.spacetime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.Modules;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.workspace.TxHeader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Messages byte for byte, as they were seen between a client and a server that speak this wire. */
class MessagesTest {
    record Item(@Key long id, String title, boolean done, Identity owner, Instant createdAt) {}

    record PingEvent(String text) {}

    private static final Table<Item> ITEMS = Table.of("item", Item.class);
    private static final Table<PingEvent> PINGS = Table.event("ping_event", PingEvent.class);

    private static final class Shop implements Module {
        @Override
        public void define(Definition module) {
            module.name("shop");
            module.table(ITEMS);
            module.table(PINGS);
        }
    }

    private static final ModuleSchema SCHEMA = Modules.schemaOf(new Shop());
    private static final Identity OWNER = Identity.parse("c200" + "ab".repeat(30));
    private static final String OWNER_BYTES = "ab".repeat(30) + "00c2";
    private static final Instant TIME = Instant.parse("2023-11-14T22:13:20Z");
    private static final String TIME_BYTES = "00401e18240a0600";
    private static final Item HELLO = new Item(1, "hello", false, OWNER, TIME);
    private static final String HELLO_BYTES =
            "0100000000000000" + "0500000068656c6c6f" + "00" + OWNER_BYTES + TIME_BYTES;

    private static final SpacetimeReplies.Listener NOBODY = new SpacetimeReplies.Listener() {
        @Override
        public void welcomed() {}

        @Override
        public void applied(long set) {}

        @Override
        public void failed(long set) {}
    };

    private final SpacetimeReplies replies =
            new SpacetimeReplies(new ConnectionId(0, 0x1234), "my.long.lived.token", InstantSource.fixed(TIME), NOBODY);

    private String said(ServerMessage message) {
        return hex(replies.encode(message));
    }

    private static String hex(List<byte[]> parts) {
        var all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return HexFormat.of().formatHex(all.toByteArray());
    }

    private static byte[] transaction(Table<?> table, @Nullable Object before, @Nullable Object after) {
        var op = new RowOp(SCHEMA.ordinal(table), 1L, before, after);
        var header = new TxHeader(7, 0, OWNER, "r", Bytes.of(new byte[32]));
        return SpacetimeFormat.V3.transaction(header, List.of(new TableDelta(1, table, List.of(op))));
    }

    @Test
    void initialConnection() {
        assertEquals(
                "00" + OWNER_BYTES + "3412" + "00".repeat(14) + "130000006d792e6c6f6e672e6c697665642e746f6b656e",
                said(new ServerMessage.Welcome(0, "s", OWNER, Role.OWNER, "w", "shop", "e", 0)));
    }

    @Test
    void subscribeApplied_twoRowsWithTheirOffsets() {
        var rows = new TableRows(1, ITEMS, List.of(new Stored<>(HELLO, 1, 1, 58), new Stored<>(HELLO, 1, 1, 58)));
        replies.apply(1, 1);
        assertEquals(
                "01" + "01000000" + "01000000" + "01000000" + "04000000" + "6974656d" + "01" + "02000000"
                        + "0000000000000000" + "3a00000000000000" + "74000000" + HELLO_BYTES + HELLO_BYTES,
                said(new ServerMessage.Subscribed(
                        1, List.of(1L), 5, "v", new EncodedRows(SpacetimeFormat.queryRows(List.of(rows))))));
    }

    @Test
    void subscriptionError() {
        long asked = replies.apply(0, 0);
        String text = HexFormat.of().formatHex("invalid_args: no such table: bad".getBytes(StandardCharsets.UTF_8));
        assertEquals(
                "03" + "00" + "00000000" + "00000000" + "20000000" + text,
                said(new ServerMessage.Failed(asked, Refusal.of(ErrorCode.INVALID_ARGS, "no such table: bad"))));
        assertEquals(0, replies.setCount());
    }

    @Test
    void reducerResult_withTheCallersOwnChanges() {
        var accepted = new ServerMessage.Result(2, new Outcome.Accepted(7, false));
        assertEquals(
                "06" + "02000000" + "0500000000000000" + "00" + "00000000" + "01000000" + "01000000" + "01000000"
                        + "04000000" + "6974656d" + "01000000" + "00" + "01" + "01000000" + "0000000000000000"
                        + "3a000000" + HELLO_BYTES + "01" + "00000000" + "00000000",
                hex(replies.outcome(accepted, 5, transaction(ITEMS, null, HELLO))));
        assertEquals(
                "06" + "02000000" + "0500000000000000" + "00" + "00000000" + "00000000",
                hex(replies.outcome(accepted, 5, null)));
    }

    @Test
    void A1_A3_reducerResult_withAnAnswer_asJsonInAString() {
        var json = new Json("{\"n\":7}");
        String text = "0b000000" + "07000000" + HexFormat.of().formatHex("{\"n\":7}".getBytes(StandardCharsets.UTF_8));
        var accepted = new ServerMessage.Result(2, new Outcome.Accepted(7, false, Optional.of(json)));
        assertEquals(
                "06" + "02000000" + "0500000000000000" + "00" + text + "00000000",
                hex(replies.outcome(accepted, 5, null)));
        assertEquals(
                "06" + "03000000" + TIME_BYTES + "00" + text + "00000000",
                said(new ServerMessage.Result(3, new Outcome.Answered(7, json))));
    }

    @Test
    void reducerResult_ofARejection_andOfAnythingElse() {
        var rejected = new Outcome.Refused(Refusal.rejected("no", "not allowed"), false);
        assertEquals(
                "06" + "05000000" + TIME_BYTES + "02" + "0f000000" + "0b000000" + "6e6f7420616c6c6f776564",
                said(new ServerMessage.Result(5, rejected)));
        var failed = new Outcome.Refused(Refusal.of(ErrorCode.INTERNAL, "oops"), false);
        assertEquals(
                "06" + "06000000" + TIME_BYTES + "03" + "0e000000"
                        + HexFormat.of().formatHex("internal: oops".getBytes(StandardCharsets.UTF_8)),
                said(new ServerMessage.Result(6, failed)));
    }

    @Test
    void transactionUpdate_anUpdateIsADeleteAndAnInsert() {
        var done = new Item(1, "hello", true, OWNER, TIME);
        String doneBytes = "0100000000000000" + "0500000068656c6c6f" + "01" + OWNER_BYTES + TIME_BYTES;
        String one = "01" + "01000000" + "0000000000000000" + "3a000000";
        assertEquals(
                "04" + "01000000" + "01000000" + "01000000" + "04000000" + "6974656d" + "01000000" + "00" + one
                        + doneBytes + one + HELLO_BYTES,
                HexFormat.of().formatHex(transaction(ITEMS, HELLO, done)));
    }

    @Test
    void transactionUpdate_ofAnEvent() {
        assertEquals(
                "04" + "01000000" + "01000000" + "01000000" + "0a000000" + "70696e675f6576656e74" + "01000000" + "01"
                        + "01" + "01000000" + "0000000000000000" + "08000000" + "04000000" + "706f6e67",
                HexFormat.of().formatHex(transaction(PINGS, null, new PingEvent("pong"))));
    }

    @Test
    void unsubscribeApplied_withAndWithoutRows() {
        replies.apply(1, 1);
        long asked = replies.unapply(8, 1);
        var rows = new EncodedRows(new byte[] {0, 0, 0, 0});
        assertEquals(
                "02" + "08000000" + "01000000" + "00" + "00000000",
                said(new ServerMessage.Unsubscribed(asked, 1, 5, "v", Optional.of(rows))));
        asked = replies.unapply(9, 1);
        assertEquals(
                "02" + "09000000" + "01000000" + "01",
                said(new ServerMessage.Unsubscribed(asked, 1, 5, "v", Optional.empty())));
    }

    @Test
    void subscribeBatchApplied_withOneSetThatCannotBeHad() {
        var bad = List.of(new SpacetimeReplies.BadSet(9, Refusal.of(ErrorCode.INVALID_ARGS, "x")));
        long asked = replies.applyAll(3, List.of(4L, 2L), bad);
        var rows = new EncodedRows(new byte[] {2}, new byte[] {4});
        assertEquals(
                "08" + "03000000" + "03000000" + "02000000" + "00" + "02" + "04000000" + "00" + "04" + "09000000" + "01"
                        + "0f000000" + HexFormat.of().formatHex("invalid_args: x".getBytes(StandardCharsets.UTF_8)),
                said(new ServerMessage.Subscribed(asked, List.of(2L, 4L), 5, "v", rows)));
    }

    @Test
    void theClientsMessages() throws BsatnException {
        assertEquals(
                new Request.Subscribe(0, new Request.QuerySet(0, List.of("SELECT * FROM bad"))),
                read("00" + "00000000" + "00000000" + "01000000" + "11000000" + "53454c454354202a2046524f4d20626164"));
        var call = (Request.CallReducer)
                read("03" + "02000000" + "00" + "08000000" + "6164645f6974656d" + "09000000" + "050000007468726565");
        assertEquals("add_item", call.reducer());
        assertEquals("three", call.args().string());
        assertEquals(
                new Request.CallProcedure(7, "get_answer"),
                read("04" + "07000000" + "00" + "0a000000" + "6765745f616e73776572" + "00000000"));
        assertEquals(new Request.Unsubscribe(8, 1, true), read("01" + "08000000" + "01000000" + "01"));
        assertEquals(new Request.OneOffQuery(9, "x"), read("02" + "09000000" + "01000000" + "78"));
        assertEquals(
                new Request.SubscribeBatch(1, List.of(new Request.QuerySet(2, List.of()))),
                read("05" + "01000000" + "01000000" + "02000000" + "00000000"));
    }

    @Test
    void V3_anyOtherBytesAreRefused() {
        for (String bad :
                List.of("", "06", "0000000000", "01" + "08000000" + "01000000" + "02", "00" + "ff".repeat(12))) {
            assertThrows(BsatnException.class, () -> read(bad), bad);
        }
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(7);
            }
            try {
                Request.read(new BsatnReader(bytes));
            } catch (BsatnException refused) {
                assertEquals(BsatnException.class, refused.getClass());
            }
        }
    }

    private static Request read(String hex) throws BsatnException {
        return Request.read(new BsatnReader(HexFormat.of().parseHex(hex)));
    }
}
