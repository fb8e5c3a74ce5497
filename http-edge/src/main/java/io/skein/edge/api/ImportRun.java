package io.skein.edge.api;

import io.skein.cluster.SkeinSettings;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.http.Response;
import io.skein.engine.audit.Origin;
import io.skein.engine.membership.Imports;
import io.skein.engine.membership.SystemTables;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.Stored;
import io.skein.engine.view.Filter;
import io.skein.engine.view.Subscription;
import io.skein.engine.workspace.ReadAnswer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * One import, line by line, in transactions of bounded size; each waits until the one before is durable, so what is in memory is one
 * chunk. The workspace counts and digests what came in. So whoever sends the same lines again, after whatever broke off, finds the
 * place: what is there is passed over and compared, the rest comes in, and what is complete stays as it is.
 */
final class ImportRun {
    private static final int CHUNK_ROWS = 1_000;
    private static final int CHUNK_BYTES = 256 << 10;

    private final Door door;
    private final ImportLines lines;
    private final Target target;
    private final int chunkRows;
    private final int chunkBytes;

    private final List<ImportLines.Row> chunk = new ArrayList<>();
    private long bytesInChunk;
    /** Rows read. */
    private long rows;

    /** Rows that the workspace has. */
    private long present;

    private Bytes digest = Imports.NO_ROWS;
    private long seq;

    /**
     * Where the lines go.
     *
     * @param origin for the audit log
     * @param name of a new workspace, over the first line's
     * @param access of a new workspace, over what its module says
     * @param displayName how the owner of a new workspace is shown to others
     */
    record Target(
            String workspace,
            Identity sender,
            Origin origin,
            @Nullable String name,
            Optional<Access> access,
            String displayName) {}

    /** What has come in before, by an earlier request or by none. */
    private record Standing(boolean created, long rows, Bytes digest, boolean finished, long seq) {}

    ImportRun(Door door, SkeinSettings.Workspace limits, ImportLines lines, Target target) {
        this.door = door;
        this.lines = lines;
        this.target = target;
        // One operation more counts the rows.
        this.chunkRows = Math.min(CHUNK_ROWS, Math.max(1, limits.maxTransactionOperations() - 1));
        this.chunkBytes = Math.min(CHUNK_BYTES, limits.maxTransactionBytes() / 2);
    }

    /** Blocks until all is durable. */
    Response run() {
        ImportLines.Head head = lines.head();
        ModuleSchema schema = door.modules()
                .find(head.module())
                .orElseThrow(() -> Bodies.invalid("line 1: no module " + Texts.shown(head.module())));
        int version = head.moduleVersion().orElse(schema.version());
        if (version > schema.version()) {
            throw Bodies.invalid("line 1: the rows are of version %d of module %s, this node has %d"
                    .formatted(version, schema.name(), schema.version()));
        }
        String id = sha256(head.line());
        Standing before = begin(head, schema, new Imports.Begin(id, version));
        seq = before.seq();
        present = before.rows();
        for (ImportLines.Row row = lines.row(schema); row != null; row = lines.row(schema)) {
            take(id, before, row);
        }
        if (rows < before.rows()) {
            throw conflict("the body ends after %d rows; %d have come in".formatted(rows, before.rows()), before);
        }
        flush(id);
        if (!before.finished()) {
            seq = accepted(Imports.FINISH, new Imports.Finish(id, rows, digest)).seq();
        }
        return answer(before);
    }

    private Standing begin(ImportLines.Head head, ModuleSchema schema, Imports.Begin begin) {
        String name = Optional.ofNullable(target.name()).or(head::name).orElse(target.workspace());
        Outcome outcome = await(Door.inTime(door.engine()
                .createForImport(
                        target.workspace(),
                        target.sender(),
                        name,
                        head.module(),
                        target.access().orElse(schema.access()),
                        target.displayName(),
                        begin,
                        target.origin())));
        return switch (outcome) {
            case Outcome.Accepted accepted -> new Standing(true, 0, Imports.NO_ROWS, false, accepted.seq());
            case Outcome.Answered answered -> throw new IllegalStateException("no query was asked: " + answered);
            case Outcome.Refused refused -> {
                if (!refused.refusal().reason().equals("workspace_exists")) {
                    throw Door.problem(refused.refusal());
                }
                yield goOn(head, begin);
            }
        };
    }

    /** The workspace is there: by this import, begun earlier, or for it to begin. */
    private Standing goOn(ImportLines.Head head, Imports.Begin begin) {
        var imports = Subscription.of(0, Map.of(SystemTables.IMPORT.name(), new Filter.All()));
        ReadAnswer.Found found = await(door.read(target.workspace(), target.sender(), List.of(imports)));
        if (found.role() != Role.OWNER) {
            throw new ProblemException(
                    ErrorCode.FORBIDDEN, "only an owner imports rows into a workspace that is there");
        }
        if (!found.about().module().equals(head.module())) {
            throw Bodies.invalid("line 1: the rows are of module %s, the workspace is of module %s"
                    .formatted(head.module(), found.about().module()));
        }
        Optional<SystemTables.Import> same = SystemRows.rows(found).stream()
                .map(Stored::row)
                .map(SystemTables.Import.class::cast)
                .filter(row -> row.id().equals(begin.id()))
                .findFirst();
        if (same.isPresent()) {
            SystemTables.Import row = same.get();
            return new Standing(
                    false, row.rows(), row.digest(), row.finishedAt().isPresent(), found.seq());
        }
        return new Standing(
                false, 0, Imports.NO_ROWS, false, accepted(Imports.BEGIN, begin).seq());
    }

    private void take(String id, Standing before, ImportLines.Row row) {
        rows++;
        digest = Imports.digest(digest, row.row());
        if (rows > before.rows()) {
            if (before.finished()) {
                throw conflict("line %d: the import has ended with %d rows".formatted(row.number(), rows - 1), before);
            }
            add(id, row);
        } else if (rows == before.rows() && !digest.equals(before.digest())) {
            throw conflict(
                    "up to line %d: these are not the %d rows that have come in".formatted(row.number(), rows), before);
        }
    }

    private void add(String id, ImportLines.Row row) {
        int bytes = row.row().bytes().length();
        if (chunk.size() == chunkRows || (!chunk.isEmpty() && bytesInChunk + bytes > chunkBytes)) {
            flush(id);
        }
        chunk.add(row);
        bytesInChunk += bytes;
    }

    private void flush(String id) {
        if (!chunk.isEmpty()) {
            send(id, List.copyOf(chunk));
            chunk.clear();
            bytesInChunk = 0;
        }
    }

    /** A part that is refused for one of its rows is halved until the row is found: what stands before it has come in then. */
    private void send(String id, List<ImportLines.Row> part) {
        var add = new Imports.AddRows(
                id, present, part.stream().map(ImportLines.Row::row).toList());
        int bytes = part.stream().mapToInt(row -> row.row().bytes().length()).sum();
        switch (await(Door.inTime(
                door.engine().call(target.workspace(), call(Imports.ROWS, add).ofSize(bytes))))) {
            case Outcome.Accepted accepted -> {
                present += part.size();
                seq = accepted.seq();
            }
            case Outcome.Answered answered -> throw new IllegalStateException("no query was asked: " + answered);
            case Outcome.Refused refused -> {
                if (part.size() == 1 || !concernsRows(refused.refusal())) {
                    throw ImportLines.inLine("line " + part.getFirst().number(), Problem.of(refused.refusal()));
                }
                send(id, part.subList(0, part.size() / 2));
                send(id, part.subList(part.size() / 2, part.size()));
            }
        }
    }

    private static boolean concernsRows(Refusal refusal) {
        return switch (refusal.code()) {
            case REJECTED -> !refusal.reason().equals("not_importing");
            case INVALID_ARGS, TOO_LARGE -> true;
            case UNAUTHENTICATED,
                    FORBIDDEN,
                    NOT_FOUND,
                    CONFLICT,
                    KEY_CONFLICT,
                    STALE_CURSOR,
                    RATE_LIMITED,
                    OVERLOADED,
                    UNAVAILABLE,
                    INTERNAL -> false;
        };
    }

    private Call call(String reducer, Object args) {
        return Call.internal(target.sender(), reducer, args).by(target.origin());
    }

    private Outcome.Accepted accepted(String reducer, Object args) {
        return await(door.ownCall(target.workspace(), call(reducer, args)));
    }

    private Response answer(Standing before) {
        Response response = Response.json(before.created() ? 201 : 200, out -> {
            out.writeStartObject();
            out.writeStringField("id", target.workspace());
            out.writeNumberField("rows", rows);
            out.writeNumberField("seq", seq);
            out.writeBooleanField("repeated", before.finished());
            out.writeEndObject();
        });
        return response.withHeader("location", "/v1/workspaces/" + target.workspace());
    }

    private static ProblemException conflict(String message, Standing before) {
        return Door.problem(Refusal.conflict(message, before.rows()));
    }

    /** Tells imports apart: an export's first line has its epoch and hash. */
    private static String sha256(Bytes line) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(line.toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProblemException(ErrorCode.UNAVAILABLE, "interrupted while rows came in");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ProblemException problem) {
                throw problem;
            }
            throw new IllegalStateException("rows cannot be brought in", e.getCause());
        }
    }
}
