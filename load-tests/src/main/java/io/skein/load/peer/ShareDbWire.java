package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What the client of ShareDB 7 says to {@code peers/sharedb}. A room is a document, an update an operation of json0 that puts its author's last text in the place
 * of the one before, under a key of the author's own: so the document stays small, which counts because the server copies it for each operation. The first member
 * makes the document. Versions of the document are seqs.
 *
 * <p>As that client does, it has one operation of a member on its way at a time; others wait here, and are not made one ({@code preventCompose}).
 */
final class ShareDbWire implements Wire {
    private static final String DOCUMENT = "\"c\":\"rooms\",\"d\":\"%s\",\"v\":%s";
    private static final String HANDSHAKE = "{\"a\":\"hs\",\"id\":null,\"protocol\":1,\"protocolMinor\":2}";
    private static final String SUBSCRIBE = "{\"a\":\"s\"," + DOCUMENT + "}";
    private static final String FETCH = "{\"a\":\"f\"," + DOCUMENT + "}";
    private static final String CREATE = "{\"a\":\"op\"," + DOCUMENT
            + ",\"seq\":%d,\"x\":{},\"create\":{\"type\":\"http://sharejs.org/types/JSONv0\",\"data\":{}}}";
    private static final byte[] OPERATION = "{\"a\":\"op\",\"c\":\"rooms\",\"d\":\"".getBytes(US_ASCII);
    private static final byte[] VERSION = "\",\"v\":".getBytes(US_ASCII);
    private static final byte[] SEQ = ",\"seq\":".getBytes(US_ASCII);
    private static final byte[] PATH = ",\"x\":{},\"op\":[{\"p\":[\"m".getBytes(US_ASCII);
    private static final byte[] DELETED = "\"],\"od\":".getBytes(US_ASCII);
    private static final byte[] INSERTED = ",\"oi\":".getBytes(US_ASCII);
    private static final byte[] INSERTED_FIRST = "\"],\"oi\":".getBytes(US_ASCII);
    private static final byte[] END = "}]}".getBytes(US_ASCII);
    private static final byte[] ID = "{\"id\":\"".getBytes(US_ASCII);
    private static final byte[] TEXT = "\",\"text\":\"".getBytes(US_ASCII);
    private static final byte[] TEXT_END = "\"}".getBytes(US_ASCII);

    private final Map<Seat, Document> documents = new HashMap<>();

    private String action = "";
    private String source = "";
    private String error = "";
    private long version;
    private long seq;
    private long name;
    private boolean creates;
    private boolean exists;

    /** A text that a member writes under its number. */
    private record Update(long number, String text) {}

    /** A member's copy of its room's document, without its content. */
    private static final class Document {
        private final Queue<Update> waiting = new ArrayDeque<>();
        private String source = "";
        private long version;
        private long lastSeq;
        /** On its way; that which makes the document has number 0. */
        private @Nullable Update sent;

        private @Nullable Update acknowledged;
        private boolean isFetching;
    }

    @Override
    public List<byte[]> hello(Seat seat) {
        documents.put(seat, new Document());
        return List.of(HANDSHAKE.getBytes(US_ASCII));
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        Document document = document(seat);
        var update = new Update(number, new String(text, US_ASCII));
        if (document.sent == null) {
            send(seat, document, update, out);
        } else {
            document.waiting.add(update);
        }
    }

    private static void send(Seat seat, Document document, Update update, ByteBuf out) {
        document.sent = update;
        out.writeBytes(OPERATION);
        ByteBufUtil.writeAscii(out, seat.roomName());
        out.writeBytes(VERSION);
        UpdateName.writeDigits(document.version, out);
        out.writeBytes(SEQ);
        UpdateName.writeDigits(++document.lastSeq, out);
        out.writeBytes(PATH);
        UpdateName.writeDigits(seat.member(), out);
        if (document.acknowledged == null) {
            out.writeBytes(INSERTED_FIRST);
        } else {
            out.writeBytes(DELETED);
            write(seat, document.acknowledged, out);
            out.writeBytes(INSERTED);
        }
        write(seat, update, out);
        out.writeBytes(END);
    }

    private static void write(Seat seat, Update update, ByteBuf out) {
        out.writeBytes(ID);
        UpdateName.write(seat.member(), update.number, out);
        out.writeBytes(TEXT);
        ByteBufUtil.writeAscii(out, update.text);
        out.writeBytes(TEXT_END);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        JsonFrames.each(frame, length, json -> {
            readFields(json);
            tell(seat, document(seat), heard);
        });
    }

    private void readFields(JsonParser json) throws IOException {
        action = "";
        source = "";
        error = "";
        version = -1;
        seq = -1;
        name = -1;
        creates = false;
        exists = false;
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (field) {
                case "a" -> action = json.getText();
                case "id", "src" -> source = value == JsonToken.VALUE_STRING ? json.getText() : "";
                case "v" -> version = json.getLongValue();
                case "seq" -> seq = json.getLongValue();
                case "data" -> readSnapshot(json);
                case "op" -> readOperation(json);
                case "create" -> {
                    creates = true;
                    json.skipChildren();
                }
                case "error" -> error = JsonFrames.textOf(json);
                default -> json.skipChildren();
            }
        }
    }

    private void readSnapshot(JsonParser json) throws IOException {
        JsonFrames.expect(json.currentToken() == JsonToken.START_OBJECT, json);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (field) {
                case "v" -> version = json.getLongValue();
                // A document that nobody has made has none.
                case "data" -> {
                    exists = value == JsonToken.START_OBJECT;
                    json.skipChildren();
                }
                default -> json.skipChildren();
            }
        }
    }

    private void readOperation(JsonParser json) throws IOException {
        JsonFrames.expect(json.currentToken() == JsonToken.START_ARRAY, json);
        while (json.nextToken() != JsonToken.END_ARRAY) {
            JsonFrames.expect(json.currentToken() == JsonToken.START_OBJECT, json);
            for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
                JsonToken value = json.nextToken();
                if (field.equals("oi") && value == JsonToken.START_OBJECT) {
                    name = JsonFrames.readName(json);
                } else {
                    json.skipChildren();
                }
            }
        }
    }

    private void tell(Seat seat, Document document, Heard heard) throws IOException {
        if (!error.isEmpty()) {
            heard.ended(error);
            return;
        }
        switch (action) {
            case "init" -> {}
            case "hs" -> {
                document.source = source;
                heard.answer(SUBSCRIBE.formatted(seat.roomName(), null).getBytes(US_ASCII));
            }
            case "s" -> subscribed(seat, document, heard);
            case "f" -> document.isFetching = false;
            case "op" -> operation(seat, document, heard);
            default -> throw new IOException("unknown action " + action);
        }
    }

    private void subscribed(Seat seat, Document document, Heard heard) {
        document.version = version;
        if (exists) {
            heard.joined(version);
        } else if (seat.member() == 0) {
            document.sent = new Update(0, "");
            heard.answer(CREATE.formatted(seat.roomName(), version, ++document.lastSeq)
                    .getBytes(US_ASCII));
        }
    }

    /** What is older than the member's copy is known: the answer to an operation brings what was missing then, which may come on its own too. */
    private void operation(Seat seat, Document document, Heard heard) {
        if (version > document.version) {
            fetch(seat, document, heard);
        } else if (version == document.version) {
            apply(seat, document, heard);
        }
    }

    private void apply(Seat seat, Document document, Heard heard) {
        document.version++;
        Update sent = document.sent;
        if (sent != null && seq == document.lastSeq && source.equals(document.source)) {
            acknowledged(seat, document, sent, heard);
        } else if (creates) {
            heard.joined(document.version);
        } else {
            heard.update(document.version, UpdateName.author(name), UpdateName.number(name));
        }
    }

    private static void acknowledged(Seat seat, Document document, Update sent, Heard heard) {
        document.sent = null;
        if (sent.number == 0) {
            heard.joined(document.version);
            return;
        }
        document.acknowledged = sent;
        heard.update(document.version, seat.member(), sent.number);
        Update next = document.waiting.poll();
        if (next != null) {
            ByteBuf operation = Unpooled.buffer(512);
            send(seat, document, next, operation);
            heard.answer(ByteBufUtil.getBytes(operation));
        }
        heard.acknowledged(sent.number, document.version);
    }

    /** Something between was not heard: asks for it, once, as that client does. */
    private static void fetch(Seat seat, Document document, Heard heard) {
        if (!document.isFetching) {
            document.isFetching = true;
            heard.answer(FETCH.formatted(seat.roomName(), document.version).getBytes(US_ASCII));
        }
    }

    private Document document(Seat seat) {
        Document document = documents.get(seat);
        if (document == null) {
            throw new IllegalStateException(seat + " has not said hello");
        }
        return document;
    }
}
