package io.skein.edge.command.imports;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How much an import does at once. */
public final class Parallel {
    private static final int MAX_PARALLEL = 256;

    @Option(
            names = "--parallel",
            paramLabel = "N",
            defaultValue = "8",
            description = "workflows in the making at once (default: ${DEFAULT-VALUE})")
    private int parallel = 8;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec spec;

    /**
     * How many workflows to have in the making at once.
     *
     * @throws ParameterException if that is none or too many
     */
    public int parallel() {
        if (parallel < 1 || parallel > MAX_PARALLEL) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--parallel takes 1 to " + MAX_PARALLEL);
        }
        return parallel;
    }
}
