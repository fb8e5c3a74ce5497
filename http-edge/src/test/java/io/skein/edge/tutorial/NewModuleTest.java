package io.skein.edge.tutorial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewModuleTest {
    @TempDir
    private Path home = Path.of("");

    private WrittenModule sources = new WrittenModule(home);

    @BeforeEach
    void tree() throws IOException {
        sources = WrittenModule.in(home);
    }

    @Test
    void aNameOfSeveralWordsMakesAModuleThatCompiles() throws IOException {
        String said = sources.skein(0, "new", "module", "shopping-list-2");
        assertTrue(said.contains("io/skein/modules/shoppinglist2/ShoppingList2Module.java"), said);
        assertTrue(
                sources.services()
                        .containsAll(List.of(
                                "io.skein.modules.board.BoardModule",
                                "io.skein.modules.shoppinglist2.ShoppingList2Module")),
                () -> home.toString());
        Path classes = sources.compiled("classes");
        assertTrue(Files.exists(classes.resolve("io/skein/modules/shoppinglist2/ShoppingList2ModuleTest.class")));
    }

    @Test
    void whatIsThereIsNotWrittenOver() throws IOException {
        sources.skein(0, "new", "module", "todo");
        Path module = home.resolve("engine/src/main/java/io/skein/modules/todo/TodoModule.java");
        Files.writeString(module, "mine");
        List<String> services = sources.services();
        String said = sources.skein(1, "new", "module", "todo");
        assertTrue(said.contains("TodoModule.java is there already; nothing was written"), said);
        assertEquals("mine", Files.readString(module));
        assertEquals(services, sources.services());
    }

    @Test
    void namesThatMakeNoModuleAreRefused() throws IOException {
        for (String name : List.of("Todo", "to_do", "todo-", "to--do", "2do", "../todo", "x".repeat(31))) {
            String said = sources.skein(2, "new", "module", name);
            assertTrue(said.contains("is no name of a module"), said);
        }
        assertTrue(sources.skein(2, "new", "module", "class").contains("a word of the Java language"));
        assertTrue(sources.skein(2, "new", "module", "board").contains("there is a module board"));
        assertTrue(new WrittenModule(home.resolve("elsewhere"))
                .skein(1, "new", "module", "todo")
                .contains("no sources of Skein"));
    }
}
