package io.skein.edge.command;

import io.skein.edge.bindings.TypeScriptBindings;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A module's client code, without a server. */
@Command(
        name = "bindings",
        mixinStandardHelpOptions = true,
        description = {
            "Prints a module's tables and reducers as TypeScript for the npm package spacetimedb 2.x,",
            "as a server has it at /v1/modules/MODULE/bindings.ts."
        })
public final class Bindings implements Callable<Integer> {
    @Parameters(paramLabel = "MODULE", description = "the module's name, such as board")
    private String module = "";

    @Option(names = "--system", description = "with the tables and reducers too that every workspace has")
    private boolean withSystem;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(TypeScriptBindings.of(Schema.installed(module), withSystem));
        out.flush();
        return 0;
    }
}
