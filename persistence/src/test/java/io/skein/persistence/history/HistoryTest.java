package io.skein.persistence.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.RowChange;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.schema.Bytes;
import io.skein.engine.state.Committed;
import io.skein.engine.state.HashChain;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.view.Audience;
import io.skein.engine.view.Visibility;
import io.skein.engine.workspace.TxHeader;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.Answer;
import io.skein.persistence.Database;
import io.skein.persistence.RoomsModule;
import io.skein.persistence.StoredWorkspace;
import io.skein.persistence.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistoryTest {
    private static final String ID = "test";
    private static final int CALLS = 300;
    private static final Modules MODULES = new Modules(List.of(new RoomsModule(), new BoardModule()));
    private static final HistoryLimits SMALL = new HistoryLimits(2, 50, 3_000, 10_000, Duration.ofSeconds(1));

    @SuppressWarnings("NullAway.Init")
    private Database database;

    @SuppressWarnings("NullAway.Init")
    private History history;

    @BeforeEach
    void open() {
        database = Database.open(TestPostgres.options(TestPostgres.emptyTables()));
        history = new History(database.dataSource(), MODULES, SMALL);
    }

    @AfterEach
    void close() {
        history.close();
        database.close();
    }

    private void store(TestWorkspace workspace, int largestGroup) throws Exception {
        List<Group> groups = StoredWorkspace.grouped(workspace.journal(), largestGroup, new Random(1));
        StoredWorkspace.store(database.dataSource(), ID, groups);
        // One in the middle, so that both ways of replaying are gone.
        int middle = groups.size() / 2;
        while (groups.get(middle - 1).lastSeq() < 1) {
            middle++;
        }
        long seq = groups.get(middle - 1).lastSeq();
        StoredWorkspace.storeSnapshot(
                database.dataSource(),
                ID,
                middle,
                workspace.history().get((int) seq - 1).after());
    }

    /** What live sessions of the audience were sent. */
    private static List<History.Entry> live(TestWorkspace workspace, Audience audience) {
        var visibility = new Visibility(workspace.state().schema());
        var entries = new ArrayList<History.Entry>();
        for (Committed committed : workspace.history()) {
            List<RowChange> changes = visibility.ops(committed, audience).stream()
                    .map(RowChange::of)
                    .toList();
            if (!changes.isEmpty()) {
                entries.add(new History.Entry(TxHeader.of(committed), changes));
            }
        }
        return entries;
    }

    /** All pages, and where they began. */
    private List<History.Entry> walk(Audience audience, History.Order order, int limit) throws Exception {
        var entries = new ArrayList<History.Entry>();
        var begun = new HashSet<Long>();
        OptionalLong next = OptionalLong.of(order == History.Order.OLDEST_FIRST ? 1 : Long.MAX_VALUE);
        while (next.isPresent()) {
            assertTrue(begun.add(next.getAsLong()), "a page twice");
            History.Page page = found(history.page(ID, audience, new History.Range(order, next.getAsLong(), limit)));
            assertTrue(page.entries().size() <= limit);
            entries.addAll(page.entries());
            next = page.next();
        }
        return entries;
    }

    private static <T> T found(CompletableFuture<Answer<T>> answer) throws Exception {
        return switch (answer.get(30, TimeUnit.SECONDS)) {
            case Answer.Found<T>(var value) -> value;
            case Answer.Refused<T>(var refusal) -> throw new AssertionError(refusal.toString());
        };
    }

    private static ErrorCode refused(CompletableFuture<? extends Answer<?>> answer) throws Exception {
        return assertInstanceOf(Answer.Refused.class, answer.get(30, TimeUnit.SECONDS))
                .refusal()
                .code();
    }

    private void assertPagesAreWhatWasLive(TestWorkspace workspace, Audience audience, int... limits) throws Exception {
        List<History.Entry> live = live(workspace, audience);
        assertFalse(live.isEmpty());
        for (int limit : limits) {
            assertEquals(live, walk(audience, History.Order.OLDEST_FIRST, limit), "oldest first by " + limit);
            List<History.Entry> back = walk(audience, History.Order.NEWEST_FIRST, limit);
            Collections.reverse(back);
            assertEquals(live, back, "newest first by " + limit);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 40})
    void M2_pagesOfAnAudience_areWhatItsSessionsHeardLive(int largestGroup) throws Exception {
        TestWorkspace workspace = RandomHistory.board(largestGroup, CALLS);
        store(workspace, largestGroup);

        assertPagesAreWhatWasLive(workspace, new Audience(Role.OWNER, Optional.empty()), 1, 7, 1_000);
        assertPagesAreWhatWasLive(workspace, new Audience(Role.VIEWER, Optional.empty()), 1, 7, 1_000);
    }

    @Test
    void M2_pagesOfAModuleWithRowRules_areWhatItsSessionsHeardLive() throws Exception {
        TestWorkspace workspace = RandomHistory.rooms(3, CALLS);
        store(workspace, 12);

        for (String name : List.of("ann", "bob", "owner", "somebody")) {
            assertPagesAreWhatWasLive(
                    workspace,
                    Audience.of(workspace.state().schema(), TestWorkspace.person(name), Role.EDITOR),
                    7,
                    1_000);
        }
    }

    @Test
    void M2_whoSomebodyWas_decidesForEachTransaction() throws Exception {
        TestWorkspace workspace = RandomHistory.board(12, CALLS);
        store(workspace, 5);
        var owner = new Audience(Role.OWNER, Optional.empty());
        var viewer = new Audience(Role.VIEWER, Optional.empty());
        History.PastAudience risen =
                state -> state.seq() < 40 ? Optional.empty() : Optional.of(state.seq() < 90 ? viewer : owner);

        var expected = new ArrayList<History.Entry>();
        live(workspace, viewer).stream()
                .filter(entry -> entry.header().seq() >= 40 && entry.header().seq() < 90)
                .forEach(expected::add);
        live(workspace, owner).stream()
                .filter(entry -> entry.header().seq() >= 90)
                .forEach(expected::add);
        var walked = new ArrayList<History.Entry>();
        for (OptionalLong next = OptionalLong.of(1); next.isPresent(); ) {
            var range = new History.Range(History.Order.OLDEST_FIRST, next.getAsLong(), 30);
            History.Page page = found(history.page(ID, risen, range));
            walked.addAll(page.entries());
            next = page.next();
        }
        assertTrue(expected.size() > 50, () -> expected.size() + " transactions");
        assertEquals(expected, walked);
    }

    @Test
    void pages_areBoundedByBytesAndByTheirLargestSize() throws Exception {
        TestWorkspace workspace = RandomHistory.board(4, CALLS);
        store(workspace, 40);
        var everything = new Audience(Role.OWNER, Optional.empty());

        History.Page page = found(history.page(ID, everything, History.Range.newest(1_000)));

        long covered = page.head() - page.next().orElseThrow();
        assertTrue(covered > 1 && covered <= SMALL.pageTransactions(), () -> "covers " + covered);
        long bytes = workspace.history().stream()
                .filter(committed -> committed.seq() > page.next().orElseThrow() + 1)
                .mapToLong(committed -> committed.canonical().length)
                .sum();
        assertTrue(bytes < SMALL.pageBytes(), () -> bytes + " bytes before the last one");
    }

    @Test
    void O3_stateAtEverySeq_isTheFoldUpToIt() throws Exception {
        TestWorkspace workspace = RandomHistory.rooms(5, CALLS);
        store(workspace, 9);

        for (Committed committed : workspace.history()) {
            WorkspaceState state = found(history.stateAt(ID, committed.seq()));
            assertEquals(committed.seq(), state.seq());
            assertEquals(TxHeader.of(committed).hash(), Bytes.of(state.hash()));
            for (int table = 0; table < state.schema().tableCount(); table++) {
                assertEquals(committed.after().rows(table), state.rows(table));
            }
        }
    }

    @Test
    void O3_twoStatesAtOnce_areWhatEachIsAlone() throws Exception {
        TestWorkspace workspace = RandomHistory.rooms(11, CALLS);
        store(workspace, 9);
        List<Committed> all = workspace.history();
        var random = new Random(12);
        for (int i = 0; i < 40; i++) {
            int to = random.nextInt(all.size());
            int from = random.nextInt(to + 1);
            History.Between between = found(history.between(ID, 1 + from, 1 + to, i % 2 == 0 ? Long.MAX_VALUE : 0));
            assertIs(all.get(from), between.before());
            assertIs(all.get(to), between.after());
        }
        long head = workspace.state().seq();
        assertEquals(ErrorCode.NOT_FOUND, refused(history.between(ID, 1, head + 1)));
        assertEquals(ErrorCode.NOT_FOUND, refused(history.between(ID, 3, 2)));
        assertEquals(ErrorCode.NOT_FOUND, refused(history.between("none", 1, 1)));
    }

    private static void assertIs(Committed committed, WorkspaceState state) {
        assertEquals(committed.seq(), state.seq());
        for (int table = 0; table < state.schema().tableCount(); table++) {
            assertEquals(committed.after().rows(table), state.rows(table));
        }
    }

    @Test
    void H1_pagesOfTheChain_areTheChain() throws Exception {
        TestWorkspace workspace = RandomHistory.rooms(13, CALLS);
        store(workspace, 9);
        byte[] hash = HashChain.genesis();
        OptionalLong next = OptionalLong.of(1);
        long seq = 0;
        while (next.isPresent()) {
            assertEquals(seq + 1, next.getAsLong());
            History.Chain page = found(history.chain(ID, next.getAsLong(), 7));
            assertEquals(Bytes.of(hash), page.hashBefore());
            for (History.Link link : page.links()) {
                seq++;
                assertEquals(seq, link.seq());
                hash = HashChain.next(hash, link.canonical().toArray());
                assertEquals(Bytes.of(hash), link.hash());
            }
            next = page.next();
        }
        assertEquals(workspace.state().seq(), seq);
        assertEquals(Bytes.of(workspace.state().hash()), Bytes.of(hash));
        assertEquals(ErrorCode.NOT_FOUND, refused(history.chain(ID, seq + 1, 7)));
        execute("UPDATE event_journal SET event_payload = set_byte(event_payload, length(event_payload) - 40,"
                + " get_byte(event_payload, length(event_payload) - 40) # 1) WHERE sequence_number = 2");
        assertEquals(ErrorCode.INTERNAL, refused(history.chain(ID, 1, 50)));
    }

    @Test
    void whatIsNotThere_isRefused() throws Exception {
        TestWorkspace workspace = RandomHistory.board(6, 5);
        store(workspace, 1);
        var everything = new Audience(Role.OWNER, Optional.empty());
        long head = workspace.state().seq();

        assertEquals(ErrorCode.NOT_FOUND, refused(history.page("none", everything, History.Range.newest(1))));
        assertEquals(ErrorCode.NOT_FOUND, refused(history.stateAt("none", 1)));
        assertEquals(ErrorCode.NOT_FOUND, refused(history.stateAt(ID, 0)));
        assertEquals(ErrorCode.NOT_FOUND, refused(history.stateAt(ID, head + 1)));
        assertEquals(ErrorCode.INVALID_ARGS, refused(history.page(ID, everything, History.Range.newest(0))));
        var beyond = new History.Range(History.Order.OLDEST_FIRST, head + 1, 1);
        assertEquals(List.of(), found(history.page(ID, everything, beyond)).entries());
        assertEquals(
                OptionalLong.empty(),
                found(history.page(ID, everything, beyond)).next());
    }

    @Test
    void snapshotThatCannotBeRead_costsOnlyTime() throws Exception {
        TestWorkspace workspace = RandomHistory.board(7, 50);
        store(workspace, 3);
        execute("UPDATE snapshot SET snapshot_payload = overlay(snapshot_payload PLACING '\\xff'::bytea FROM 1)");

        assertEquals(
                workspace.state().rows(BoardModule.CARDS),
                found(history.stateAt(ID, workspace.state().seq())).rows(BoardModule.CARDS));
    }

    @Test
    void H1_brokenChain_isNotShown() throws Exception {
        store(RandomHistory.board(8, 50), 3);
        execute("UPDATE event_journal SET event_payload = set_byte(event_payload, length(event_payload) - 40,"
                + " get_byte(event_payload, length(event_payload) - 40) # 1) WHERE sequence_number = 2");

        var everything = new Audience(Role.OWNER, Optional.empty());
        assertEquals(ErrorCode.INTERNAL, refused(history.page(ID, everything, History.Range.oldest(50))));
    }

    @Test
    void L2_moreReadersThanMay_areRefusedAtOnceAndCancelledOnesMakeRoom() throws Exception {
        store(RandomHistory.board(9, 20), 2);
        var everything = new Audience(Role.OWNER, Optional.empty());
        try (Connection locker = database.dataSource().getConnection();
                Statement lock = locker.createStatement()) {
            locker.setAutoCommit(false);
            lock.execute("LOCK TABLE event_journal");
            var first = history.page(ID, everything, History.Range.newest(5));
            var second = history.stateAt(ID, 3);

            assertEquals(ErrorCode.OVERLOADED, refused(history.page(ID, everything, History.Range.newest(5))));

            assertFalse(first.isDone() || second.isDone());
            second.cancel(false);
            locker.rollback();
            assertEquals(5, found(first).entries().size());
        }
        awaitRoom(everything);
    }

    /** The cancelled reader gives its place back at its next step: then two can read at once again. */
    private void awaitRoom(Audience everything) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        boolean both = false;
        while (!both) {
            assertTrue(System.nanoTime() < end, "the cancelled reader keeps its place");
            try (Connection locker = database.dataSource().getConnection();
                    Statement lock = locker.createStatement()) {
                locker.setAutoCommit(false);
                lock.execute("LOCK TABLE event_journal");
                var one = history.page(ID, everything, History.Range.newest(5));
                var two = history.page(ID, everything, History.Range.newest(5));
                locker.rollback();
                both = one.get(10, TimeUnit.SECONDS) instanceof Answer.Found
                        && two.get(10, TimeUnit.SECONDS) instanceof Answer.Found;
            }
        }
    }

    @Test
    void everyStatement_isALookUpInAPrimaryKey() throws Exception {
        TestWorkspace workspace = RandomHistory.board(10, 2_000);
        for (int i = 0; i < 20; i++) {
            StoredWorkspace.store(database.dataSource(), "w" + i, workspace.journal());
            StoredWorkspace.storeSnapshot(database.dataSource(), "w" + i, 100, workspace.state());
        }
        execute("ANALYZE");
        String id = "'workspace|w7'";
        assertIndexed(JournalReader.BOUNDS, id, id);
        assertIndexed(JournalReader.HEAD_OF_ROW, id, "1000");
        assertIndexed(JournalReader.ROWS_UP, id, "1000", "1900", "100000");
        assertIndexed(JournalReader.ROWS_DOWN, id, "1", "1000", "100000");
        execute("SET enable_seqscan = off"); // Twenty snapshots fit one page; a large table is meant.
        assertIndexed(JournalReader.NEXT_ID, id, id);
    }

    private void assertIndexed(String sql, String... values) throws Exception {
        String filled = sql;
        for (String value : values) {
            filled = filled.replaceFirst("\\?", value);
        }
        var plan = new StringBuilder();
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery("EXPLAIN " + filled)) {
            while (row.next()) {
                plan.append(row.getString(1)).append('\n');
            }
        }
        assertTrue(plan.toString().matches("(?s).*Index (Only )?Scan.*event_journal_pkey.*"), plan::toString);
        assertFalse(plan.toString().contains("Seq Scan on event_journal"), plan::toString);
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void closedHistory_refuses() throws Exception {
        store(RandomHistory.board(11, 5), 1);
        history.close();

        assertEquals(ErrorCode.UNAVAILABLE, refused(history.stateAt(ID, 1)));
    }
}
