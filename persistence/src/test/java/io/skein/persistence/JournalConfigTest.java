package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.jdbc.query.javadsl.JdbcReadJournal;
import org.apache.pekko.persistence.query.PersistenceQuery;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.RetentionCriteria;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The plugins, with these settings, against these tables. */
class JournalConfigTest {
    private static final int SNAPSHOT_EVERY = 10;
    private static final Duration WAIT = Duration.ofSeconds(30);

    private Endpoint endpoint = new Endpoint("", "", "");

    @SuppressWarnings("NullAway.Init")
    private ActorTestKit kit;

    @BeforeEach
    void start() {
        endpoint = TestPostgres.freshDatabase();
        try (Database database = Database.open(TestPostgres.options(endpoint))) {
            Migrations.migrate(database.dataSource());
            endpoint = database.endpoint();
        }
        kit = start(JournalOptions.DEFAULT);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private ActorTestKit start(JournalOptions options) {
        Config config = JournalConfig.of(endpoint, options, Duration.ofSeconds(5))
                .withFallback(ConfigFactory.parseString("""
                    pekko.persistence.journal.plugin = "jdbc-journal"
                    pekko.persistence.snapshot-store.plugin = "jdbc-snapshot-store"
                    """))
                .withFallback(ConfigFactory.load());
        return ActorTestKit.create("journal", config);
    }

    /** Remembers every text; answers when it is durable, or at once with what it remembers. */
    private static final class Notes extends EventSourcedBehavior<Notes.Command, String, String> {
        private sealed interface Command permits Append, Read {}

        private record Append(String text, ActorRef<Done> replyTo) implements Command {}

        private record Read(ActorRef<String> replyTo) implements Command {}

        private Notes(String id) {
            super(PersistenceId.ofUniqueId(id));
        }

        static Behavior<Command> of(String id) {
            return new Notes(id).asBehavior();
        }

        private Behavior<Command> asBehavior() {
            return Behaviors.setup(_ -> this);
        }

        @Override
        public String emptyState() {
            return "";
        }

        @Override
        public CommandHandler<Command, String, String> commandHandler() {
            return (state, command) -> switch (command) {
                case Append(String text, ActorRef<Done> replyTo) ->
                    Effect().persist(text).thenReply(replyTo, _ -> Done.done());
                case Read(ActorRef<String> replyTo) -> Effect().reply(replyTo, state);
            };
        }

        @Override
        public EventHandler<String, String> eventHandler() {
            return (state, event) -> state + event;
        }

        @Override
        public RetentionCriteria retentionCriteria() {
            return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY, 2);
        }
    }

    @Test
    void D1_whatIsAnswered_isInTheTables() throws SQLException {
        append("one", "a");

        assertEquals(
                1, count("SELECT count(*) FROM event_journal WHERE persistence_id = 'one' AND sequence_number = 1"));
        assertTrue(isDurable(), "the journal's own connections");
    }

    @Test
    void entity_recoversFromEventsAfterItsSnapshot() throws SQLException {
        String expected = "";
        for (int i = 0; i < SNAPSHOT_EVERY + 3; i++) {
            append("one", i + ";");
            expected += i + ";";
        }
        kit.createTestProbe().awaitAssert(WAIT, () -> {
            assertEquals(1, uncheckedCount("SELECT count(*) FROM snapshot WHERE persistence_id = 'one'"));
            return null;
        });
        kit.shutdownTestKit();
        // What the snapshot holds can only come from the snapshot now.
        TestPostgres.execute(endpoint, "DELETE FROM event_journal WHERE sequence_number <= " + SNAPSHOT_EVERY);

        kit = start(JournalOptions.DEFAULT);

        assertEquals(expected, read("one"));
    }

    @Test
    void snapshotThatCannotBeRead_costsTimeNotData() throws SQLException {
        for (int i = 0; i < SNAPSHOT_EVERY; i++) {
            append("one", "x");
        }
        kit.createTestProbe().awaitAssert(WAIT, () -> {
            assertEquals(1, uncheckedCount("SELECT count(*) FROM snapshot WHERE persistence_id = 'one'"));
            return null;
        });
        TestPostgres.execute(endpoint, "UPDATE snapshot SET snapshot_ser_id = 999999");

        assertEquals("x".repeat(SNAPSHOT_EVERY), read("one"));
    }

    @Test
    void D3_olderWriterAfterANewerOne_isNotReplayedInSilence() {
        append("one", "a");
        append("one", "b");
        append("one", "c");
        TestPostgres.execute(endpoint, """
            UPDATE event_journal SET writer = (SELECT writer FROM event_journal WHERE sequence_number = 1)
            WHERE sequence_number = 3
            """);

        TestProbe<String> probe = kit.createTestProbe();
        ActorRef<Notes.Command> notes = kit.spawn(Notes.of("one"));
        notes.tell(new Notes.Read(probe.ref()));

        probe.expectTerminated(notes, WAIT);
    }

    @Test
    void D3_staleWriterInABatch_failsAloneAndItsNeighboursAreServed() throws Exception {
        List<String> ids = List.of("first", "left", "stale", "right");
        TestProbe<String> recovered = kit.createTestProbe();
        Map<String, ActorRef<Notes.Command>> notes = new HashMap<>();
        for (String id : ids) {
            notes.put(id, kit.spawn(Notes.of(id)));
            Objects.requireNonNull(notes.get(id)).tell(new Notes.Read(recovered.ref()));
        }
        recovered.receiveSeveralMessages(ids.size(), WAIT);
        append("another", "x");
        TestPostgres.execute(endpoint, """
            INSERT INTO event_journal (persistence_id, sequence_number, writer, write_timestamp, adapter_manifest,
              event_ser_id, event_ser_manifest, event_payload)
            SELECT 'stale', 1, 'another', write_timestamp, adapter_manifest, event_ser_id, event_ser_manifest, event_payload
            FROM event_journal WHERE persistence_id = 'another'
            """);
        TestProbe<Done> durable = kit.createTestProbe();
        try (Connection blocker = TestPostgres.connect(endpoint);
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("LOCK TABLE event_journal IN SHARE ROW EXCLUSIVE MODE");
            // While the first waits for the lock, the others gather behind it and become one batch.
            Objects.requireNonNull(notes.get("first")).tell(new Notes.Append("x", durable.ref()));
            durable.awaitAssert(WAIT, () -> {
                assertEquals(1, uncheckedCount("SELECT count(*) FROM pg_locks WHERE NOT granted"));
                return null;
            });
            for (String id : ids.subList(1, ids.size())) {
                Objects.requireNonNull(notes.get(id)).tell(new Notes.Append("x", durable.ref()));
            }
            durable.expectNoMessage(Duration.ofMillis(300));
            blocker.rollback();
        }

        durable.receiveSeveralMessages(3, WAIT);
        durable.expectTerminated(Objects.requireNonNull(notes.get("stale")), WAIT);
        assertEquals(2, count("SELECT count(*) FROM event_journal WHERE persistence_id IN ('left', 'right')"));
    }

    @Test
    void readJournal_findsTheEvents() throws Exception {
        append("one", "a");
        append("one", "b");

        JdbcReadJournal journal = PersistenceQuery.get(kit.system())
                .getReadJournalFor(JdbcReadJournal.class, JdbcReadJournal.Identifier());
        var events = journal.currentEventsByPersistenceId("one", 0, Long.MAX_VALUE)
                .map(envelope -> (String) envelope.event())
                .runWith(Sink.seq(), kit.system())
                .toCompletableFuture()
                .join();

        assertEquals(List.of("a", "b"), events);
    }

    /** The stock buffer of 1,000 fails writes here. */
    @Test
    void L2_manyEntitiesWritingAtOnce_areAllServed() throws SQLException {
        int entities = 5_000;
        TestProbe<String> recovered = kit.createTestProbe();
        List<ActorRef<Notes.Command>> all = IntStream.range(0, entities)
                .mapToObj(i -> kit.spawn(Notes.of("many-" + i)))
                .toList();
        all.forEach(notes -> notes.tell(new Notes.Read(recovered.ref())));
        recovered.receiveSeveralMessages(entities, WAIT);

        TestProbe<Done> durable = kit.createTestProbe();
        all.forEach(notes -> notes.tell(new Notes.Append("x", durable.ref())));
        durable.receiveSeveralMessages(entities, WAIT);

        assertEquals(entities, count("SELECT count(*) FROM event_journal WHERE persistence_id LIKE 'many-%'"));
    }

    @Test
    void poolIsOneAndOfTheSizeGiven() throws SQLException {
        append("one", "a");
        kit.createTestProbe().awaitAssert(WAIT, () -> {
            assertEquals(
                    JournalOptions.DEFAULT.poolSize(),
                    uncheckedCount("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                            + " AND application_name = 'skein'"));
            return null;
        });
    }

    private void append(String id, String text) {
        TestProbe<Done> probe = kit.createTestProbe();
        ActorRef<Notes.Command> notes = kit.spawn(Notes.of(id));
        notes.tell(new Notes.Append(text, probe.ref()));
        probe.expectMessage(WAIT, Done.done());
        kit.stop(notes);
    }

    private String read(String id) {
        TestProbe<String> probe = kit.createTestProbe();
        kit.spawn(Notes.of(id)).tell(new Notes.Read(probe.ref()));
        return probe.receiveMessage(WAIT);
    }

    private boolean isDurable() throws SQLException {
        try (Connection connection = TestPostgres.connect(endpoint)) {
            return Durability.show(connection, "synchronous_commit").equals("on");
        }
    }

    private int uncheckedCount(String sql) {
        try {
            return count(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private int count(String sql) throws SQLException {
        // Without the endpoint's parameters: this connection must not be counted as one of the journal's.
        Endpoint plain = new Endpoint(endpoint.url().split("\\?", -1)[0], endpoint.user(), "");
        try (Connection connection = TestPostgres.connect(plain);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertTrue(row.next());
            return row.getInt(1);
        }
    }
}
