package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

/** How a node knows that its database came out of a dump; with a real one, the edge's RestoreTest. */
class InstallationTest {
    private final Endpoint endpoint = TestPostgres.freshDatabase();

    private static String recognise(Endpoint where) {
        try (Database database = Database.open(TestPostgres.options(where))) {
            Migrations.migrate(database.dataSource());
            return Installation.recognise(database.dataSource());
        }
    }

    @Test
    void U5_a_database_that_was_never_restored_stays_as_it_is() {
        assertEquals("", recognise(endpoint));
        assertEquals("", recognise(endpoint));
    }

    @Test
    void U5_rows_in_another_database_or_on_another_server_or_in_another_table_are_a_copy() {
        recognise(endpoint);
        String before = "";
        for (String change : new String[] {
            "system_identifier = '1'", "database_oid = database_oid + 1", "journal_oid = journal_oid + 1"
        }) {
            TestPostgres.execute(endpoint, "UPDATE installation SET " + change);
            String copy = recognise(endpoint);
            assertNotEquals(before, copy, change);
            assertEquals(copy, recognise(endpoint), "it is known from now on");
            before = copy;
        }
    }

    /** Such as one that a provider runs. */
    @Test
    void U5_where_the_server_does_not_say_which_it_is_the_rest_decides() {
        recognise(endpoint);
        TestPostgres.execute(endpoint, "UPDATE installation SET system_identifier = ''");
        assertEquals("", recognise(endpoint));
        TestPostgres.execute(endpoint, "UPDATE installation SET database_oid = 1");
        assertNotEquals("", recognise(endpoint));
    }

    @Test
    void U5_an_operator_can_say_it_of_a_copy_of_files() {
        recognise(endpoint);
        try (Database database = Database.open(TestPostgres.options(endpoint))) {
            String said = Installation.restored(database.dataSource());
            assertNotEquals("", said);
            assertEquals(said, Installation.recognise(database.dataSource()));
        }
    }
}
