package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The native wire ({@code docs/native-wire.md}) as a member of a board who writes on a card of its own, as people who type or drag do: it adds cards until it has
 * one, and edits that one from then on. The first word of the card's title names the update.
 */
final class NativeSkeinWire implements Wire {
    static final String SUBPROTOCOL = "v1.json.skein";

    private static final int COLUMNS = 4;
    private static final byte[] HELLO =
            "{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":[{\"table\":\"card\"}]}]}".getBytes(US_ASCII);
    private static final byte[] CALL = "{\"type\":\"call\",\"id\":".getBytes(US_ASCII);
    private static final byte[] ADD = ",\"reducer\":\"add_card\",\"args\":{\"id\":\"".getBytes(US_ASCII);
    private static final byte[] EDIT = ",\"reducer\":\"edit_card\",\"args\":{\"id\":\"".getBytes(US_ASCII);
    private static final byte[] TITLE = "\",\"title\":\"".getBytes(US_ASCII);
    private static final byte[] COLUMN = "\",\"column\":".getBytes(US_ASCII);
    private static final byte[] ADDED = "},\"key\":\"".getBytes(US_ASCII);
    private static final byte[] EDITED = "\"},\"key\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}".getBytes(US_ASCII);

    /** The update with which a member added the card that it edits. */
    private final Map<Seat, Long> cards = new HashMap<>();

    private String type = "";
    private @Nullable String code;
    private String message = "";
    private long id;
    private long seq;
    private boolean ok;
    private boolean repeated;
    private int retryAfterMillis;
    private long[] written = new long[16];
    private int writtenCount;

    @Override
    public List<byte[]> hello(Seat seat) {
        return List.of(HELLO);
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        Long card = cards.get(seat);
        out.writeBytes(CALL);
        UpdateName.writeDigits(number, out);
        out.writeBytes(card == null ? ADD : EDIT);
        UpdateName.write(seat.member(), card == null ? number : card, out);
        out.writeBytes(TITLE);
        UpdateName.write(seat.member(), number, out);
        out.writeByte(' ').writeBytes(text);
        if (card == null) {
            out.writeBytes(COLUMN);
            UpdateName.writeDigits(number % COLUMNS, out);
            out.writeBytes(ADDED);
        } else {
            out.writeBytes(EDITED);
        }
        UpdateName.write(seat.member(), number, out);
        out.writeBytes(END);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        JsonFrames.each(frame, length, json -> {
            readFields(json);
            tell(seat, heard);
        });
    }

    private void readFields(JsonParser json) throws IOException {
        type = "";
        code = null;
        message = "";
        id = -1;
        seq = 0;
        ok = false;
        repeated = false;
        retryAfterMillis = 0;
        writtenCount = 0;
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (field) {
                case "type" -> type = json.getText();
                case "id" -> id = value == JsonToken.VALUE_NULL ? -1 : json.getLongValue();
                case "seq" -> seq = json.getLongValue();
                case "ok" -> ok = json.getBooleanValue();
                case "repeated" -> repeated = json.getBooleanValue();
                case "error" -> readError(json);
                case "code" -> code = json.getText();
                case "message" -> message = json.getText();
                case "retryAfter" -> retryAfterMillis = json.getIntValue();
                case "subs" -> readSubs(json);
                default -> json.skipChildren();
            }
        }
    }

    private void readError(JsonParser json) throws IOException {
        JsonFrames.expect(json.currentToken() == JsonToken.START_OBJECT, json);
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            switch (field) {
                case "code" -> code = json.getText();
                case "message" -> message = json.getText();
                case "retryAfter" -> retryAfterMillis = json.getIntValue();
                default -> json.skipChildren();
            }
        }
    }

    /** {@code {"1":{"card":{"insert":[row, …],"update":[row, …]}}}}; the rows of a snapshot are under "rows" and none of our business. */
    private void readSubs(JsonParser json) throws IOException {
        JsonFrames.expect(json.currentToken() == JsonToken.START_OBJECT, json);
        while (json.nextFieldName() != null) {
            JsonFrames.expect(json.nextToken() == JsonToken.START_OBJECT, json);
            while (json.nextFieldName() != null) {
                JsonFrames.expect(json.nextToken() == JsonToken.START_OBJECT, json);
                readOperations(json);
            }
        }
    }

    private void readOperations(JsonParser json) throws IOException {
        for (String operation = json.nextFieldName(); operation != null; operation = json.nextFieldName()) {
            json.nextToken();
            if (!operation.equals("insert") && !operation.equals("update")) {
                json.skipChildren();
                continue;
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                readRow(json);
            }
        }
    }

    private void readRow(JsonParser json) throws IOException {
        JsonFrames.expect(json.currentToken() == JsonToken.START_OBJECT, json);
        long name = -1;
        for (String column = json.nextFieldName(); column != null; column = json.nextFieldName()) {
            json.nextToken();
            if (column.equals("title")) {
                name = JsonFrames.updateName(json);
            } else {
                json.skipChildren();
            }
        }
        if (writtenCount == written.length) {
            written = Arrays.copyOf(written, 2 * writtenCount);
        }
        written[writtenCount++] = name;
    }

    private void tell(Seat seat, Heard heard) throws IOException {
        switch (type) {
            case "tx" -> {
                for (int i = 0; i < writtenCount; i++) {
                    heard.update(seq, UpdateName.author(written[i]), UpdateName.number(written[i]));
                }
            }
            case "outcome" -> tellOutcome(seat, heard);
            case "snapshot" -> heard.joined(seq);
            case "error" -> tellError(heard);
            case "bye" -> heard.ended("bye " + code + " " + message);
            case "welcome", "position", "pong", "role", "signal" -> {}
            default -> throw new IOException("unknown message " + type);
        }
    }

    private void tellOutcome(Seat seat, Heard heard) {
        if (!ok) {
            heard.refused(id, String.valueOf(code), retryAfterMillis);
        } else if (repeated) {
            // Every key of a run is fresh: a repeated outcome is somebody else's.
            heard.ended("outcome of call " + id + " claims to be a repetition");
        } else {
            cards.putIfAbsent(seat, id);
            heard.acknowledged(id, seq);
        }
    }

    private void tellError(Heard heard) {
        if (id > 0) {
            heard.refused(id, String.valueOf(code), retryAfterMillis);
        } else {
            heard.ended("error " + code + " " + message);
        }
    }
}
