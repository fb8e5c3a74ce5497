package io.skein.edge.command;

import io.skein.edge.api.SchemaJson;
import io.skein.edge.json.Json;
import io.skein.engine.Modules;
import io.skein.engine.module.ModuleSchema;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a module consists of, without a server. */
@Command(
        name = "schema",
        mixinStandardHelpOptions = true,
        description = "Prints a module's schema as JSON, as a server has it at /v1/modules/MODULE/schema.")
public final class Schema implements Callable<Integer> {
    @Parameters(paramLabel = "MODULE", description = "the module's name, such as board")
    private String module = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        ModuleSchema schema = installed(module);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.println(new String(
                Json.DEFAULT.write(json -> {
                    json.useDefaultPrettyPrinter();
                    SchemaJson.write(json, schema);
                }),
                StandardCharsets.UTF_8));
        out.flush();
        return 0;
    }

    /**
     * The module with this name on the class path.
     *
     * @throws IllegalArgumentException if there is none; the message names those that are there
     */
    static ModuleSchema installed(String name) {
        Modules installed = Modules.installed();
        return installed
                .find(name)
                .orElseThrow(() -> new IllegalArgumentException("no module " + name + "; there are "
                        + installed.all().stream().map(ModuleSchema::name).collect(Collectors.joining(", "))));
    }
}
