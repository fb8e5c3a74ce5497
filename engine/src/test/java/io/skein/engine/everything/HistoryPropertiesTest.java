package io.skein.engine.everything;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.module.TableReader;
import io.skein.engine.module.Tables;
import io.skein.engine.reducer.DecideLimits;
import io.skein.engine.schema.Index;
import io.skein.engine.schema.Table;
import io.skein.engine.state.Rows;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds after any history. */
class HistoryPropertiesTest {
    /** Few remembered calls, so that they are forgotten within a history. */
    private static final int REMEMBERED = 2;

    private static final Table<?>[] STORED = {
        EverythingModule.THINGS,
        EverythingModule.CELLS,
        EverythingModule.TALLIES,
        EverythingModule.NOTES,
        EverythingModule.CREWS,
        EverythingModule.WHISPERS,
        EverythingModule.MUTED,
        EverythingModule.AUDITS,
        EverythingModule.METERS
    };

    private static TestWorkspace workspace(EverythingModule module) {
        return TestWorkspace.of(module, DecideLimits.DEFAULT, REMEMBERED);
    }

    @Provide
    Arbitrary<List<Action>> histories() {
        return Action.histories();
    }

    /** However the journal happened to be cut into groups, and wherever it is read from. */
    @Property(tries = 120)
    void replayEqualsLive(
            @ForAll("histories") List<Action> history, @ForAll @IntRange(min = 1, max = 6) int groupSize) {
        TestWorkspace workspace = Action.play(workspace(new EverythingModule()), history);
        workspace.restart();
        WorkspaceState replayed = WorkspaceState.empty(
                workspace.state().schema(), workspace.state().workspace(), REMEMBERED);
        List<Group> journal = workspace.journal();
        for (int from = 0; from < journal.size(); from += groupSize) {
            Group group = merged(journal.subList(from, Math.min(journal.size(), from + groupSize)));
            replayed = GroupCodec.replay(replayed, GroupCodec.decode(GroupCodec.encode(group)), _ -> {});
        }
        assertEquals(workspace.state(), replayed);
    }

    private static Group merged(List<Group> groups) {
        Group first = groups.getFirst();
        return new Group(
                first.module(),
                first.moduleVersion(),
                first.firstSeq(),
                groups.stream().flatMap(group -> group.transactions().stream()).toList(),
                groups.getLast().hashAfter(),
                groups.stream().flatMap(group -> group.refused().stream()).toList());
    }

    @Property(tries = 120)
    void indexLookUpsEqualScans(@ForAll("histories") List<Action> history) {
        WorkspaceState state =
                Action.play(workspace(new EverythingModule()), history).state();
        for (Table<?> table : STORED) {
            requireIndexesEqualScans(state.rows(table));
        }
    }

    private static <R> void requireIndexesEqualScans(Rows<R> rows) {
        for (Index<R, ?> index : rows.table().indexes()) {
            for (Object value : values(index)) {
                List<R> scanned = rows.all().stream()
                        .filter(row -> index.valueOf(row).equals(value))
                        .toList();
                assertEquals(counted(scanned), counted(where(rows, index, value)), index + " " + value);
            }
        }
    }

    /** Reads inside a transaction see what anybody reads after it. */
    @Property(tries = 120)
    void draftReadsEqualCommittedReads(@ForAll("histories") List<Action> history) {
        List<Map<String, Object>> inside = new ArrayList<>();
        var module = new EverythingModule(tx -> inside.add(reads(tx)));
        TestWorkspace workspace = workspace(module);
        Action.PEOPLE.forEach(workspace::as);
        for (Action action : history) {
            inside.clear();
            long seq = workspace.state().seq();
            action.in(workspace);
            if (!inside.isEmpty() && workspace.state().seq() > seq) {
                Map<String, Object> after = reads(workspace.state());
                inside.getLast().forEach((what, read) -> assertEquals(after.get(what), read, what));
            }
        }
    }

    private static Map<String, Object> reads(Tables tables) {
        var reads = new HashMap<String, Object>();
        for (Table<?> table : STORED) {
            readsOf(tables, table, reads);
        }
        return reads;
    }

    private static <R> void readsOf(Tables tables, Table<R> table, Map<String, Object> reads) {
        var reader = tables.in(table);
        reads.put(table + " all", counted(reader.all()));
        reads.put(table + " size", reader.size());
        for (Object key : keys(table)) {
            reads.put(table + " find " + key, reader.find(key));
        }
        for (Index<R, ?> index : table.indexes()) {
            for (Object value : values(index)) {
                reads.put(table + " where " + index.columns() + " " + value, counted(where(reader, index, value)));
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static <R, V> List<R> where(TableReader<R> rows, Index<R, V> index, Object value) {
        return rows.where(index, (V) value);
    }

    private static Map<Object, Integer> counted(List<?> rows) {
        var counts = new HashMap<Object, Integer>();
        rows.forEach(row -> counts.merge(row, 1, Integer::sum));
        return counts;
    }

    /** Values that occur, and one that never does. */
    private static List<?> values(Index<?, ?> index) {
        if (index.equals(EverythingModule.BY_COLOR)) {
            return List.of(EverythingModule.Color.values());
        }
        if (index.equals(EverythingModule.BY_LABEL)) {
            return List.of(Optional.empty(), Optional.of("label 1"), Optional.of("label 2"), Optional.of("none"));
        }
        if (index.equals(EverythingModule.BY_WORD_AND_WEIGHT)) {
            return List.of(List.of("w0", 0), List.of("w0", 1), List.of("w1", 0), List.of("w2", 1), List.of("w2", 2));
        }
        return index.equals(EverythingModule.BY_NUMBER) || index.equals(EverythingModule.BY_PITCH)
                ? List.of(0, 1, 2, 3)
                : List.of("w0", "w1", "w2", "c0", "c1", "c2", "none");
    }

    private static List<Object> keys(Table<?> table) {
        var keys = new ArrayList<Object>();
        for (int a = 0; a < 5; a++) {
            if (table == EverythingModule.THINGS) {
                keys.add("t" + a);
            } else if (table == EverythingModule.CELLS) {
                keys.add(List.of(a % 3, "y" + a));
            } else if (table == EverythingModule.TALLIES) {
                keys.add(new EverythingModule.Tally("w" + a % 3, a % 2));
            } else if (table == EverythingModule.WHISPERS) {
                keys.add(new EverythingModule.Whisper("w" + a % 3, a % 2));
            } else if (table == EverythingModule.NOTES) {
                keys.add(a);
            } else if (table == EverythingModule.MUTED) {
                keys.add("w" + a);
            }
        }
        return keys;
    }
}
