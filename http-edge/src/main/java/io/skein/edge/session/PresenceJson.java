package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Members;
import io.skein.engine.relay.PresenceRequest;
import io.skein.engine.schema.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a client of the native wire says about presence: members {@code state}, {@code active}, {@code watch}, {@code leave}, {@code refresh}. */
public final class PresenceJson {
    private static final int MAX_NAME = 128;
    private static final JsonFactory FACTORY = new ObjectMapper().getFactory();

    private final Map<String, Json> state = new LinkedHashMap<>();
    private Optional<Boolean> active = Optional.empty();
    private Optional<PresenceRequest.Watch> watch = Optional.empty();
    private boolean leave;
    private boolean refresh;

    PresenceJson() {}

    /**
     * The members of a state.
     *
     * @throws IllegalArgumentException if it is no object, or has names that are too long
     */
    public static Map<String, Json> members(Json state) {
        var read = new PresenceJson();
        try (JsonParser in = FACTORY.createParser(state.text())) {
            in.nextToken();
            read.member("state", in);
            return read.state;
        } catch (BadJson e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a member; the parser stands at its value. */
    void member(String member, JsonParser in) throws IOException, BadJson {
        switch (member) {
            case "state" ->
                Members.object(in, (name, value) -> {
                    if (name.length() > MAX_NAME) {
                        throw Members.wrong(value, "a name of at most " + MAX_NAME + " characters");
                    }
                    state.put(name, RowJson.readJson(value));
                });
            case "active" -> active = Optional.of(bool(in));
            case "watch" -> watch = Optional.of(watch(in));
            case "leave" -> leave = bool(in);
            case "refresh" -> refresh = bool(in);
            default -> throw Members.unknown(member, in);
        }
    }

    private static boolean bool(JsonParser in) throws IOException, BadJson {
        if (!in.currentToken().isBoolean()) {
            throw Members.wrong(in, "true or false");
        }
        return in.currentToken() == JsonToken.VALUE_TRUE;
    }

    private static PresenceRequest.Watch watch(JsonParser in) throws IOException, BadJson {
        String text = Members.string(in);
        if (text.equals("off")) {
            return new PresenceRequest.Watch.Off();
        }
        for (NativePresence format : NativePresence.values()) {
            if (format.wire().equals(text)) {
                return new PresenceRequest.Watch.With(format);
            }
        }
        throw Members.wrong(in, "list, counts or off");
    }

    PresenceRequest finish() {
        return new PresenceRequest(state, active, watch, leave, refresh, Optional.empty());
    }
}
