package io.skein.edge.command;

import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Node;
import io.skein.engine.audit.AuditKind;
import io.skein.persistence.Database;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditLog.Page;
import io.skein.persistence.audit.AuditQuery;
import io.skein.persistence.audit.AuditRecord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The audit log of all workspaces and of tokens, for operators. */
@Command(
        name = "audit",
        mixinStandardHelpOptions = true,
        description = {
            "Prints who changed who may what, newest first: of workspaces, tokens, keys, and restored databases.",
            "It reads the configured database, and may run beside nodes. Columns are parted by tabs: time, kind,",
            "workspace, seq, who, on whom or what, token, session, device, address, details; - is nothing."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:it was read", "1:the database cannot be had", "2:the command line is wrong"})
public final class ShowAudit implements Callable<Integer> {
    private static final int PAGE = 1_000;

    @Option(names = "--workspace", paramLabel = "ID", description = "of this workspace alone, also a deleted one")
    private @Nullable String workspace;

    @Option(names = "--kind", paramLabel = "KIND", description = "such as role_changed or token_made")
    private @Nullable String kind;

    @Option(names = "--subject", paramLabel = "ID", description = "on this identity, invitation, token or issuer")
    private @Nullable String subject;

    @Option(names = "--since", paramLabel = "TIME", description = "such as 2026-01-31T12:00:00Z")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "before this time")
    private @Nullable String until;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "100",
            description = "so many at most (default: ${DEFAULT-VALUE})")
    private int limit = 100;

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws SQLException {
        if (limit < 1) {
            throw wrong("--limit takes 1 or more");
        }
        AuditQuery asked = new AuditQuery(
                Optional.ofNullable(workspace),
                Optional.empty(),
                time("--since", since),
                time("--until", until),
                Optional.ofNullable(kind).map(this::kind),
                Optional.ofNullable(subject),
                Math.min(PAGE, limit));
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Database database = Database.open(Node.databaseOptions(settings.settings()))) {
            print(new AuditLog(database.dataSource()), asked, out);
        }
        out.flush();
        return 0;
    }

    private void print(AuditLog log, AuditQuery asked, PrintWriter out) throws SQLException {
        AuditQuery query = asked;
        for (int left = limit; left > 0; ) {
            Page page = log.page(query);
            page.rows().stream().limit(left).forEach(row -> out.println(line(row.row())));
            left -= page.rows().size();
            if (page.next().isEmpty()) {
                return;
            }
            query = query.before(page.next().getAsLong());
        }
    }

    private static String line(AuditRecord row) {
        return String.join(
                "\t",
                row.at().toString(),
                row.kind().wire(),
                shown(row.workspace()),
                row.seq() == 0 ? "-" : Long.toString(row.seq()),
                shown(row.actor().map(Object::toString).orElse("")),
                shown(row.subject()),
                shown(row.origin().token()),
                shown(row.origin().session()),
                shown(row.origin().device()),
                shown(row.origin().address()),
                row.details());
    }

    /** Ids of other issuers may have anything in them; a line stays a line. */
    private static String shown(String text) {
        return text.isEmpty() ? "-" : text.replaceAll("\\p{Cntrl}", "?");
    }

    private AuditKind kind(String text) {
        try {
            return AuditKind.ofWire(text);
        } catch (IllegalArgumentException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Optional<Instant> time(String option, @Nullable String text) {
        try {
            return Optional.ofNullable(text).map(Instant::parse);
        } catch (DateTimeParseException _) {
            throw wrong(option + " takes a time such as 2026-01-31T12:00:00Z");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
