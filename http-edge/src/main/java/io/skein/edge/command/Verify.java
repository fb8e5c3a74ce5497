package io.skein.edge.command;

import io.skein.cluster.NodeConfig;
import io.skein.edge.node.Node;
import io.skein.edge.node.Seals;
import io.skein.engine.Modules;
import io.skein.persistence.Database;
import io.skein.persistence.history.Fault;
import io.skein.persistence.history.Verification;
import io.skein.persistence.history.Verifier;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Replays workspaces and checks what the journal promises (rule H1). */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Replays workspaces from their first transactions and checks the hash chain and every snapshot.",
            "It only reads, and may run beside a node that has the same external database."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is as it was written", "1:something is not, or a workspace is not there"})
public final class Verify implements Callable<Integer> {
    @Parameters(paramLabel = "WORKSPACE", arity = "0..*", description = "ids; all workspaces if there is none")
    private List<String> workspaces = List.of();

    @Option(names = "--config", paramLabel = "FILE", description = "settings in HOCON, over the defaults")
    private @Nullable Path config;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        NodeConfig settings = config == null ? NodeConfig.load() : NodeConfig.load(config);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Seals.useToRead(settings.settings());
        var sound = new AtomicBoolean(true);
        try (Database database = Database.open(Node.databaseOptions(settings.settings()))) {
            var verifier = new Verifier(
                    database.dataSource(),
                    Modules.installed(),
                    settings.settings().workspace().idempotencyMaxEntries());
            if (workspaces.isEmpty()) {
                verifier.verifyAll(found -> print(out, found, sound));
            }
            for (String workspace : workspaces) {
                verifier.verify(workspace).ifPresentOrElse(found -> print(out, found, sound), () -> {
                    out.println(workspace + "  there is nothing of it");
                    sound.set(false);
                });
            }
        }
        out.flush();
        return sound.get() ? 0 : 1;
    }

    private static void print(PrintWriter out, Verification found, AtomicBoolean sound) {
        out.printf(
                Locale.ROOT,
                "%s  %s  seq %,d  rows %,d  snapshots %,d  %,.0f transactions/s  hash %s%n",
                found.workspace(),
                !found.isSound() ? "NOT SOUND" : found.rowsRead() ? "sound" : "sound as far as its chain",
                found.seq(),
                found.rows(),
                found.snapshots(),
                found.transactionsPerSecond(),
                found.hash().toHex());
        if (!found.rowsRead()) {
            out.println("  its rows were not replayed: a key of its secrets is not among skein.secrets.keys");
        }
        for (Fault fault : found.faults()) {
            out.printf(Locale.ROOT, "  row %,d  %s  %s%n", fault.row(), fault.kind(), fault.message());
        }
        out.flush();
        if (!found.isSound()) {
            sound.set(false);
        }
    }
}
