package io.skein.load.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.load.drive.Fleet;
import io.skein.load.drive.Pace;
import io.skein.load.drive.Window;
import io.skein.load.machine.Database;
import io.skein.load.machine.PostgresServer;
import io.skein.load.machine.SharedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference and the client tested with each other: a real Node process on a real PostgreSQL. */
class WsPostgresPeerTest {
    private static final int ROOMS = 3;
    private static final int MEMBERS = 4;

    private final PostgresServer postgres = SharedPostgres.server();

    @TempDir
    private Path directory = Path.of("");

    private Database database = postgres.maintenance();

    @BeforeEach
    void anEmptyDatabase() throws Exception {
        NodeNeeded.here();
        database = postgres.create("reference");
    }

    @AfterEach
    void drop() throws Exception {
        postgres.drop("reference");
    }

    @ParameterizedTest
    @CsvSource({"group, 1", "group, 3", "update, 1"})
    void everyMemberHearsEveryUpdateOnceAndItIsInTheDatabase(String frames, String lanes) throws Exception {
        Peer peer = frames.equals("group")
                ? WsPostgresPeer.best(Map.of("LANES", lanes))
                : WsPostgresPeer.plain(Map.of("LANES", lanes));
        try (Peer.Running running = peer.start(database, ROOMS, MEMBERS, directory);
                Fleet fleet = Fleet.join(running.wire(), running.seats(), MEMBERS, 120, 20)) {
            fleet.start(new Pace.Closed(4));
            Window window = fleet.run(2);
            Fleet.Verdict verdict = fleet.finish(20);
            assertTrue(verdict.isClean(), verdict::toString);
            assertTrue(window.acknowledged() > 100, () -> "acknowledged " + window.acknowledged());
            // Nothing is left open, so the database holds what was acknowledged, all of it and no more.
            assertEquals(fleet.acknowledged(), number("SELECT count(*) FROM room_update"));
            assertEquals(ROOMS, number("SELECT count(DISTINCT room) FROM room_update"));
            assertEquals(
                    0,
                    number("SELECT count(*) FROM (SELECT max(seq) - count(*) AS holes FROM room_update GROUP BY room)"
                            + " AS r WHERE holes <> 0"));
            assertEquals(120, number("SELECT max(length(body)) FROM room_update"));
        }
    }

    @Test
    void goesOnWhereTheDatabaseEndedAfterARestart() throws Exception {
        Peer peer = WsPostgresPeer.best(Map.of());
        writeALittle(peer);
        long before = number("SELECT max(seq) FROM room_update WHERE room = 'room-0'");
        writeALittle(peer);
        assertTrue(number("SELECT max(seq) FROM room_update WHERE room = 'room-0'") > before);
        assertEquals(
                number("SELECT max(seq) FROM room_update WHERE room = 'room-0'"),
                number("SELECT count(*) FROM room_update WHERE room = 'room-0'"));
    }

    @Test
    void D1_nobodyHearsOfAnUpdateThatTheDatabaseDidNotTake() throws Exception {
        Peer peer = WsPostgresPeer.best(Map.of());
        try (Peer.Running running = peer.start(database, ROOMS, MEMBERS, directory);
                Fleet fleet = Fleet.join(running.wire(), running.seats(), MEMBERS, 120, 20)) {
            execute("ALTER TABLE room_update ADD CONSTRAINT nothing_goes CHECK (seq < 0) NOT VALID");
            fleet.start(new Pace.Closed(4));
            assertThrows(IllegalStateException.class, () -> fleet.run(20));
            assertEquals(0, fleet.acknowledged());
        }
    }

    private void writeALittle(Peer peer) throws Exception {
        try (Peer.Running running = peer.start(database, ROOMS, MEMBERS, directory);
                Fleet fleet = Fleet.join(running.wire(), running.seats(), MEMBERS, 120, 20)) {
            fleet.start(new Pace.Closed(1));
            fleet.run(1);
            Fleet.Verdict verdict = fleet.finish(20);
            assertTrue(verdict.isClean(), verdict::toString);
        }
    }

    private long number(String sql) throws Exception {
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private void execute(String sql) throws Exception {
        try (Connection connection = PostgresServer.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
