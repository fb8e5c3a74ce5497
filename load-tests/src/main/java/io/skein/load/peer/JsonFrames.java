package io.skein.load.peer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;

/** A frame is one JSON object or an array of them. Streaming, because the client shares the machine with the server. */
final class JsonFrames {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonFrames() {}

    /** Reads one object; the parser stands on its START_OBJECT and is left on its END_OBJECT. */
    interface MessageReader {
        void read(JsonParser json) throws IOException;
    }

    static void each(byte[] frame, int length, MessageReader reader) throws IOException {
        try (JsonParser json = parser(frame, 0, length)) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_OBJECT) {
                reader.read(json);
                return;
            }
            expect(first == JsonToken.START_ARRAY, json);
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken() == JsonToken.START_OBJECT, json);
                reader.read(json);
            }
        }
    }

    /** For what is JSON within a frame. */
    static JsonParser parser(byte[] frame, int offset, int length) throws IOException {
        return JSON.createParser(frame, offset, length);
    }

    /**
     * The name of the update that an object is, by its field {@code id}; -1 if it has none. The parser stands on its START_OBJECT and is left on
     * its END_OBJECT.
     */
    static long readName(JsonParser json) throws IOException {
        long name = -1;
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            json.nextToken();
            if (field.equals("id")) {
                name = updateName(json);
            } else {
                json.skipChildren();
            }
        }
        return name;
    }

    /** The current value as it stands there, whatever it is. */
    static String textOf(JsonParser json) throws IOException {
        var text = new StringWriter();
        try (JsonGenerator copy = JSON.createGenerator(text)) {
            copy.copyCurrentStructure(json);
        }
        return text.toString();
    }

    static void expect(boolean condition, JsonParser json) throws IOException {
        if (!condition) {
            throw new IOException("unexpected " + json.currentToken() + " at " + json.currentLocation());
        }
    }

    /** The name of an update, which is the first word of the current string value. */
    static long updateName(JsonParser json) throws IOException {
        char[] text = json.getTextCharacters();
        int from = json.getTextOffset();
        int to = from;
        while (to < from + json.getTextLength() && text[to] != ' ') {
            to++;
        }
        return UpdateName.parse(text, from, to - from);
    }
}
