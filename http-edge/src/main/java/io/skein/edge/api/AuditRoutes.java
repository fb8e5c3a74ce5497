package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.cluster.SkeinSettings;
import io.skein.edge.auth.Scope;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.engine.audit.AuditKind;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.persistence.Answer;
import io.skein.persistence.Readers;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditLog.Numbered;
import io.skein.persistence.audit.AuditLog.Page;
import io.skein.persistence.audit.AuditQuery;
import io.skein.persistence.audit.AuditRecord;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Who changed who may what in a workspace: for its owners (rule U3). */
final class AuditRoutes {
    private static final int USUAL_PAGE = 100;
    private static final int MAX_SUBJECT = 200;

    private final Door door;
    private final AuditLog log;
    private final Readers readers;
    private final int maxPage;

    AuditRoutes(Door door, AuditLog log, SkeinSettings.Audit settings) {
        this.door = door;
        this.log = log;
        this.readers = new Readers("skein-audit", settings.readers(), settings.retryAfter());
        this.maxPage = settings.pageSize();
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/audit", this::page);
    }

    private CompletionStage<Response> page(Request request) {
        String workspace = Door.workspace(request);
        AuditQuery query = query(workspace, request);
        return door.caller(request, Scope.admin(workspace))
                .thenCompose(viewer -> door.read(workspace, viewer, List.of()))
                .thenCompose(found -> {
                    if (found.role() != Role.OWNER) {
                        throw new ProblemException(ErrorCode.FORBIDDEN, "the audit log is for owners");
                    }
                    return door.found(readers.start(_ -> new Answer.Found<>(log.page(query))))
                            .thenApply(page -> answer(workspace, page));
                });
    }

    private AuditQuery query(String workspace, Request request) {
        long before = Bodies.integer(request, "before", 0, 1, Long.MAX_VALUE);
        Optional<String> subject = Optional.ofNullable(request.query("subject"));
        if (subject.filter(text -> text.length() > MAX_SUBJECT || text.indexOf('\0') >= 0)
                .isPresent()) {
            throw Bodies.invalid("subject is an identity or the id of an invitation");
        }
        return new AuditQuery(
                Optional.of(workspace),
                before == 0 ? Optional.empty() : Optional.of(before),
                time(request, "since"),
                time(request, "until"),
                Optional.ofNullable(request.query("kind")).map(text -> Bodies.parsed(text, AuditKind::ofWire)),
                subject,
                (int) Bodies.integer(request, "limit", Math.min(USUAL_PAGE, maxPage), 1, maxPage));
    }

    private static Optional<Instant> time(Request request, String name) {
        String text = request.query(name);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeParseException e) {
            throw Bodies.invalid(name + " is a time such as 2026-01-31T12:00:00Z");
        }
    }

    private static Response answer(String workspace, Page page) {
        return Response.json(200, out -> {
                    out.writeStartObject();
                    out.writeStringField("workspace", workspace);
                    if (page.next().isPresent()) {
                        out.writeNumberField("next", page.next().getAsLong());
                    } else {
                        out.writeNullField("next");
                    }
                    out.writeArrayFieldStart("entries");
                    for (Numbered entry : page.rows()) {
                        write(out, entry);
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                })
                .withHeader("cache-control", "no-store");
    }

    private static void write(JsonGenerator out, Numbered entry) throws IOException {
        AuditRecord row = entry.row();
        out.writeStartObject();
        out.writeNumberField("id", entry.id());
        out.writeStringField("time", row.at().toString());
        out.writeNumberField("seq", row.seq());
        out.writeStringField("kind", row.kind().wire());
        writeText(out, "actor", row.actor().map(Object::toString).orElse(""));
        writeText(out, "subject", row.subject());
        writeText(out, "token", row.origin().token());
        writeText(out, "session", row.origin().session());
        writeText(out, "device", row.origin().device());
        writeText(out, "address", row.origin().address());
        out.writeFieldName("details");
        out.writeRawValue(row.details());
        out.writeEndObject();
    }

    private static void writeText(JsonGenerator out, String name, String text) throws IOException {
        if (text.isEmpty()) {
            out.writeNullField(name);
        } else {
            out.writeStringField(name, text);
        }
    }
}
