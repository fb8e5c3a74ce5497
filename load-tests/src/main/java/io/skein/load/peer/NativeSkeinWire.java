package io.skein.load.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The native wire ({@code docs/native-wire.md}) as a member of a board who adds cards. The card's id names the update. */
final class NativeSkeinWire implements Wire {
    static final String SUBPROTOCOL = "v1.json.skein";

    private static final int COLUMNS = 4;
    private static final byte[] HELLO =
            "{\"type\":\"hello\",\"id\":0,\"subs\":[{\"sub\":1,\"tables\":[{\"table\":\"card\"}]}]}".getBytes(US_ASCII);
    private static final byte[] CALL = "{\"type\":\"call\",\"id\":".getBytes(US_ASCII);
    private static final byte[] ARGS = ",\"reducer\":\"add_card\",\"args\":{\"id\":\"".getBytes(US_ASCII);
    private static final byte[] TITLE = "\",\"title\":\"".getBytes(US_ASCII);
    private static final byte[] COLUMN = "\",\"column\":".getBytes(US_ASCII);
    private static final byte[] KEY = "},\"key\":\"".getBytes(US_ASCII);
    private static final byte[] END = "\"}".getBytes(US_ASCII);

    private String type = "";
    private @Nullable String code;
    private String message = "";
    private long id;
    private long seq;
    private boolean ok;
    private boolean repeated;
    private int retryAfterMillis;
    private long[] inserted = new long[16];
    private int insertedCount;

    @Override
    public List<byte[]> hello(Seat seat) {
        return List.of(HELLO);
    }

    @Override
    public void writeUpdate(Seat seat, long number, byte[] text, ByteBuf out) {
        out.writeBytes(CALL);
        UpdateName.writeDigits(number, out);
        out.writeBytes(ARGS);
        UpdateName.write(seat.member(), number, out);
        out.writeBytes(TITLE).writeBytes(text).writeBytes(COLUMN);
        UpdateName.writeDigits(number % COLUMNS, out);
        out.writeBytes(KEY);
        UpdateName.write(seat.member(), number, out);
        out.writeBytes(END);
    }

    @Override
    public void read(Seat seat, byte[] frame, int length, Heard heard) throws IOException {
        JsonFrames.each(frame, length, json -> {
            readFields(json);
            tell(heard);
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
        insertedCount = 0;
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

    /** {@code {"1":{"card":{"insert":[row, …]}}}}; the rows of a snapshot are under "rows" and none of our business. */
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
            if (!operation.equals("insert")) {
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
            if (column.equals("id")) {
                name = JsonFrames.updateName(json);
            } else {
                json.skipChildren();
            }
        }
        if (insertedCount == inserted.length) {
            inserted = Arrays.copyOf(inserted, 2 * insertedCount);
        }
        inserted[insertedCount++] = name;
    }

    private void tell(Heard heard) throws IOException {
        switch (type) {
            case "tx" -> {
                for (int i = 0; i < insertedCount; i++) {
                    heard.update(seq, UpdateName.author(inserted[i]), UpdateName.number(inserted[i]));
                }
            }
            case "outcome" -> tellOutcome(heard);
            case "snapshot" -> heard.joined(seq);
            case "error" -> tellError(heard);
            case "bye" -> heard.ended("bye " + code + " " + message);
            case "welcome", "position", "pong", "role", "signal" -> {}
            default -> throw new IOException("unknown message " + type);
        }
    }

    private void tellOutcome(Heard heard) {
        if (!ok) {
            heard.refused(id, String.valueOf(code), retryAfterMillis);
        } else if (repeated) {
            // Every key of a run is fresh: a repeated outcome is somebody else's.
            heard.ended("outcome of call " + id + " claims to be a repetition");
        } else {
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
