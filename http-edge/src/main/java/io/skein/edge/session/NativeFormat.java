package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.json.Json;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.relay.EncodedRows;
import io.skein.engine.relay.ServerMessage;
import io.skein.engine.relay.SessionFormat;
import io.skein.engine.relay.WireFormat;
import io.skein.engine.schema.Table;
import io.skein.engine.state.RowOp;
import io.skein.engine.state.Stored;
import io.skein.engine.view.TableDelta;
import io.skein.engine.view.TableRows;
import io.skein.engine.view.View;
import io.skein.engine.workspace.TxHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;

/** The server's half of the native wire, {@code v1.json.skein}; {@code docs/native-wire.md} describes it. */
public final class NativeFormat implements WireFormat, SessionFormat {
    private static final JsonFactory FACTORY = new JsonFactory();
    private static final byte[] END = {'}'};
    static final Framing FRAMING = Framing.list(new byte[] {'['}, new byte[] {','}, new byte[] {']'});

    private final long heartbeatMillis;

    /**
     * @param heartbeatMillis what {@code welcome} announces
     */
    public NativeFormat(long heartbeatMillis) {
        this.heartbeatMillis = heartbeatMillis;
    }

    @Override
    public Framing framing() {
        return FRAMING;
    }

    @Override
    public List<byte[]> encode(ServerMessage message) {
        return switch (message) {
            case ServerMessage.Welcome welcome -> List.of(welcome(welcome));
            case ServerMessage.Snapshot snapshot -> snapshot(snapshot);
            case ServerMessage.Resumed(var seq, var view) ->
                List.of(message("resumed", out -> seqAndView(out, seq, view)));
            case ServerMessage.Subscribed subscribed -> subscribed(subscribed);
            case ServerMessage.Unsubscribed gone ->
                List.of(message("unsubscribed", out -> {
                    out.writeNumberField("id", gone.id());
                    out.writeNumberField("sub", gone.subscription());
                    seqAndView(out, gone.seq(), gone.view());
                }));
            case ServerMessage.Tx(var header, var deltas) -> List.of(transaction(header, deltas));
            case ServerMessage.Position(var seq) ->
                List.of(message("position", out -> out.writeNumberField("seq", seq)));
            case ServerMessage.Result(var id, var outcome, var _) -> List.of(outcome(id, outcome));
            case ServerMessage.Signalled(var from, var name, var payload) ->
                List.of(message("signal", out -> {
                    out.writeStringField("name", name);
                    out.writeStringField("from", from.toString());
                    out.writeFieldName("payload");
                    out.writeRawValue(payload.text());
                }));
            case ServerMessage.RoleChanged(var seq, var role, var view) ->
                List.of(message("role", out -> {
                    out.writeNumberField("seq", seq);
                    out.writeStringField("role", role.wire());
                    out.writeStringField("view", view);
                }));
            case ServerMessage.Failed(var id, var refusal) ->
                List.of(message("error", out -> {
                    writeId(out, id);
                    error(out, refusal);
                }));
            case ServerMessage.Pong(var id) -> List.of(message("pong", out -> out.writeNumberField("id", id)));
            case ServerMessage.Own(var parts) -> parts;
            case ServerMessage.Bye(var refusal) -> List.of(message("bye", out -> refusal(out, refusal)));
        };
    }

    /** The answer to a fresh token. */
    static ServerMessage.Own renewed(long id, long leftMillis) {
        return new ServerMessage.Own(List.of(message("token", out -> {
            out.writeNumberField("id", id);
            out.writeNumberField("expiresIn", leftMillis);
        })));
    }

    private byte[] welcome(ServerMessage.Welcome welcome) {
        return message("welcome", out -> {
            out.writeNumberField("id", welcome.id());
            out.writeStringField("session", welcome.session());
            out.writeStringField("identity", welcome.identity().toString());
            out.writeStringField("role", welcome.role().wire());
            out.writeStringField("workspace", welcome.workspace());
            out.writeStringField("module", welcome.module());
            out.writeStringField("epoch", welcome.epoch());
            out.writeNumberField("seq", welcome.seq());
            out.writeNumberField("heartbeat", heartbeatMillis);
        });
    }

    /** The shared rows stay a part of their own, between what is this session's. */
    private static List<byte[]> snapshot(ServerMessage.Snapshot snapshot) {
        return around(
                message("snapshot", out -> {
                    seqAndView(out, snapshot.seq(), snapshot.view());
                    if (!snapshot.reason().isEmpty()) {
                        out.writeStringField("reason", snapshot.reason());
                    }
                }),
                ",\"subs\":",
                snapshot.rows());
    }

    private static List<byte[]> subscribed(ServerMessage.Subscribed subscribed) {
        return around(
                message("subscribed", out -> {
                    out.writeNumberField("id", subscribed.id());
                    out.writeNumberField("sub", subscribed.subscriptions().getFirst());
                    seqAndView(out, subscribed.seq(), subscribed.view());
                }),
                ",\"tables\":",
                subscribed.rows());
    }

    private static List<byte[]> around(byte[] message, String member, EncodedRows rows) {
        byte[] name = member.getBytes(StandardCharsets.US_ASCII);
        var head = java.util.Arrays.copyOf(message, message.length - 1 + name.length);
        System.arraycopy(name, 0, head, message.length - 1, name.length);
        return List.of(head, rows.parts().getFirst(), END);
    }

    private static byte[] outcome(long id, Outcome outcome) {
        return message("outcome", out -> {
            out.writeNumberField("id", id);
            switch (outcome) {
                case Outcome.Accepted(var seq, var repeated, var answer) -> {
                    out.writeBooleanField("ok", true);
                    out.writeNumberField("seq", seq);
                    out.writeBooleanField("repeated", repeated);
                    if (answer.isPresent()) {
                        json(out, "answer", answer.get());
                    }
                }
                case Outcome.Answered(var seq, var answer) -> {
                    out.writeBooleanField("ok", true);
                    out.writeNumberField("seq", seq);
                    out.writeBooleanField("query", true);
                    json(out, "answer", answer);
                }
                case Outcome.Refused(var refusal, var repeated) -> {
                    out.writeBooleanField("ok", false);
                    out.writeBooleanField("repeated", repeated);
                    error(out, refusal);
                }
            }
        });
    }

    @Override
    public byte[] transaction(TxHeader header, List<TableDelta> deltas) {
        return message("tx", out -> {
            out.writeNumberField("seq", header.seq());
            out.writeStringField(
                    "time", ValueCodec.fromMicros(header.timeMicros()).toString());
            out.writeStringField("sender", header.sender().toString());
            out.writeStringField("reducer", header.reducer());
            out.writeStringField("hash", header.hash().toHex());
            out.writeObjectFieldStart("subs");
            long open = -1;
            for (TableDelta delta : deltas) {
                if (delta.subscription() != open) {
                    if (open >= 0) {
                        out.writeEndObject();
                    }
                    open = delta.subscription();
                    out.writeObjectFieldStart(Long.toString(open));
                }
                delta(out, delta);
            }
            out.writeEndObject();
            out.writeEndObject();
        });
    }

    /** Writes what a transaction did to a table as a member: {@code "card":{"insert":[…],"update":[…],"delete":[…]}}. */
    public static void delta(JsonGenerator out, TableDelta delta) throws IOException {
        Table<?> table = delta.table();
        out.writeObjectFieldStart(table.name());
        rows(out, "insert", table, delta.ops(), RowOp::isInsert);
        rows(out, "update", table, delta.ops(), op -> !op.isInsert() && !op.isDelete());
        boolean any = false;
        for (RowOp op : delta.ops()) {
            if (op.isDelete()) {
                if (!any) {
                    out.writeArrayFieldStart("delete");
                    any = true;
                }
                RowJson.writeKey(out, table, op.key());
            }
        }
        if (any) {
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private static void rows(JsonGenerator out, String member, Table<?> table, List<RowOp> ops, Predicate<RowOp> which)
            throws IOException {
        boolean any = false;
        for (RowOp op : ops) {
            if (which.test(op)) {
                if (!any) {
                    out.writeArrayFieldStart(member);
                    any = true;
                }
                RowJson.writeRow(out, table.shape(), Objects.requireNonNull(op.after()));
            }
        }
        if (any) {
            out.writeEndArray();
        }
    }

    @Override
    public EncodedRows snapshot(View view, List<TableRows> rows) {
        return new EncodedRows(json(out -> {
            out.writeStartObject();
            for (var subscription : view.subscriptions()) {
                out.writeFieldName(Long.toString(subscription.number()));
                tables(out, rows, subscription.number());
            }
            out.writeEndObject();
        }));
    }

    @Override
    public EncodedRows subscription(View view, List<TableRows> rows) {
        return new EncodedRows(
                json(out -> tables(out, rows, view.subscriptions().getFirst().number())));
    }

    /** Writes the tables of one subscription: {@code {"card":{"rows":[…],"versions":[…]}}}. */
    public static void tables(JsonGenerator out, List<TableRows> rows, long subscription) throws IOException {
        out.writeStartObject();
        for (TableRows table : rows) {
            if (table.subscription() == subscription) {
                out.writeObjectFieldStart(table.table().name());
                table(out, table);
                out.writeEndObject();
            }
        }
        out.writeEndObject();
    }

    private static void table(JsonGenerator out, TableRows table) throws IOException {
        out.writeArrayFieldStart("rows");
        for (Stored<?> stored : table.rows()) {
            for (int i = 0; i < stored.copies(); i++) {
                RowJson.writeRow(out, table.table().shape(), stored.row());
            }
        }
        out.writeEndArray();
        if (table.table().kind() == Table.Kind.KEYED) {
            out.writeArrayFieldStart("versions");
            for (Stored<?> stored : table.rows()) {
                out.writeNumber(stored.version());
            }
            out.writeEndArray();
        }
    }

    private static void seqAndView(JsonGenerator out, long seq, String view) throws IOException {
        out.writeNumberField("seq", seq);
        out.writeStringField("view", view);
    }

    private static void writeId(JsonGenerator out, long id) throws IOException {
        if (id < 0) {
            out.writeNullField("id");
        } else {
            out.writeNumberField("id", id);
        }
    }

    private static void error(JsonGenerator out, Refusal refusal) throws IOException {
        out.writeObjectFieldStart("error");
        refusal(out, refusal);
        out.writeEndObject();
    }

    private static void refusal(JsonGenerator out, Refusal refusal) throws IOException {
        out.writeStringField("code", refusal.code().wire());
        if (!refusal.reason().isEmpty()) {
            out.writeStringField("reason", refusal.reason());
        }
        out.writeStringField("message", refusal.message());
        if (refusal.current() >= 0) {
            out.writeNumberField("current", refusal.current());
        }
        if (refusal.retryAfterMillis() > 0) {
            out.writeNumberField("retryAfter", refusal.retryAfterMillis());
        }
        if (refusal.details().isPresent()) {
            json(out, "details", refusal.details().get());
        }
    }

    private static void json(JsonGenerator out, String member, io.skein.engine.schema.Json value) throws IOException {
        out.writeFieldName(member);
        out.writeRawValue(value.text());
    }

    private static byte[] message(String type, Json.Writer body) {
        return json(out -> {
            out.writeStartObject();
            out.writeStringField("type", type);
            body.write(out);
            out.writeEndObject();
        });
    }

    private static byte[] json(Json.Writer body) {
        return Json.write(FACTORY, body);
    }
}
