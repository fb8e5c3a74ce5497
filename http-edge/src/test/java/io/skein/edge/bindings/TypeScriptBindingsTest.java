package io.skein.edge.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.edge.Main;
import io.skein.edge.sdk.SampleModule;
import io.skein.engine.Modules;
import io.skein.engine.module.Definition;
import io.skein.engine.module.Module;
import io.skein.engine.module.ModuleSchema;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.modules.flow.FlowModule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TypeScriptBindingsTest {
    /** The tests of the SDK import this file: they show that it is right, this shows that it is what is generated. */
    private static final Path GOLDEN = Path.of("src/test/js/sample_bindings.ts");

    private static final boolean REWRITE = Boolean.getBoolean("golden.write");

    private static String generated(Module module) {
        return TypeScriptBindings.of(Modules.schemaOf(module), false);
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
    void whatEveryWorkspaceHas_isThereOnDemand() {
        ModuleSchema schema = Modules.schemaOf(new SampleModule());
        assertFalse(TypeScriptBindings.of(schema, false).contains("skein_"));
        String all = TypeScriptBindings.of(schema, true);
        assertTrue(all.contains("skeinMember: __table("), all);
        assertTrue(all.contains("__reducerSchema('skein_join', {"), all);
        assertFalse(all.contains("'skein_migrate'"), "it is internal");
    }

    /** A record that is a row here and an argument's part there has one name. */
    @Test
    void rowsInsideArguments_areTheSameType() {
        String flow = generated(new FlowModule());
        assertTrue(flow.contains("export const Node = __t.object('Node', {"), flow);
        assertTrue(flow.contains("nodes: __t.array(Node),"), flow);
        assertFalse(flow.contains("Node2"), flow);
    }

    record Card(@Key String id, Other.Card card, int htmlBody2Text, int a1, int a_1) {}

    static final class Other {
        enum Kind {
            RED,
            red
        }

        record Card(Kind kind) {}

        record DbConnection(@Key Bytes id) {}
    }

    static final class Awkward implements Module {
        static final Table<Card> CARDS = Table.of("card_1", Card.class);
        static final Table<Card> MORE = Table.of("card1", Card.class);
        static final Table<Other.DbConnection> CONNECTIONS = Table.of("connection", Other.DbConnection.class);

        @Override
        public void define(Definition module) {
            module.name("awkward");
            module.table(CARDS);
            module.table(MORE);
            module.table(CONNECTIONS);
            module.reducer("none", Role.VIEWER, _ -> {});
        }
    }

    @Test
    void namesThatWouldClash_areToldApart() {
        String awkward = generated(new Awkward());
        for (String expected : List.of(
                "export const Kind = __t.enum('Kind', ['RED', 'red']);",
                "export const Card = __t.object('Card', {\n  kind: Kind,\n});",
                "const card1Row = __t.row({",
                "export type Card2 = __Infer<typeof card1Row>;",
                "const card1Row2 = __t.row({",
                "  htmlBody2Text: __t.i32().name('html_body2_text'),\n  a1: __t.i32(),\n  a_1: __t.i32(),",
                "  card_1: __table(\n    {\n      name: 'card_1',",
                "  card1: __table(\n    {\n      name: 'card1',",
                "    },\n    card1Row2,\n",
                "export type DbConnection2 = ",
                "  id: __t.byteArray(),\n",
                "  __reducerSchema('none', {}),\n")) {
            assertTrue(awkward.contains(expected), expected + " is not in\n" + awkward);
        }
    }

    @Test
    void variants_areInPascalCase() {
        assertEquals(
                List.of("Red", "InAHurry", "Html2"), TypeScriptNames.variants(List.of("RED", "IN_A_HURRY", "HTML2")));
        assertEquals(List.of("Small", "VeryLarge"), TypeScriptNames.variants(List.of("small", "VeryLarge")));
        Map.of("a_b", "aB", "_id", "id", "node_2_x", "node2X", "x", "x")
                .forEach((snake, camel) -> assertEquals(camel, TypeScriptNames.camelCase(snake)));
    }

    @Test
    void theCommand_printsTheFile() {
        var out = new StringWriter();
        assertEquals(0, Main.commandLine().setOut(new PrintWriter(out)).execute("bindings", "board", "--system"));
        assertTrue(out.toString().contains("skeinMember: __table("), out.toString());
        assertEquals(
                1,
                Main.commandLine().setErr(new PrintWriter(new StringWriter())).execute("bindings", "nothing"));
    }
}
