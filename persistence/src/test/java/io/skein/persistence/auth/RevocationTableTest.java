package io.skein.persistence.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.audit.Origin;
import io.skein.engine.schema.Identity;
import io.skein.persistence.Database;
import io.skein.persistence.TestPostgres;
import io.skein.persistence.auth.Revocation.Kind;
import io.skein.persistence.auth.RevocationTable.Numbered;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RevocationTableTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Identity ADA = Identity.of("skein", "ada");
    private static final int MANY = 1_000;

    private Database database;
    private RevocationTable table;

    @BeforeEach
    void open() throws SQLException {
        database = Database.open(TestPostgres.options(TestPostgres.emptyTables()));
        table = new RevocationTable(database.dataSource());
        table.forget(Instant.parse("3000-01-01T00:00:00Z"));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Revocation revocation(Identity who, Kind kind, String value, Instant now) {
        return new Revocation(who, kind, value, now, ADA, now, now.plus(Duration.ofDays(31)));
    }

    private List<Revocation> all(Instant now) throws SQLException {
        return table.since(0, now, MANY).stream().map(Numbered::revocation).toList();
    }

    @Test
    void K3_a_revocation_is_kept_as_it_was_made() throws SQLException {
        Revocation device = revocation(ADA, Kind.DEVICE, "phone", NOW);
        assertTrue(table.put(device, MANY, Origin.NONE));
        assertEquals(List.of(device), all(NOW));
    }

    @Test
    void K3_one_that_is_made_again_is_told_again_and_never_covers_less() throws SQLException {
        table.put(revocation(ADA, Kind.ALL, "", NOW), MANY, Origin.NONE);
        long first = table.since(0, NOW, MANY).getFirst().id();
        Revocation later = revocation(ADA, Kind.ALL, "", NOW.plusSeconds(10));
        table.put(later, MANY, Origin.NONE);
        List<Numbered> again = table.since(first, NOW, MANY);
        assertEquals(List.of(later), again.stream().map(Numbered::revocation).toList());
        table.put(revocation(ADA, Kind.ALL, "", NOW), MANY, Origin.NONE); // by a node whose clock is behind
        Revocation now = all(NOW).getFirst();
        assertEquals(later.issuedUntil(), now.issuedUntil());
        assertEquals(later.expiresAt(), now.expiresAt());
    }

    @Test
    void L1_of_one_user_only_so_many_are_kept_but_always_one_of_all() throws SQLException {
        assertTrue(table.put(revocation(ADA, Kind.TOKEN, "a", NOW), 2, Origin.NONE));
        assertTrue(table.put(revocation(ADA, Kind.TOKEN, "b", NOW), 2, Origin.NONE));
        assertFalse(table.put(revocation(ADA, Kind.TOKEN, "c", NOW), 2, Origin.NONE));
        assertTrue(table.put(revocation(ADA, Kind.TOKEN, "b", NOW), 2, Origin.NONE), "there already");
        assertTrue(table.put(revocation(Identity.of("skein", "bob"), Kind.TOKEN, "c", NOW), 2, Origin.NONE));
        assertTrue(table.put(revocation(ADA, Kind.ALL, "", NOW), 2, Origin.NONE));
        assertTrue(
                table.put(revocation(ADA, Kind.TOKEN, "d", NOW.plus(Duration.ofDays(32))), 2, Origin.NONE),
                "the others expired");
    }

    @Test
    void L1_what_has_expired_is_told_no_more_and_goes() throws SQLException {
        table.put(revocation(ADA, Kind.TOKEN, "old", NOW), MANY, Origin.NONE);
        Revocation young = revocation(ADA, Kind.TOKEN, "young", NOW.plus(Duration.ofDays(1)));
        table.put(young, MANY, Origin.NONE);
        Instant later = NOW.plus(Duration.ofDays(31));
        assertEquals(List.of(young), all(later));
        assertEquals(1, table.forget(later));
        assertEquals(List.of(young), all(NOW));
    }

    /** A number that is taken early and becomes visible late would be passed over by who asks in between. */
    @Test
    void K3_who_asks_while_others_write_misses_none() throws Exception {
        int writers = 4;
        int each = 60;
        var seen = new ArrayList<String>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = new ArrayList<CompletableFuture<?>>();
            for (int writer = 0; writer < writers; writer++) {
                String name = "w" + writer + "-";
                running.add(CompletableFuture.runAsync(
                        () -> {
                            for (int i = 0; i < each; i++) {
                                try {
                                    table.put(revocation(ADA, Kind.TOKEN, name + i, NOW), MANY, Origin.NONE);
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            }
                        },
                        threads));
            }
            CompletableFuture<Void> written = CompletableFuture.allOf(running.toArray(CompletableFuture[]::new));
            long last = 0;
            for (boolean isLast = false; !isLast; ) {
                isLast = written.isDone();
                for (Numbered one : table.since(last, NOW, MANY)) {
                    assertTrue(one.id() > last);
                    last = one.id();
                    seen.add(one.revocation().value());
                }
            }
            written.join();
        }
        assertEquals(writers * each, seen.size());
        assertEquals(seen.size(), seen.stream().distinct().count());
    }
}
