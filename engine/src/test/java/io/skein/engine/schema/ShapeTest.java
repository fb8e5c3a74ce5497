package io.skein.engine.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a module's author can get wrong is said when the node starts, with the name of what is wrong. */
class ShapeTest {
    record Tree(@Key String id, List<Tree> children) {}

    record Ping(Optional<Pong> pong) {}

    record Pong(Ping ping) {}

    record Weighed(@Key double grams) {}

    record Rank(@Key String id, double rank, Optional<Double> weight, Role role) {}

    enum Role {
        LEAD,
        GUEST
    }

    record NotFinite(@Default("NaN") double number) {}

    record NotBoolean(@Default("yes") boolean flag) {}

    record NotNumber(@Default("ten") int number) {}

    record Nanos(@Default("2026-01-02T03:04:05.123456789Z") Instant at, List<Instant> more) {}

    record Meter(
            @Key @Unsigned Integer id,
            @Unsigned @Default("18446744073709551615") long total,
            @Unsigned Optional<Integer> peak,
            @Unsigned List<Long> counts,
            int signed) {}

    record NotUnsigned(@Unsigned String text) {}

    record NotUnsignedInside(@Unsigned Optional<Nanos> nanos) {}

    record Negative(@Unsigned @Default("-1") int number) {}

    record TooLarge(@Unsigned @Default("4294967296") int number) {}

    record Names(int workflowId, int nodeID, int aB, int htmlBody2Text) {}

    private static void refused(Class<?> type, String... words) {
        var e = assertThrows(IllegalArgumentException.class, () -> Shape.of(type));
        for (String word : words) {
            assertTrue(String.valueOf(e.getMessage()).contains(word), e.toString());
        }
    }

    @Test
    void recordsThatContainThemselves_areRefused() {
        refused(Tree.class, "Tree.children", "itself");
        refused(Ping.class, "Pong.ping", "itself");
    }

    @Test
    void doubles_areNoKeysAndHaveNoIndex() {
        refused(Weighed.class, "Weighed.grams", "key");
        var table = Table.of("rank", Rank.class);
        assertThrows(IllegalArgumentException.class, () -> table.index("rank", Double.class));
        assertThrows(IllegalArgumentException.class, () -> table.index("weight", Optional.class));
    }

    @Test
    void indexes_areOnTheColumnsType() {
        var table = Table.of("rank", Rank.class);
        assertThrows(IllegalArgumentException.class, () -> table.index("id", Integer.class));
        assertThrows(IllegalArgumentException.class, () -> table.index("role", String.class));
        assertThrows(IllegalArgumentException.class, () -> table.index("nothing", String.class));
        assertEquals(0, table.index("role", Role.class).ordinal());
    }

    @Test
    void indexesOnSeveralColumns_areOnNoneOfThemAlone() {
        var table = Table.of("rank", Rank.class);
        assertThrows(IllegalArgumentException.class, () -> table.index(List.of("id")));
        assertThrows(IllegalArgumentException.class, () -> table.index(List.of("id", "nothing")));
        assertThrows(IllegalArgumentException.class, () -> table.index(List.of("id", "rank")));
        var index = table.index(List.of("role", "id"));
        assertEquals(List.of(3, 0), index.columns());
        assertFalse(index.isOn(0) || index.isOn(3));
    }

    /** Workspaces have their indexes from the start; one that comes later would be empty. */
    @Test
    void indexes_areMadeBesideTheTable() {
        var table = Table.of("rank", Rank.class);
        table.index("role", Role.class);
        Modules.schemaOf(module -> module.name("late").table(table));
        assertThrows(IllegalStateException.class, () -> table.index("id", String.class));
        assertEquals(1, table.indexes().size());
    }

    @Test
    void defaultsThatDoNotFit_areRefused() {
        refused(NotFinite.class, "NotFinite.number");
        refused(NotBoolean.class, "NotBoolean.flag");
        refused(NotNumber.class, "NotNumber.number");
    }

    @Test
    void settled_isWhatAJournalRoundTripGives() {
        var list = new ArrayList<Instant>();
        list.add(Instant.parse("2026-01-02T03:04:05.123456789Z"));
        var settled = Shape.of(Nanos.class).settled(new Nanos(Instant.EPOCH.plusNanos(1_999), list));
        list.clear();
        assertEquals(
                new Nanos(Instant.EPOCH.plusNanos(1_000), List.of(Instant.parse("2026-01-02T03:04:05.123456Z"))),
                settled);
        assertEquals(
                Instant.parse("2026-01-02T03:04:05.123456Z"),
                Shape.of(Nanos.class).columns().getFirst().fallback());
    }

    @Test
    void unsignedNumbers_haveTypesOfTheirOwn() {
        Shape<Meter> shape = Shape.of(Meter.class);
        assertEquals("id:uint,total:ulong,peak:uint?,counts:ulong[],signed:int", shape.signature());
        assertEquals(-1L, shape.columns().get(1).fallback());
        refused(NotUnsigned.class, "NotUnsigned.text", "@Unsigned");
        refused(NotUnsignedInside.class, "NotUnsignedInside.nanos", "@Unsigned");
        refused(Negative.class, "Negative.number", "-1");
        refused(TooLarge.class, "TooLarge.number", "4294967296");
    }

    @Test
    void names_areSnakeCaseAndEitherSpellingFinds() {
        Shape<Names> shape = Shape.of(Names.class);
        assertEquals(
                List.of("workflow_id", "node_id", "a_b", "html_body2_text"),
                shape.columns().stream().map(Column::name).toList());
        assertEquals(1, shape.ordinal("node_id"));
        assertEquals(1, shape.ordinal("nodeID"));
        assertEquals(-1, shape.ordinal("NODE_ID"));
    }
}
