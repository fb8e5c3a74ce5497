package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonGenerator;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Request;
import io.skein.edge.http.Response;
import io.skein.edge.http.Router;
import io.skein.edge.session.RowJson;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.journal.RowChange;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Table;
import io.skein.engine.view.Audience;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.engine.workspace.TxHeader;
import io.skein.persistence.Answer;
import io.skein.persistence.history.History;
import io.skein.persistence.history.History.Entry;
import io.skein.persistence.history.History.Order;
import io.skein.persistence.history.History.Page;
import io.skein.persistence.history.History.Range;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Who did what, and when, as far as the caller may know; see {@link Past}. */
final class HistoryRoutes {
    private static final int USUAL_PAGE = 100;

    private final Door door;
    private final History history;
    private final int maxPage;

    /**
     * @param maxPage transactions that a page may ask for
     */
    HistoryRoutes(Door door, History history, int maxPage) {
        this.door = door;
        this.history = history;
        this.maxPage = maxPage;
    }

    void addTo(Router.Builder router) {
        router.get("/v1/workspaces/{workspace}/history", this::page)
                .get("/v1/workspaces/{workspace}/history/chain", this::chain);
    }

    private CompletionStage<Response> page(Request request) {
        String workspace = Door.workspace(request);
        Range range = range(request);
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.read(workspace, viewer, List.of())
                        .thenCompose(now ->
                                door.found(entries(now, viewer, range)).thenApply(page -> answer(now, range, page))));
    }

    /** The newest transactions, or those before or after one. */
    private Range range(Request request) {
        int limit = (int) Bodies.integer(request, "limit", Math.min(USUAL_PAGE, maxPage), 1, maxPage);
        long before = Bodies.integer(request, "before", -1, 2, Long.MAX_VALUE);
        long after = Bodies.integer(request, "after", -1, 0, Long.MAX_VALUE - 1);
        if (before >= 0 && after >= 0) {
            throw Bodies.invalid("either before or after");
        }
        if (after >= 0) {
            return new Range(Order.OLDEST_FIRST, after + 1, limit);
        }
        return before >= 0 ? new Range(Order.NEWEST_FIRST, before - 1, limit) : Range.newest(limit);
    }

    private CompletableFuture<Answer<Page>> entries(ReadAnswer.Found now, Identity viewer, Range range) {
        String workspace = now.about().id();
        if (Past.seesAll(now.role())) {
            ModuleSchema schema = door.moduleOf(now);
            return history.page(workspace, Audience.of(schema, viewer, now.role()), range);
        }
        return history.page(workspace, state -> Past.audience(state, viewer, now.role()), range);
    }

    private static Response answer(ReadAnswer.Found now, Range range, Page page) {
        List<Entry> entries = page.entries();
        return Response.lines(
                        "application/json",
                        new Pieces()
                                .open(
                                        out -> {
                                            out.writeStartObject();
                                            out.writeStringField(
                                                    "workspace", now.about().id());
                                            out.writeStringField(
                                                    "epoch", now.about().epoch());
                                            out.writeNumberField("head", page.head());
                                            writeNext(out, range, page);
                                            out.writeEndObject();
                                        },
                                        "transactions")
                                .array(entries.size(), i -> out -> write(out, page.schema(), entries.get(i)))
                                .add("}"))
                .withHeader("cache-control", "private, no-cache");
    }

    /** The {@code before} or {@code after} of the next page. */
    private static void writeNext(JsonGenerator out, Range range, Page page) throws IOException {
        if (page.next().isEmpty()) {
            out.writeNullField("next");
            return;
        }
        long next = page.next().getAsLong();
        out.writeNumberField(
                "next",
                switch (range.order()) {
                    case NEWEST_FIRST -> next + 1;
                    case OLDEST_FIRST -> next - 1;
                });
    }

    /** The hash chain, which is checked while it is read. Its bytes are for those alone from whom no row is hidden. */
    private CompletionStage<Response> chain(Request request) {
        String workspace = Door.workspace(request);
        int limit = (int) Bodies.integer(request, "limit", Math.min(USUAL_PAGE, maxPage), 1, maxPage);
        long first = Bodies.integer(request, "after", 0, 0, Long.MAX_VALUE - 1) + 1;
        return door.reader(request, workspace)
                .thenCompose(viewer -> door.read(workspace, viewer, List.of()))
                .thenCompose(now -> {
                    if (!Past.seesAll(now.role())) {
                        throw new ProblemException(
                                ErrorCode.FORBIDDEN, "hashes of what somebody may not see are for admins and owners");
                    }
                    return door.found(history.chain(workspace, first, limit)).thenApply(chain -> answer(now, chain));
                });
    }

    private Response answer(ReadAnswer.Found now, History.Chain chain) {
        boolean all = door.moduleOf(now).rules().stream()
                .allMatch(rule -> rule.rows().isEmpty() && now.role().atLeast(rule.minimum()));
        return Response.lines(
                        "application/json",
                        new Pieces()
                                .open(
                                        out -> {
                                            out.writeStartObject();
                                            out.writeStringField(
                                                    "workspace", now.about().id());
                                            out.writeStringField(
                                                    "epoch", now.about().epoch());
                                            out.writeNumberField("head", chain.head());
                                            out.writeStringField(
                                                    "hashBefore",
                                                    chain.hashBefore().toHex());
                                            if (chain.next().isPresent()) {
                                                out.writeNumberField(
                                                        "next", chain.next().getAsLong() - 1);
                                            } else {
                                                out.writeNullField("next");
                                            }
                                            out.writeEndObject();
                                        },
                                        "transactions")
                                .array(
                                        chain.links().size(),
                                        i -> out -> write(out, chain.links().get(i), all))
                                .add("}"))
                .withHeader("cache-control", "private, no-cache");
    }

    private static void write(JsonGenerator out, History.Link link, boolean withBytes) throws IOException {
        out.writeStartObject();
        out.writeNumberField("seq", link.seq());
        out.writeStringField("hash", link.hash().toHex());
        if (withBytes) {
            out.writeStringField("canonical", link.canonical().toString());
        } else {
            out.writeNullField("canonical");
        }
        out.writeEndObject();
    }

    private static void write(JsonGenerator out, ModuleSchema schema, Entry entry) throws IOException {
        TxHeader header = entry.header();
        out.writeStartObject();
        out.writeNumberField("seq", header.seq());
        out.writeStringField("time", ValueCodec.fromMicros(header.timeMicros()).toString());
        out.writeStringField("sender", header.sender().toString());
        out.writeStringField("reducer", header.reducer());
        out.writeStringField("hash", header.hash().toHex());
        out.writeObjectFieldStart("tables");
        List<RowChange> changes = entry.changes();
        for (int from = 0, to; from < changes.size(); from = to) {
            int table = changes.get(from).table();
            to = from + 1;
            while (to < changes.size() && changes.get(to).table() == table) {
                to++;
            }
            writeTable(out, schema.table(table), changes.subList(from, to));
        }
        out.writeEndObject();
        out.writeEndObject();
    }

    /** In the form of the native wire's {@code tx}. */
    private static void writeTable(JsonGenerator out, Table<?> table, List<RowChange> changes) throws IOException {
        out.writeObjectFieldStart(table.name());
        for (RowChange.Kind kind : RowChange.Kind.values()) {
            List<RowChange> ofKind =
                    changes.stream().filter(change -> change.kind() == kind).toList();
            if (!ofKind.isEmpty()) {
                out.writeArrayFieldStart(
                        switch (kind) {
                            case INSERT -> "insert";
                            case UPDATE -> "update";
                            case DELETE -> "delete";
                        });
                for (RowChange change : ofKind) {
                    switch (kind) {
                        case INSERT, UPDATE -> RowJson.writeRow(out, table.shape(), change.row());
                        case DELETE -> RowJson.writeKey(out, table, change.key());
                    }
                }
                out.writeEndArray();
            }
        }
        out.writeEndObject();
    }
}
