package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.http.Response;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.workspace.ReadAnswer;
import java.io.IOException;

/** What several routes say in the same words. */
final class Answers {
    private Answers() {}

    /** What came of a command. */
    static Response outcome(Outcome.Accepted accepted) {
        return Response.json(200, out -> {
            out.writeStartObject();
            outcome(out, accepted);
            out.writeEndObject();
        });
    }

    static void outcome(JsonGenerator out, Outcome.Accepted accepted) throws IOException {
        out.writeNumberField("seq", accepted.seq());
        out.writeBooleanField("repeated", accepted.repeated());
        if (accepted.answer().isPresent()) {
            out.writeFieldName("answer");
            out.writeRawValue(accepted.answer().get().text());
        }
    }

    /** A workspace's own members, and what it is to who asks. */
    static void about(JsonGenerator out, ReadAnswer.Found found) throws IOException {
        SystemTables.Workspace about = found.about();
        out.writeStringField("id", about.id());
        out.writeStringField("name", about.name());
        out.writeStringField("module", about.module());
        out.writeNumberField("moduleVersion", about.moduleVersion());
        out.writeStringField("access", about.access().wire());
        out.writeStringField("createdBy", about.createdBy().toString());
        out.writeStringField("createdAt", about.createdAt().toString());
        out.writeStringField("role", found.role().wire());
        out.writeStringField("epoch", about.epoch());
        out.writeNumberField("seq", found.seq());
        out.writeStringField("hash", found.hash().toHex());
    }
}
