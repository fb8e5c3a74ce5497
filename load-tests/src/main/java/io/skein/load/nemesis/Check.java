package io.skein.load.nemesis;

import io.skein.load.history.HistoryCheck;
import io.skein.load.history.HistoryFile;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks again at what a run has recorded. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Holds recorded histories to the rules; ends with 1 if one is broken.")
public final class Check implements Callable<Integer> {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "NDJSON that a run has left, one workspace each")
    private List<Path> files = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        boolean holds = true;
        for (Path file : files) {
            HistoryCheck.Result result = HistoryCheck.check(HistoryFile.read(file));
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s: seq %,d, %,d sessions, calls %,d accepted, %,d refused, %,d unknown, violations %d%n",
                            file,
                            result.seq(),
                            result.sessions(),
                            result.accepted(),
                            result.refused(),
                            result.unknown(),
                            result.findings().total());
            result.findings().examples().forEach(spec.commandLine().getOut()::println);
            holds &= result.holds();
        }
        spec.commandLine().getOut().flush();
        return holds ? 0 : 1;
    }
}
