package io.skein.engine.membership;

import static io.skein.engine.membership.SystemTables.IMPORT;
import static io.skein.engine.membership.SystemTables.MEMBER;
import static io.skein.engine.membership.SystemTables.SCHEDULE;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.codec.ValueCodec;
import io.skein.engine.membership.SystemTables.Import;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Rejection;
import io.skein.engine.module.Role;
import io.skein.engine.module.Tables;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Table;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the rows of an export come into a workspace: past the module's reducers, which say what people may do and not what is there; in any
 * number of bounded transactions, each a part of the history like every other; and only as long as the workspace is of no other use.
 *
 * <p>An import begins in a workspace that is made for it or has no rows yet, and ends when all rows are there. Between the two, the
 * module's reducers and hooks are refused with {@code rejected} and reason {@code importing}: half of the rows are no state that a
 * module knows. What has come in is counted and digested in the same transaction, so whoever repeats a piece is told how far the
 * import is, whoever goes on later can prove that it is with the same rows, and no row comes in twice.
 *
 * <p>These reducers are internal, because rows come in their canonical form, which is trusted; edges make it from what they read and check.
 * Whether the sender may is still decided here, at the commit: all of it is for owners.
 */
public final class Imports {
    /** Makes a workspace into which rows are imported; its module's {@code onCreate} does not run. */
    public static final String CREATE = "skein_create_import";

    public static final String BEGIN = "skein_begin_import";
    public static final String ROWS = "skein_import_rows";
    public static final String FINISH = "skein_finish_import";

    /** The digest before the first row. */
    public static final Bytes NO_ROWS = Bytes.of(new byte[32]);

    public record Create(Membership.Create workspace, Begin begin) {}

    /**
     * @param id tells this import from others: 64 characters at most
     * @param moduleVersion of the module that wrote the rows; where it is older than the present one, the module's migration ends
     *     the import
     */
    public record Begin(String id, int moduleVersion) {}

    /**
     * @param after how many rows have come in before these
     */
    public record AddRows(String id, long after, List<Row> rows) {}

    /**
     * One row.
     *
     * @param table of the module, or {@link SystemTables#MEMBER}
     * @param bytes canonical, as {@link ValueCodec#writeRow} writes them
     */
    public record Row(String table, Bytes bytes) {
        public static Row of(Table<?> table, Object row) {
            byte[] bytes = ByteWriter.collect(out -> ValueCodec.writeRow(out, table.shape(), row));
            return new Row(table.name(), Bytes.of(bytes));
        }
    }

    /**
     * @param rows how many there must be
     * @param digest what they must come to
     */
    public record Finish(String id, long rows, Bytes digest) {}

    private Imports() {}

    static void define(Definition system, Module module) {
        system.table(IMPORT).readableBy(Role.ADMIN);
        system.internal(CREATE, Create.class, (tx, in) -> {
            Membership.create(tx, in.workspace());
            insert(tx, in.begin());
        });
        system.internal(BEGIN, Begin.class, (tx, in) -> begin(tx, in, system));
        system.internal(ROWS, AddRows.class, (tx, in) -> addRows(tx, in, system));
        system.internal(FINISH, Finish.class, (tx, in) -> finish(tx, in, module));
    }

    /** The import that has begun and not ended. */
    public static Optional<Import> running(Tables tables) {
        // Asked for every call: in most workspaces nothing was ever imported.
        return tables.in(IMPORT).size() == 0
                ? Optional.empty()
                : latest(tables).filter(row -> row.finishedAt().isEmpty());
    }

    private static Optional<Import> latest(Tables tables) {
        return tables.in(IMPORT).all().stream().findFirst();
    }

    /** Whether rows of this table can be imported. */
    public static boolean isImported(Table<?> table) {
        return !table.isEvent() && (table == MEMBER || !table.name().startsWith(Definition.RESERVED_PREFIX));
    }

    /** The tables whose rows make up an export. */
    public static List<Table<?>> tables(ModuleSchema schema) {
        return schema.rules().stream()
                .<Table<?>>map(rule -> rule.table())
                .filter(Imports::isImported)
                .toList();
    }

    /** The digest after one row more: SHA-256 of the one before, the table's name, a zero byte, and the row's bytes. */
    public static Bytes digest(Bytes before, Row row) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(before.toArray());
            digest.update(row.table().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return Bytes.of(digest.digest(row.bytes().toArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void begin(Tx tx, Begin in, Definition definition) {
        requireOwner(tx);
        Optional<Import> earlier = latest(tx);
        if (earlier.isPresent()) {
            if (isSame(earlier.get(), in)) {
                return; // begun before, by a request whose answer was lost
            }
            tx.require(earlier.get().finishedAt().isPresent(), "importing", "another import has not ended");
        }
        boolean empty = tx.in(SCHEDULE).size() == 0
                && definition.tables().stream()
                        .filter(table -> table != MEMBER && isImported(table))
                        .allMatch(table -> tx.in(table).size() == 0);
        tx.require(empty, "not_empty", "rows are imported into a workspace that has none");
        earlier.ifPresent(row -> tx.in(IMPORT).delete(row.id()));
        insert(tx, in);
    }

    private static boolean isSame(Import running, Begin in) {
        return running.id().equals(in.id())
                && running.moduleVersion() == in.moduleVersion()
                && running.finishedAt().isEmpty();
    }

    private static void insert(Tx tx, Begin in) {
        tx.require(
                !in.id().isEmpty() && in.id().length() <= 64,
                "invalid_import",
                "an import's id has 1 to 64 characters");
        tx.in(IMPORT)
                .insert(new Import(in.id(), in.moduleVersion(), tx.sender(), tx.time(), 0, NO_ROWS, Optional.empty()));
    }

    private static void addRows(Tx tx, AddRows in, Definition definition) {
        requireOwner(tx);
        Import running = requireRunning(tx, in.id());
        if (running.rows() != in.after()) {
            throw new Rejection(Refusal.conflict(
                    "%d rows have come in, these follow %d".formatted(running.rows(), in.after()), running.rows()));
        }
        Map<String, Table<?>> tables = new HashMap<>();
        definition.tables().stream().filter(Imports::isImported).forEach(table -> tables.put(table.name(), table));
        Bytes digest = running.digest();
        for (Row row : in.rows()) {
            Table<?> table = tables.get(row.table());
            if (table == null) {
                throw invalid("rows of " + row.table() + " are not imported");
            }
            addRow(tx, table, row.bytes());
            digest = digest(digest, row);
        }
        tx.in(IMPORT).update(running.with(in.rows().size(), digest));
    }

    private static <R> void addRow(Tx tx, Table<R> table, Bytes bytes) {
        R row;
        try {
            var in = new ByteReader(bytes.toArray());
            row = ValueCodec.readRow(in, table.shape());
            in.requireEnd();
        } catch (CorruptException e) {
            throw invalid(table + ": " + e.getMessage());
        }
        if (row instanceof Member member) {
            addMember(tx, member);
        } else {
            tx.in(table).insert(row);
        }
    }

    /** Who imports stays the owner that it is: otherwise the rows of another workspace could leave this one without. */
    private static void addMember(Tx tx, Member member) {
        if (member.role() == Role.NONE) {
            throw invalid("a member has a role");
        }
        if (!member.identity().equals(tx.sender())) {
            tx.in(MEMBER).upsert(member);
        }
    }

    private static void finish(Tx tx, Finish in, Module module) {
        requireOwner(tx);
        Import running = requireRunning(tx, in.id());
        if (running.rows() != in.rows() || !running.digest().equals(in.digest())) {
            throw new Rejection(Refusal.conflict(
                    "%d rows have come in, and they are not the %d that the import ends with"
                            .formatted(running.rows(), in.rows()),
                    running.rows()));
        }
        tx.in(IMPORT).update(running.finished(tx.time()));
        int present =
                tx.in(SystemTables.WORKSPACE).find(tx.workspace()).orElseThrow().moduleVersion();
        if (running.moduleVersion() < present) {
            module.migrate(running.moduleVersion(), tx);
        }
    }

    private static Import requireRunning(Tx tx, String id) {
        return running(tx)
                .filter(row -> row.id().equals(id))
                .orElseThrow(() -> tx.reject("not_importing", "no such import has begun"));
    }

    private static void requireOwner(Tx tx) {
        if (tx.role() != Role.OWNER) {
            throw new Rejection(Refusal.of(ErrorCode.FORBIDDEN, "only an owner imports rows"));
        }
    }

    private static Rejection invalid(String message) {
        return new Rejection(Refusal.of(ErrorCode.INVALID_ARGS, message));
    }
}
