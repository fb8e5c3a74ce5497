package io.skein.edge.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.edge.NodeProgram;
import io.skein.edge.ServerJvm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does what {@code docs/tutorial.md} says, in its order, with two real browsers. */
class TutorialTest {
    private static final Path OUTPUT = Path.of("target/tutorial-test").toAbsolutePath();
    private static final NodeProgram WEB =
            new NodeProgram(Path.of("src/test/web").toAbsolutePath(), OUTPUT, "the tutorial is not tested here");

    @TempDir
    private Path home = Path.of("");

    @Test
    void whatTheTutorialSaysWorks() throws Exception {
        WEB.requireNode();
        Path browser = WEB.requireChromium();
        WEB.installPackages();
        Tutorial tutorial = Tutorial.read(Path.of("../docs/tutorial.md"));
        List<String> commands = tutorial.commands();
        assertEquals(
                List.of(
                        "./skein new module todo",
                        "mvn -q test -pl engine -Dtest=TodoModuleTest",
                        "./skein dev",
                        commands.get(3),
                        "./skein types todo"),
                commands,
                "whatever else it tells its readers to run has to be run here");

        WrittenModule sources = WrittenModule.in(home);
        sources.skein(0, "new", "module", "todo");
        Path first = sources.compiled("first");
        assertEquals(3, WrittenModule.test(first, "io.skein.modules.todo.TodoModuleTest"));

        Path module = home.resolve("engine/src/main/java/io/skein/modules/todo/TodoModule.java");
        for (Tutorial.Change change : tutorial.changes()) {
            Files.writeString(module, change.apply(Files.readString(module)));
        }
        Path changed = sources.compiled("changed");
        assertEquals(3, WrittenModule.test(changed, "io.skein.modules.todo.TodoModuleTest"));

        WEB.test(
                "tutorial",
                List.of("tutorial.test.js"),
                ServerJvm.environment(
                        OUTPUT,
                        Map.of(
                                "SKEIN_TEST_CHROMIUM", browser.toString(),
                                "SKEIN_TEST_REQUESTS", commands.get(3),
                                "SKEIN_TEST_CHANGED", WrittenModule.classPath(changed),
                                // Its class path changes, for which no archive is made.
                                "JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
                                "CLASSPATH", WrittenModule.classPath(first))));
    }
}
