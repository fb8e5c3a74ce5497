package io.skein.edge.command;

import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Node;
import io.skein.persistence.Database;
import io.skein.persistence.Installation;
import io.skein.persistence.Migrations;
import io.skein.persistence.NodeRole;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Brings the database's tables to the version of this program, for who does not want the first node to do it. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Brings the tables of the configured database to this program's version.",
            "Any number may run at once: one works, the others find the work done."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:the tables are up to date",
            "1:the database cannot be had, or a migration failed",
            "2:the command line is wrong"
        })
public final class Migrate implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Option(
            names = "--role",
            paramLabel = "NAME",
            description = {
                "gives this role of PostgreSQL, which is there, what nodes need of the tables and no more:",
                "then nodes log in as it (SKEIN_DB_USER), and cannot change tables or what is journaled"
            })
    private @Nullable String role;

    @Option(
            names = "--print",
            description = "with --role: prints the statements for whoever runs them, and touches nothing")
    private boolean print;

    @Option(
            names = "--restored",
            description = {
                "says that the database was rolled back to an earlier time by a copy of its files: every",
                "workspace gets a new epoch. Databases out of a dump are known without it. No node may run"
            })
    private boolean restored;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (print) {
            return printed();
        }
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Database database = Database.open(Node.databaseOptions(settings.settings()))) {
            List<String> applied = Migrations.migrate(database.dataSource());
            out.println(database.endpoint());
            out.println(applied.isEmpty() ? "nothing to do" : "applied " + String.join(", ", applied));
            out.println("version " + Migrations.version(database.dataSource()));
            if (role != null) {
                NodeRole.grant(database.dataSource(), role);
                out.println("nodes may log in as " + role);
            }
            String incarnation = restored
                    ? Installation.restored(database.dataSource())
                    : Installation.recognise(database.dataSource());
            out.println(incarnation.isEmpty() ? "never restored" : "restored: incarnation " + incarnation);
            out.flush();
            return 0;
        }
    }

    private int printed() {
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        if (role == null) {
            throw new ParameterException(line, "--print goes with --role");
        }
        try {
            NodeRole.statements("public", role)
                    .forEach(statement -> line.getOut().println(statement + ";"));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line, String.valueOf(e.getMessage()), e);
        }
        line.getOut().flush();
        return 0;
    }
}
