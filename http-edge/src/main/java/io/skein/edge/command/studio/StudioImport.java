package io.skein.edge.command.studio;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.ApiException.Kind;
import io.skein.edge.command.imports.Digests;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.json.Json;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Brings what a {@link Source} has into one database of module {@code studio}.
 *
 * <p>The server is asked first what is there: a workspace or workflow whose id is there already is left as it is, so a second run sends nothing of
 * it. Every call carries a key made of what it says (rule I1), and the reducers do nothing for an id that they have, so that two runs at once
 * do no harm either.
 */
final class StudioImport implements Source.Sink {
    private static final int KEY_BYTES = 16;

    private final Api api;
    private final Figures figures;
    private final String database;
    private final String displayName;
    private final Skips skips;
    private final int parallel;
    private final Semaphore places;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicReference<@Nullable Exception> hopeless = new AtomicReference<>();
    private final LongAdder workspaces = new LongAdder();
    private final LongAdder documents = new LongAdder();
    /** Ids that were there when this began. */
    private final Set<String> knownWorkspaces = new HashSet<>();
    /** Each with its workspace. */
    private final Map<String, String> knownWorkflows = new HashMap<>();

    private final Set<String> seen = new HashSet<>();

    /**
     * @param database the Skein workspace; made if there is none
     * @param displayName of the caller, where it becomes the owner of a workspace
     * @param parallel how many calls are under way at once
     */
    StudioImport(Api api, Figures figures, String database, String displayName, int parallel, Skips skips) {
        this.api = api;
        this.figures = figures;
        this.database = database;
        this.displayName = displayName;
        this.parallel = parallel;
        this.places = new Semaphore(parallel);
        this.skips = skips;
    }

    /** Workspaces that this run brought in. */
    long workspaces() {
        return workspaces.sum();
    }

    /** Documents that this run brought in. */
    long documents() {
        return documents.sum();
    }

    /**
     * Returns when all that the source has is in, or skipped.
     *
     * @throws ApiException when the server cannot be reached any more or lets the caller do nothing; what is in stays
     * @throws IOException if the source cannot be read
     */
    void run(Source source) throws ApiException, IOException, InterruptedException {
        try (workers) {
            openDatabase();
            lookAround();
            source.readInto(this);
            places.acquire(parallel);
        }
        throwHopeless();
    }

    private void throwHopeless() throws ApiException {
        switch (hopeless.get()) {
            case null -> {}
            case ApiException e -> throw e;
            case Exception e -> throw new IllegalStateException("the import stopped: " + e, e);
        }
    }

    private void openDatabase() throws ApiException, InterruptedException {
        Api.Answer answer = api.get("/v1/workspaces/" + database);
        if (answer.status() == 404) {
            byte[] body =
                    body(Map.of("id", database, "module", "studio", "name", "Studio", "displayName", displayName));
            Api.checked(api.post("/v1/workspaces", body, "import-create", Map.of()));
            return;
        }
        String module = Api.checked(answer).body().path("module").asText();
        if (!module.equals("studio")) {
            throw new ApiException(Kind.HOPELESS, "workspace " + database + " is of module " + module);
        }
    }

    private void lookAround() throws ApiException, InterruptedException {
        Api.Answer answer = api.get("/v1/workspaces/" + database + "/snapshot?tables=workspace,workflow");
        JsonNode tables = Api.checked(answer).body().path("tables");
        for (JsonNode row : tables.path("workspace").path("rows")) {
            knownWorkspaces.add(row.path("id").asText());
        }
        for (JsonNode row : tables.path("workflow").path("rows")) {
            knownWorkflows.put(row.path("id").asText(), row.path("workspace_id").asText());
        }
    }

    // ---- what the source has

    @Override
    public boolean workspace(String place, Source.Workspace workspace) throws ApiException, InterruptedException {
        throwHopeless();
        if (knownWorkspaces.contains(workspace.id())) {
            return true;
        }
        try {
            call(
                    "import_workspace",
                    Map.of(
                            "id", workspace.id(),
                            "name", workspace.name(),
                            "created_at", workspace.createdAt(),
                            "updated_at", workspace.updatedAt(),
                            "display_name", displayName));
        } catch (ApiException e) {
            refused(place, e);
            return false;
        }
        knownWorkspaces.add(workspace.id());
        workspaces.increment();
        return true;
    }

    @Override
    public void workflow(String place, String workspaceId, Snapshot workflow)
            throws ApiException, InterruptedException {
        throwHopeless();
        if (!seen.add(workflow.id())) {
            skips.add(Skips.Why.ID_TWICE, place, "an earlier workflow has the id " + workflow.id());
            return;
        }
        if (workspaceId.equals(knownWorkflows.get(workflow.id()))) {
            figures.there(workflow.nodes(), workflow.edges());
            return;
        }
        Map<String, String> arguments = Map.of(
                "workflow_id", workflow.id(),
                "workspace_id", workspaceId,
                "name", workflow.name(),
                "nodes_json", workflow.nodesJson(),
                "edges_json", workflow.edgesJson(),
                "ui_state_json", workflow.uiStateJson(),
                "created_at", workflow.createdAt(),
                "updated_at", workflow.updatedAt(),
                "last_modified_by", workflow.lastModifiedBy());
        later(place, () -> {
            call("import_workflow_snapshot", arguments);
            figures.imported(workflow.nodes(), workflow.edges());
        });
    }

    @Override
    public void document(String place, Source.Document document) throws ApiException, InterruptedException {
        throwHopeless();
        Map<String, String> arguments = Map.of(
                "id", document.id(),
                "workspace_id", document.workspaceId(),
                "title", document.title(),
                "content_json", document.contentJson(),
                "created_at", document.createdAt(),
                "updated_at", document.updatedAt());
        later(place, () -> {
            if (!call("import_brain_doc", arguments)) {
                documents.increment();
            }
        });
    }

    // ---- calls

    /** Something that asks the server. */
    private interface Work {
        void run() throws ApiException, InterruptedException;
    }

    private void later(String place, Work work) throws InterruptedException {
        places.acquire();
        workers.execute(() -> {
            try {
                work.run();
            } catch (ApiException e) {
                refusedLater(place, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                hopeless.compareAndSet(null, e);
            } catch (RuntimeException e) {
                // A fault of this program must end the run, not a thread that nobody looks at.
                hopeless.compareAndSet(null, e);
            } finally {
                places.release();
            }
        });
    }

    private void refusedLater(String place, ApiException e) {
        try {
            refused(place, e);
        } catch (ApiException nothingGoes) {
            hopeless.compareAndSet(null, nothingGoes);
        }
    }

    private void refused(String place, ApiException e) throws ApiException {
        if (e.kind() == Kind.HOPELESS) {
            throw e;
        }
        figures.failed();
        skips.add(Skips.Why.REFUSED, place, String.valueOf(e.getMessage()));
    }

    /** Whether it had been done before. */
    private boolean call(String reducer, Map<String, String> arguments) throws ApiException, InterruptedException {
        byte[] body = body(arguments);
        String path = "/v1/workspaces/" + database + "/calls/" + reducer;
        return Api.checked(api.post(path, body, key(reducer, body), Map.of()))
                .body()
                .path("repeated")
                .asBoolean();
    }

    private static byte[] body(Map<String, String> members) {
        return Json.DEFAULT.write(out -> {
            out.writeStartObject();
            // In one order always, so that the same call has the same key.
            for (var member : new TreeMap<>(members).entrySet()) {
                out.writeStringField(member.getKey(), member.getValue());
            }
            out.writeEndObject();
        });
    }

    private static String key(String reducer, byte[] body) {
        return reducer + "-" + Digests.hex(body, KEY_BYTES);
    }
}
