package io.skein.edge.command;

import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Node;
import io.skein.persistence.Database;
import io.skein.persistence.Migrations;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
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
        exitCodeList = {"0:the tables are up to date", "1:the database cannot be had, or a migration failed"})
public final class Migrate implements Callable<Integer> {
    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Database database = Database.open(Node.databaseOptions(settings.settings()))) {
            List<String> applied = Migrations.migrate(database.dataSource());
            out.println(database.endpoint());
            out.println(applied.isEmpty() ? "nothing to do" : "applied " + String.join(", ", applied));
            out.println("version " + Migrations.version(database.dataSource()));
            out.flush();
            return 0;
        }
    }
}
