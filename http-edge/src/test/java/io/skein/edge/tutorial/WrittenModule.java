package io.skein.edge.tutorial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.skein.edge.Main;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Sources of a module that {@code skein new module} has written to a folder of its own, laid out as Skein's are. */
record WrittenModule(Path home) {
    private static final String SERVICES = "engine/src/main/resources/META-INF/services/io.skein.engine.module.Module";

    /** An empty source tree that knows the modules that there are. */
    static WrittenModule in(Path home) throws IOException {
        Path services = home.resolve(SERVICES);
        Files.createDirectories(services.getParent());
        Files.copy(Path.of("..", SERVICES), services, StandardCopyOption.REPLACE_EXISTING);
        return new WrittenModule(home);
    }

    /** Runs {@code ./skein} with these words; answers what it says if it ends with this status. */
    String skein(int status, String... words) {
        var said = new StringWriter();
        var line = Main.commandLine().setOut(new PrintWriter(said)).setErr(new PrintWriter(said));
        String[] all = Stream.concat(Stream.of(words), Stream.of("--home", home.toString()))
                .toArray(String[]::new);
        assertEquals(status, line.execute(all), said::toString);
        return said.toString();
    }

    List<String> services() throws IOException {
        return Files.readAllLines(home.resolve(SERVICES));
    }

    /** Compiles everything, warnings being errors, and answers the folder with the classes and resources. */
    Path compiled(String folder) throws IOException {
        Path classes = Files.createDirectories(home.resolve(folder));
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        var complaints = new StringWriter();
        try (var files = compiler.getStandardFileManager(null, null, null);
                var sources = Files.walk(home.resolve("engine"))) {
            var units = files.getJavaFileObjectsFromPaths(
                    sources.filter(file -> file.toString().endsWith(".java")).toList());
            var options =
                    List.of("-d", classes.toString(), "-Xlint:all,-processing,-classfile", "-Werror", "-proc:none");
            boolean done = compiler.getTask(complaints, files, null, options, null, units)
                    .call();
            assertTrue(done, complaints::toString);
        }
        Path services = classes.resolve("META-INF/services/io.skein.engine.module.Module");
        Files.createDirectories(services.getParent());
        Files.copy(home.resolve(SERVICES), services, StandardCopyOption.REPLACE_EXISTING);
        return classes;
    }

    /** Runs the tests of a class in a JVM with the module on its class path, as a build does; answers how many passed if all did. */
    static int test(Path classes, String name) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(java.toString(), "-cp", classPath(classes), Passed.class.getName(), name)
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertEquals(0, process.waitFor(), said);
        return Integer.parseInt(said.lines().toList().getLast());
    }

    /** Says how many tests of the class passed; ends with 1 if any did not. */
    static final class Passed {
        private Passed() {}

        public static void main(String[] args) throws ClassNotFoundException {
            var request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(Class.forName(args[0])))
                    .filters(EngineFilter.includeEngines("junit-jupiter"))
                    .build();
            var listener = new SummaryGeneratingListener();
            LauncherFactory.create().execute(request, listener);
            listener.getSummary().printFailuresTo(new PrintWriter(System.out, true, UTF_8));
            System.out.println(listener.getSummary().getTestsSucceededCount());
            System.exit(listener.getSummary().getFailures().isEmpty() ? 0 : 1);
        }
    }

    /** The class path of a server that has the module. */
    static String classPath(Path classes) {
        return classes + File.pathSeparator + System.getProperty("java.class.path");
    }
}
