package io.skein.edge.command;

import io.skein.edge.bindings.ClientTypes;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A module's types for clients of the native wire, without a server. */
@Command(
        name = "types",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a module's tables and reducers as TypeScript for the npm package @skein/client,",
            "as a server has it at /v1/modules/MODULE/types.ts."
        })
public final class Types implements Callable<Integer> {
    @Parameters(paramLabel = "MODULE", description = "the module's name, such as board")
    private String module = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(ClientTypes.of(Schema.installed(module)));
        out.flush();
        return 0;
    }
}
