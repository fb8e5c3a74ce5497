package io.skein.edge.command.flow;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.command.flow.GraphCalls.ReducerCall;
import io.skein.edge.command.imports.Api;
import io.skein.edge.command.imports.ApiException;
import io.skein.edge.command.imports.ApiException.Kind;
import io.skein.edge.command.imports.Digests;
import io.skein.edge.command.imports.Figures;
import io.skein.edge.command.imports.Lines;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Json;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings the workflows of a file into workspaces of their own.
 *
 * <p>The server is asked what is there already, nothing is kept beside the file. A workspace's id comes from its line's number and
 * content. Making it is its first transaction, each call that fills it is one more, and each expects the number before it (rule V2)
 * and carries a key (rule I1): a run that was cut short is completed by the next, a complete workspace costs one request, and what
 * somebody changed since is never overwritten.
 */
final class FlowImport {
    private static final int ID_BYTES = 10;

    private final Api api;
    private final Figures figures;
    private final String access;
    private final int parallel;
    private final Consumer<String> complain;
    private final AtomicReference<@Nullable Exception> hopeless = new AtomicReference<>();

    /**
     * @param access of new workspaces, as on the wire
     * @param parallel how many workflows are in the making at once
     * @param complain hears a sentence for each workflow that is refused; from any thread
     */
    FlowImport(Api api, Figures figures, String access, int parallel, Consumer<String> complain) {
        this.api = api;
        this.figures = figures;
        this.access = access;
        this.parallel = parallel;
        this.complain = complain;
    }

    /**
     * Reads at most {@code limit} lines and returns when what they hold is in, or refused.
     *
     * @throws ApiException when the server cannot be reached any more or knows the caller no more; what is in stays
     * @throws IOException if the file cannot be read
     */
    void run(Lines lines, long limit, Oddities oddities) throws ApiException, IOException, InterruptedException {
        var places = new Semaphore(parallel);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (long read = 0; read < limit && hopeless.get() == null; read++) {
                Lines.Line line = lines.next();
                if (line == null) {
                    break;
                }
                Workflow workflow = read(line, oddities);
                if (workflow != null) {
                    String id = id(line);
                    places.acquire();
                    workers.execute(() -> {
                        try {
                            bringIn(id, workflow, line.number());
                        } finally {
                            places.release();
                        }
                    });
                }
            }
        }
        switch (hopeless.get()) {
            case null -> {}
            case ApiException e -> throw e;
            case Exception e -> throw new IllegalStateException("the import stopped: " + e, e);
        }
    }

    private @Nullable Workflow read(Lines.Line line, Oddities oddities) {
        if (line.isBlank()) {
            return null;
        }
        try {
            return WorkflowReader.read(line, oddities);
        } catch (BadJson e) {
            oddities.add(Oddity.UNREADABLE_LINE, String.valueOf(e.getMessage()));
            complain.accept("line " + line.number() + " holds no workflow: " + e.getMessage());
            return null;
        }
    }

    /** The same for the same line of the same content, whoever imports it. */
    static String id(Lines.Line line) {
        byte[] content = line.bytes() == null ? new byte[0] : line.bytes();
        return "flow-" + line.number() + "-" + Digests.hex(content, ID_BYTES);
    }

    private void bringIn(String id, Workflow workflow, long line) {
        if (hopeless.get() != null) {
            return;
        }
        try {
            List<ReducerCall> calls = GraphCalls.of(workflow);
            long seq = seq(id);
            if (seq > calls.size()) {
                figures.there(workflow.nodes().size(), workflow.edges().size());
                return;
            }
            fill(id, calls, seq == 0 ? create(id, workflow.name()) : seq);
            figures.imported(workflow.nodes().size(), workflow.edges().size());
        } catch (ApiException e) {
            if (e.kind() == Kind.HOPELESS) {
                hopeless.compareAndSet(null, e);
            } else {
                figures.failed();
                complain.accept("line " + line + ", workspace " + id + ": " + e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            hopeless.compareAndSet(null, e);
        } catch (RuntimeException e) {
            // A fault of this program must end the run, not a thread that nobody looks at.
            hopeless.compareAndSet(null, e);
        }
    }

    /** How many transactions the workspace has; 0 if there is none. */
    private long seq(String id) throws ApiException, InterruptedException {
        Api.Answer answer = api.get("/v1/workspaces/" + id);
        if (answer.status() == 404) {
            return 0;
        }
        JsonNode about = Api.checked(answer).body();
        if (!about.path("module").asText().equals("flow")) {
            throw new ApiException(
                    Kind.REFUSED,
                    "there is a workspace of this id, of module "
                            + about.path("module").asText());
        }
        return about.path("seq").longValue();
    }

    private long create(String id, String name) throws ApiException, InterruptedException {
        byte[] body = Json.DEFAULT.write(out -> {
            out.writeStartObject();
            out.writeStringField("id", id);
            out.writeStringField("module", "flow");
            out.writeStringField("name", name);
            out.writeStringField("access", access);
            out.writeEndObject();
        });
        return Api.checked(api.post("/v1/workspaces", body, "import-create", Map.of()))
                .body()
                .path("seq")
                .longValue();
    }

    private void fill(String id, List<ReducerCall> calls, long seq) throws ApiException, InterruptedException {
        for (int next = (int) seq - 1; next < calls.size(); next++) {
            ReducerCall call = calls.get(next);
            Api.checked(api.post(
                    "/v1/workspaces/" + id + "/calls/" + call.reducer(),
                    call.body(),
                    "import-" + (next + 1),
                    Map.of("skein-expect", "{\"seq\":" + (next + 1) + "}")));
        }
    }
}
