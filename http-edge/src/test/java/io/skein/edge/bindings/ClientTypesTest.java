package io.skein.edge.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.Main;
import io.skein.edge.sdk.SampleModule;
import io.skein.engine.Modules;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Default;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.modules.board.BoardModule;
import io.skein.modules.flow.FlowModule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientTypesTest {
    /** {@code src/test/js/types_use.ts} imports this file: the compiler shows that it is right, this that it is what is generated. */
    private static final Path GOLDEN = Path.of("src/test/js/sample_types.ts");

    private static final boolean REWRITE = Boolean.getBoolean("golden.write");

    private static String generated(Module module) {
        return ClientTypes.of(Modules.schemaOf(module));
    }

    @Test
    void everyColumnTypeAndKindOfTable_isAsInTheGoldenFile() throws Exception {
        String generated = generated(new SampleModule());
        if (REWRITE) {
            Files.writeString(GOLDEN, generated);
        }
        assertEquals(Files.readString(GOLDEN), generated);
    }

    @Test
    void whatEveryWorkspaceHas_isThere() {
        String board = generated(new BoardModule());
        assertTrue(board.contains("    skein_member: { row: SkeinMember; key: string };"), board);
        assertTrue(board.contains("    skein_join: {"), board);
        assertFalse(board.contains("skein_migrate"), "it is internal");
    }

    /** A record that is a row here and an argument's part there has one name. */
    @Test
    void rowsInsideArguments_areTheSameType() {
        String flow = generated(new FlowModule());
        assertTrue(flow.contains("    node: { row: Node; key: "), flow);
        assertFalse(flow.contains("Node2"), flow);
    }

    enum Kind {
        RED
    }

    record Part(@Default("1") int count, Kind kind) {}

    record Whole(@Key String id, Part part, List<Long> marks) {}

    record Put(
            Whole whole,
            List<Part> parts,
            Optional<Kind> kind,
            @Default("") String note) {}

    static final class Other {
        record Part(@Key int a, @Key String b) {}

        record Schema(int x) {}
    }

    static final class Awkward implements Module {
        static final Table<Other.Part> PARTS = Table.of("part", Other.Part.class);
        static final Table<Whole> WHOLES = Table.of("whole", Whole.class);
        static final Table<Other.Schema> RECORDS = Table.of("record", Other.Schema.class);

        @Override
        public void define(Definition module) {
            module.name("awkward");
            module.table(PARTS);
            module.table(WHOLES);
            module.table(RECORDS);
            module.reducer("put", Put.class, Role.VIEWER, (_, _) -> {});
            module.reducer("none", Role.VIEWER, _ -> {});
        }
    }

    @Test
    void whatMayBeLeftOut_isSoOnlyWhereItIsSent() {
        String awkward = generated(new Awkward());
        for (String expected : List.of(
                "export type Kind = 'RED';",
                "export type Part = {\n  a: number;\n  b: string;\n};",
                "export type Part2 = {\n  count: number;\n  kind: Kind;\n};",
                "export type PartInput = {\n  count?: number;\n  kind: Kind;\n};",
                "export type Whole = {\n  id: string;\n  part: Part2;\n  marks: (number | string)[];\n};",
                "export type WholeInput = {\n  id: string;\n  part: PartInput;\n",
                "export type Schema2 = {",
                "    part: { row: Part; key: [number, string] };",
                "    record: { row: Schema2; key: never };",
                "      whole: WholeInput;\n      parts?: PartInput[];\n",
                "      kind?: Kind | null;\n      note?: string;\n",
                "    none: Record<string, never>;",
                "    part: { key: ['a', 'b'], event: false },",
                "    record: { key: [], event: false },")) {
            assertTrue(awkward.contains(expected), expected + " is not in\n" + awkward);
        }
    }

    @Test
    void theCommand_printsTheFile() {
        var out = new StringWriter();
        assertEquals(0, Main.commandLine().setOut(new PrintWriter(out)).execute("types", "board"));
        assertEquals(generated(new BoardModule()), out.toString());
        assertEquals(
                1,
                Main.commandLine().setErr(new PrintWriter(new StringWriter())).execute("types", "nothing"));
    }
}
