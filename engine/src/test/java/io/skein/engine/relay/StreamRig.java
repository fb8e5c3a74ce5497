package io.skein.engine.relay;

import io.skein.engine.Modules;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.RowOp;
import io.skein.engine.view.Audience;
import io.skein.engine.view.CompiledView;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.Downstream;
import io.skein.engine.workspace.TxHeader;
import io.skein.modules.board.BoardModule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Logs and outboxes without a relay: what a session says is a list of words such as {@code tx 7}. */
final class StreamRig {
    static final ModuleSchema SCHEMA = Modules.schemaOf(new BoardModule());
    static final Words FORMAT = new Words();
    static final int BUDGET = 24;

    private static final BoardModule.Card CARD = new BoardModule.Card("a", "t", 1, 0, "");

    private StreamRig() {}

    static RelaySettings settings(int logTransactions) {
        RelaySettings usual = RelaySettings.DEFAULT;
        return new RelaySettings(
                usual.maxSessions(),
                usual.maxUnacknowledged(),
                usual.maxUnacknowledgedBytes(),
                logTransactions,
                usual.logBytes(),
                usual.snapshotCacheBytes(),
                usual.maxIdleViews(),
                usual.maxPendingChanges(),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                BUDGET,
                Duration.ofMillis(1));
    }

    /** A log that sees cards and nothing else. */
    static ViewLog log(long seq, int logTransactions) {
        var view = new View(
                new Audience(Role.VIEWER, Optional.empty()),
                List.of(Subscription.of(1, Map.of("card", new Filter.All()))));
        return new ViewLog(new CompiledView(SCHEMA, view), FORMAT, seq, settings(logTransactions));
    }

    static Outbox outbox() {
        return new Outbox(FORMAT, FORMAT, BUDGET);
    }

    static TxHeader header(long seq) {
        return new TxHeader(seq, seq, Identity.SYSTEM, "r", Bytes.of(new byte[32]));
    }

    static Downstream.Entry entry(long seq, boolean visible) {
        var op = new RowOp(SCHEMA.ordinal(BoardModule.CARDS), "a", null, CARD);
        return new Downstream.Entry(header(seq), visible ? List.of(op) : List.of(), 100);
    }

    /** Writes into a log that has no joins. */
    static void append(ViewLog log, Downstream.Entry entry, long maxBytes) {
        log.append(
                entry,
                join -> {
                    throw new AssertionError(join);
                },
                maxBytes);
    }

    static ServerMessage result(long seq) {
        return new ServerMessage.Result(seq, new Outcome.Accepted(seq, false));
    }

    static ServerMessage.Bye bye() {
        return new ServerMessage.Bye(Refusal.of(io.skein.engine.module.ErrorCode.FORBIDDEN, "gone"));
    }

    static ServerMessage snapshot(long seq) {
        return new ServerMessage.Snapshot(seq, "v", "", new EncodedRows(new byte[0]));
    }

    /** Says a restart from here. */
    static void restart(Outbox outbox, DeltaNode node) {
        outbox.restart(snapshot(node.seq()), node);
    }

    /** Everything that the outbox lets go now. */
    static List<String> drain(Outbox outbox) {
        var words = new ArrayList<String>();
        for (Frame frame = outbox.poll(); frame != null; frame = outbox.poll()) {
            words.addAll(words(frame));
        }
        return words;
    }

    static List<String> words(Frame frame) {
        var text = new StringBuilder();
        frame.parts().forEach(part -> text.append(new String(part, StandardCharsets.US_ASCII)));
        return List.of(text.toString().replace("[", "").replace("]", "").split(","));
    }

    static final class Words implements WireFormat, SessionFormat {
        private static final Framing FRAMING = Framing.list(new byte[] {'['}, new byte[] {','}, new byte[] {']'});

        @Override
        public List<byte[]> encode(ServerMessage message) {
            return List.of(bytes(
                    switch (message) {
                        case ServerMessage.Tx(var header, var _) -> "tx " + header.seq();
                        case ServerMessage.Position(var seq) -> "position " + seq;
                        case ServerMessage.Result(var id, var _, var _) -> "outcome " + id;
                        case ServerMessage.Snapshot snapshot -> "snapshot " + snapshot.seq();
                        case ServerMessage.RoleChanged changed -> "role " + changed.seq();
                        case ServerMessage.Bye _ -> "bye";
                        case ServerMessage.Pong(var id) -> "pong " + id;
                        case ServerMessage.Welcome _ -> "welcome";
                        case ServerMessage.Resumed resumed -> "resumed " + resumed.seq();
                        case ServerMessage.Subscribed said -> "subscribed " + said.seq();
                        case ServerMessage.Unsubscribed said -> "unsubscribed " + said.seq();
                        case ServerMessage.Signalled _ -> "signal";
                        case ServerMessage.Failed _ -> "error";
                        case ServerMessage.Own _ -> "own";
                    }));
        }

        @Override
        public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
            return bytes("tx " + header.seq());
        }

        @Override
        public EncodedRows snapshot(View view, List<TableRows> rows) {
            return new EncodedRows(new byte[0]);
        }

        @Override
        public EncodedRows subscription(View view, List<TableRows> rows) {
            return new EncodedRows(new byte[0]);
        }

        @Override
        public Framing framing() {
            return FRAMING;
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** A wire on which nobody starts over. */
    static final class Closing implements WireFormat {
        @Override
        public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
            return FORMAT.transaction(header, deltas);
        }

        @Override
        public EncodedRows snapshot(View view, List<TableRows> rows) {
            return FORMAT.snapshot(view, rows);
        }

        @Override
        public EncodedRows subscription(View view, List<TableRows> rows) {
            return FORMAT.subscription(view, rows);
        }

        @Override
        public Framing framing() {
            return FORMAT.framing();
        }

        @Override
        public boolean restarts() {
            return false;
        }
    }
}
