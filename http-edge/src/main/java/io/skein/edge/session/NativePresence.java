package io.skein.edge.session;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.json.Json;
import io.skein.engine.presence.Crowd;
import io.skein.engine.presence.Mode;
import io.skein.engine.presence.Person;
import io.skein.engine.relay.PresenceFormat;
import io.skein.engine.relay.WireFormat;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who is here, on the native wire. */
public enum NativePresence implements PresenceFormat {
    /** By name, as far as there are not too many. */
    LIST,
    /** How many. */
    COUNTS;

    private static final JsonFactory FACTORY = new JsonFactory();

    /** As the wire calls it. */
    String wire() {
        return switch (this) {
            case LIST -> "list";
            case COUNTS -> "counts";
        };
    }

    @Override
    public PresenceFormat counts() {
        return COUNTS;
    }

    @Override
    public WireFormat.Framing framing() {
        return NativeFormat.FRAMING;
    }

    @Override
    public boolean replaces() {
        return true;
    }

    @Override
    public byte[] list(Crowd crowd) {
        return message(crowd.n(), out -> writeList(out, crowd));
    }

    /** Writes the members of a list: {@code "mode":…,"tick":…,"users":…,"sessions":…,"list":[…]}. */
    private void writeList(JsonGenerator out, Crowd crowd) throws IOException {
        Mode mode = this == COUNTS ? Mode.COUNTS : crowd.mode();
        out.writeStringField("mode", mode.wire());
        out.writeNumberField("tick", crowd.intervalMillis());
        counts(out, crowd.users(), crowd.sessions());
        if (mode != Mode.COUNTS) {
            out.writeFieldName("list");
            people(out, List.copyOf(crowd.people().values()));
        }
    }

    @Override
    public byte @Nullable [] change(Crowd before, Crowd after, Crowd.Change change) {
        boolean counted = before.users() != after.users() || before.sessions() != after.sessions();
        return switch (this) {
            case COUNTS -> counted ? list(after) : null;
            case LIST ->
                message(after.n(), out -> {
                    counts(out, after.users(), after.sessions());
                    if (!change.put().isEmpty()) {
                        out.writeFieldName("put");
                        people(out, change.put());
                    }
                    if (!change.removed().isEmpty()) {
                        out.writeArrayFieldStart("remove");
                        for (Person person : change.removed()) {
                            out.writeString(person.identity().toString());
                        }
                        out.writeEndArray();
                    }
                });
        };
    }

    private static void counts(JsonGenerator out, int users, int sessions) throws IOException {
        out.writeNumberField("users", users);
        out.writeNumberField("sessions", sessions);
    }

    /** Writes people: {@code [{"identity":…,"sessions":…,"active":…,"state":{…}}]}. */
    public static void people(JsonGenerator out, List<Person> people) throws IOException {
        out.writeStartArray();
        for (Person person : people) {
            out.writeStartObject();
            out.writeStringField("identity", person.identity().toString());
            out.writeNumberField("sessions", person.sessions());
            out.writeBooleanField("active", person.active());
            out.writeFieldName("state");
            out.writeRawValue(person.state().text());
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static byte[] message(long n, Json.Writer body) {
        return Json.write(FACTORY, out -> {
            out.writeStartObject();
            out.writeStringField("type", "presence");
            out.writeNumberField("n", n);
            body.write(out);
            out.writeEndObject();
        });
    }
}
