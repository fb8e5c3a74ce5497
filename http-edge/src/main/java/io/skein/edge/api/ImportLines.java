package io.skein.edge.api;

import com.fasterxml.jackson.core.JsonParser;
import io.skein.edge.http.Problem;
import io.skein.edge.http.ProblemException;
import io.skein.edge.json.BadJson;
import io.skein.edge.json.Members;
import io.skein.edge.session.RowJson;
import io.skein.engine.membership.Imports;
import io.skein.engine.membership.SystemTables.Member;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Table;
import java.io.IOException;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of an import. Whatever is wrong is a problem that says in which line; lines count from 1, blank ones not at all.
 */
final class ImportLines {
    private final Iterator<byte[]> lines;
    private final Bodies bodies;
    private long number;

    /**
     * @param lines may block
     */
    ImportLines(Iterator<byte[]> lines, Bodies bodies) {
        this.lines = lines;
        this.bodies = bodies;
    }

    /**
     * The first line. Of an export's, more is not needed to bring it in.
     *
     * @param moduleVersion empty stands for the present one
     */
    record Head(String module, Optional<Integer> moduleVersion, Optional<String> name, Bytes line) {}

    /** A line with a row, ready to be sent. */
    record Row(long number, Imports.Row row) {}

    Head head() {
        if (!lines.hasNext()) {
            throw Bodies.invalid("no lines; the first one says what follows");
        }
        byte[] line = next();
        return inLine(() -> {
            var head = new HeadReader();
            return bodies.document(line, parser -> head.read(parser, line));
        });
    }

    /** The next row, or null at the end. */
    @Nullable
    Row row(ModuleSchema schema) {
        if (!lines.hasNext()) {
            return null;
        }
        byte[] line = next();
        return new Row(number, inLine(() -> bodies.document(line, parser -> row(parser, schema))));
    }

    private byte[] next() {
        number++;
        return lines.next();
    }

    /** Members that a later version may add are passed over. */
    private static final class HeadReader {
        private @Nullable String module;
        private Optional<Integer> moduleVersion = Optional.empty();
        private Optional<String> name = Optional.empty();
        private boolean export;

        Head read(JsonParser in, byte[] line) throws IOException, BadJson {
            Members.object(in, (member, parser) -> {
                switch (member) {
                    case "skein" -> export = Members.string(parser).equals("export");
                    case "format" -> Members.integer(parser, ExportRoutes.FORMAT, ExportRoutes.FORMAT);
                    case "module" -> module = Members.string(parser);
                    case "moduleVersion" ->
                        moduleVersion = Optional.of((int) Members.integer(parser, 1, Integer.MAX_VALUE));
                    case "name" -> name = Optional.of(Members.string(parser));
                    default -> parser.skipChildren();
                }
            });
            if (!export) {
                throw BadJson.unexpected("the first line begins an export: {\"skein\":\"export\",\"module\":…}");
            }
            return new Head(Members.required(module, "module"), moduleVersion, name, Bytes.of(line));
        }
    }

    private Imports.Row row(JsonParser in, ModuleSchema schema) throws IOException, BadJson {
        var reader = new RowReader(schema);
        Members.object(in, reader::member);
        return reader.finish();
    }

    /** Takes {@code table} and {@code row} in either order. */
    private final class RowReader {
        private final ModuleSchema schema;
        private @Nullable Table<?> table;
        private @Nullable Json unread;
        private @Nullable Object row;

        RowReader(ModuleSchema schema) {
            this.schema = schema;
        }

        void member(String name, JsonParser parser) throws IOException, BadJson {
            Table<?> known = table;
            switch (name) {
                case "table" -> table = table(Members.string(parser));
                case "row" -> {
                    if (known == null) {
                        unread = RowJson.readJson(parser);
                    } else {
                        row = RowJson.readSealedRow(parser, known.shape());
                    }
                }
                default -> throw Members.unknown(name, parser);
            }
        }

        private Table<?> table(String name) throws BadJson {
            int ordinal = schema.ordinal(name);
            if (ordinal < 0 || !Imports.isImported(schema.table(ordinal))) {
                throw BadJson.unexpected("rows of \"" + Texts.shown(name) + "\" are not imported");
            }
            return schema.table(ordinal);
        }

        Imports.Row finish() throws BadJson {
            Table<?> of = Members.required(table, "table");
            Json text = unread;
            Object read = text == null
                    ? Members.required(row, "row")
                    : bodies.document(text.text(), parser -> RowJson.readSealedRow(parser, of.shape()));
            if (read instanceof Member member && member.role() == Role.NONE) {
                throw BadJson.unexpected("a member has a role");
            }
            try {
                return Imports.Row.of(of, read);
            } catch (IllegalArgumentException e) {
                throw BadJson.unexpected(String.valueOf(e.getMessage()));
            }
        }
    }

    /** Reads something in the present line. */
    @FunctionalInterface
    private interface InLine<T> {
        T read();
    }

    private <T> T inLine(InLine<T> reading) {
        try {
            return reading.read();
        } catch (ProblemException e) {
            throw inLine("line " + number, e.problem());
        }
    }

    /** The same problem with the place where it is. */
    static ProblemException inLine(String place, Problem problem) {
        Refusal refusal = problem.refusal();
        return new ProblemException(new Problem(
                problem.status(),
                new Refusal(
                        refusal.code(),
                        refusal.reason(),
                        place + ": " + refusal.message(),
                        refusal.current(),
                        refusal.retryAfterMillis())));
    }
}
