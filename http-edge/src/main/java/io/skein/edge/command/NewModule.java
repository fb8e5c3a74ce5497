package io.skein.edge.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.skein.engine.Modules;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a module that compiles, runs and is tested, for its author to go on from; never over a file that is there. */
@Command(
        name = "module",
        mixinStandardHelpOptions = true,
        description = {
            "Writes a module of the name given among the engine's modules: a table, three reducers",
            "and their tests. docs/tutorial.md goes on from there."
        })
public final class NewModule implements Callable<Integer> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
    private static final int MAX_NAME = 30;
    private static final Path SERVICES = Path.of("META-INF", "services", "io.skein.engine.module.Module");

    @Parameters(
            paramLabel = "NAME",
            description = "lower-case letters, digits and hyphens between them, such as shopping-list")
    private String name = "";

    @Option(
            names = "--home",
            paramLabel = "DIR",
            defaultValue = "${env:SKEIN_HOME:-.}",
            description = "Skein's sources; those of the script ./skein unless told")
    private Path home = Path.of("");

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        requireName();
        Path main = home.resolve("engine/src/main");
        Path services = main.resolve("resources").resolve(SERVICES);
        if (!Files.isRegularFile(services)) {
            throw new IOException(
                    "there are no sources of Skein in " + home.toAbsolutePath().normalize());
        }
        String type = typeName();
        String folder = "java/io/skein/modules/" + packageName();
        Path test = home.resolve("engine/src/test");
        Map<Path, String> files = new LinkedHashMap<>();
        files.put(main.resolve(folder).resolve(type + "Module.java"), scaffold("Module.java.txt"));
        files.put(main.resolve(folder).resolve("package-info.java"), scaffold("package-info.java.txt"));
        files.put(test.resolve(folder).resolve(type + "ModuleTest.java"), scaffold("ModuleTest.java.txt"));
        for (Path file : files.keySet()) {
            if (Files.exists(file)) {
                throw new IOException(file + " is there already; nothing was written");
            }
        }
        for (var file : files.entrySet()) {
            Files.createDirectories(Objects.requireNonNull(file.getKey().getParent()));
            Files.writeString(file.getKey(), file.getValue());
        }
        register(services, "io.skein.modules." + packageName() + "." + type + "Module");
        tell(files.keySet().stream().toList());
        return 0;
    }

    private void requireName() {
        if (!NAME.matcher(name).matches() || name.length() > MAX_NAME) {
            throw refused("'" + name
                    + "' is no name of a module: lower-case letters, digits and single hyphens between them, at"
                    + " most " + MAX_NAME + " characters");
        }
        if (!SourceVersion.isName(packageName())) {
            throw refused("'" + name + "' is a word of the Java language");
        }
        if (Modules.installed().find(name).isPresent()) {
            throw refused("there is a module " + name);
        }
    }

    private ParameterException refused(String why) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), why);
    }

    private String packageName() {
        return name.replace("-", "");
    }

    private String typeName() {
        return Pattern.compile("-")
                .splitAsStream(name)
                .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                .collect(Collectors.joining());
    }

    private String scaffold(String template) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(NewModule.class.getResourceAsStream("/scaffold/" + template), template)) {
            return new String(file.readAllBytes(), UTF_8)
                    .replace("@name@", name)
                    .replace("@Name@", typeName())
                    .replace("@package@", packageName());
        }
    }

    /** In the order of the alphabet, as those that are there. */
    private static void register(Path services, String type) throws IOException {
        var lines = new java.util.TreeSet<>(Files.readAllLines(services));
        lines.add(type);
        Files.write(services, lines);
    }

    private void tell(List<Path> files) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        files.forEach(file -> out.println(home.relativize(file)));
        out.println("Its tests:   mvn -q test -pl engine -Dtest=" + typeName() + "ModuleTest");
        out.println("Then:        ./skein dev, and create a workspace of the module " + name);
        out.flush();
    }
}
