package io.skein.edge.rooms;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.session.RowJson;
import io.skein.engine.schema.Json;
import io.skein.modules.rooms.yjs.Lib0Reader;
import io.skein.modules.rooms.yjs.Lib0Writer;
import io.skein.modules.rooms.yjs.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What Yjs calls awareness: of each client its own state, under a clock that the client counts. In Skein it is presence. */
final class Awareness {
    /** Members of the state that a session has in Skein. */
    private static final String CLIENT = "yjs_client";

    private static final String CLOCK = "yjs_clock";
    private static final String STATE = "yjs_state";

    private static final JsonFactory FACTORY = new ObjectMapper().getFactory();

    private Awareness() {}

    /**
     * What is known of one client.
     *
     * @param state empty if it is gone
     */
    record Entry(long client, long clock, Optional<Json> state) {
        /** As a session's state in Skein. */
        Map<String, Json> members() {
            var members = new LinkedHashMap<String, Json>();
            members.put(CLIENT, new Json(Long.toString(client)));
            members.put(CLOCK, new Json(Long.toString(clock)));
            members.put(STATE, state.orElse(Json.NULL));
            return members;
        }

        Entry gone() {
            return new Entry(client, clock, Optional.empty());
        }
    }

    /**
     * Reads an awareness update.
     *
     * @throws MalformedException if it is none, or a state is no JSON
     */
    static List<Entry> read(byte[] update) throws MalformedException {
        var in = new Lib0Reader(update);
        long count = in.number();
        var entries = new ArrayList<Entry>();
        for (long i = 0; i < count; i++) {
            entries.add(new Entry(in.number(), in.number(), state(in.string())));
        }
        if (!in.isAtEnd()) {
            throw new MalformedException("something stands behind an awareness update");
        }
        return entries;
    }

    private static Optional<Json> state(String text) throws MalformedException {
        if (text.equals("null")) {
            return Optional.empty();
        }
        try (JsonParser parser = FACTORY.createParser(text)) {
            if (parser.nextToken() == null) {
                throw new MalformedException("an awareness state is no JSON: it is empty");
            }
            Json state = RowJson.readJson(parser);
            if (parser.nextToken() != null) {
                throw new MalformedException("an awareness state is no JSON: something stands behind it");
            }
            return Optional.of(state);
        } catch (IOException e) {
            throw new MalformedException("an awareness state is no JSON");
        }
    }

    /** What a state in Skein says of a client; null if it is not that of a client of Yjs. */
    static @Nullable Entry entry(Json state) {
        long client = -1;
        long clock = -1;
        Json said = null;
        try (JsonParser in = FACTORY.createParser(state.text())) {
            in.nextToken();
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String name = in.currentName();
                JsonToken value = in.nextToken();
                boolean whole = value == JsonToken.VALUE_NUMBER_INT;
                if (name.equals(CLIENT) && whole) {
                    client = in.getLongValue();
                } else if (name.equals(CLOCK) && whole) {
                    clock = in.getLongValue();
                } else if (name.equals(STATE)) {
                    said = RowJson.readJson(in);
                } else {
                    in.skipChildren();
                }
            }
        } catch (IOException e) {
            return null; // a number larger than any that Yjs has: somebody else's
        }
        if (said == null || !isNumber(client) || !isNumber(clock)) {
            return null;
        }
        return new Entry(client, clock, Optional.of(said));
    }

    private static boolean isNumber(long value) {
        return value >= 0 && value <= Lib0Reader.MAX_NUMBER;
    }

    /** An awareness message. */
    static byte[] message(List<Entry> entries) {
        var update = new Lib0Writer();
        update.number(entries.size());
        for (Entry entry : entries) {
            update.number(entry.client())
                    .number(entry.clock())
                    .string(entry.state().map(Json::text).orElse("null"));
        }
        byte[] body = update.toArray();
        return new Lib0Writer(body.length + 8)
                .number(Dialect.AWARENESS)
                .byteArray(body)
                .toArray();
    }
}
