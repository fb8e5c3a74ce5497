package io.skein.persistence.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.codec.OnlyKeys;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Identity;
import io.skein.engine.testing.TestWorkspace;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.modules.spaces.SpaceTables;
import io.skein.modules.spaces.SpacesModule;
import io.skein.modules.spaces.SpacesModule.GivenSecret;
import io.skein.modules.spaces.SpacesModule.SaveSecrets;
import io.skein.persistence.Database;
import io.skein.persistence.Endpoint;
import io.skein.persistence.StoredWorkspace;
import io.skein.persistence.TestNode;
import io.skein.persistence.TestPostgres;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rule S1 where the key is lost, and found again. */
class SealedWorkspaceTest {
    private static final String ID = "test";
    private static final Modules MODULES = new Modules(List.of(new SpacesModule()));
    private static final Identity OWNER = Identity.of("test", "owner");

    @BeforeEach
    void useOne() {
        OnlyKeys.use("one");
    }

    private static SaveSecrets secret(String value) {
        return new SaveSecrets(List.of(new GivenSecret("openai", value)));
    }

    @Test
    void H1_theChainIsCheckedWithoutTheKey() throws Exception {
        var space = TestWorkspace.of(new SpacesModule());
        for (int i = 0; i < 40; i++) {
            space.accepted("save_secrets", secret("sk-" + i));
        }
        try (Database database = Database.open(TestPostgres.options(TestPostgres.emptyTables()))) {
            StoredWorkspace.store(
                    database.dataSource(), ID, StoredWorkspace.grouped(space.journal(), 3, new Random(2)));
            StoredWorkspace.storeSnapshot(database.dataSource(), ID, 1, space.state());
            var verifier = new Verifier(database.dataSource(), MODULES, 10_000);
            OnlyKeys.use("two");

            Verification blind = verifier.verify(ID).orElseThrow();
            assertEquals(List.of(), blind.faults());
            assertFalse(blind.rowsRead());
            assertEquals(space.state().seq(), blind.seq());
            assertEquals(Bytes.of(space.state().hash()), blind.hash());

            try (Connection connection = database.dataSource().getConnection();
                    Statement statement = connection.createStatement()) {
                assertEquals(1, statement.executeUpdate("""
                    UPDATE event_journal SET event_payload = set_byte(event_payload, 120, get_byte(event_payload, 120) # 1)
                    WHERE sequence_number = 9\
                    """));
            }
            List<Fault> faults = verifier.verify(ID).orElseThrow().faults();
            assertEquals(1, faults.size(), faults::toString);
            assertEquals(9, faults.getFirst().row());
            assertEquals(Fault.Kind.BROKEN_CHAIN, faults.getFirst().kind());
        }
    }

    @Test
    void S1_aWorkspaceWhoseKeyIsMissingIsUnavailableAndSaysWhyAndLosesNothing() {
        Endpoint endpoint = TestPostgres.emptyTables();
        try (TestNode node = TestNode.start(endpoint, MODULES)) {
            node.create(ID, OWNER, "spaces");
            assertInstanceOf(Outcome.Accepted.class, node.call(ID, OWNER, "save_secrets", secret("sk-1")));
        }
        OnlyKeys.use("two");
        try (TestNode node = TestNode.start(endpoint, MODULES)) {
            var refused = assertInstanceOf(
                    Outcome.Refused.class,
                    TestNode.await(node.sendOnce(ID, Call.of(OWNER, "save_secrets", secret("sk-2")))));
            assertEquals(ErrorCode.UNAVAILABLE, refused.refusal().code());
            assertTrue(
                    refused.refusal().message().contains("\"one\""),
                    refused.refusal().message());
            OnlyKeys.use("one");
            // It tries again by itself.
            var found = assertInstanceOf(ReadAnswer.Found.class, node.read(ID, OWNER, "secret"));
            var row = (SpaceTables.SecretEntry)
                    found.rows().getFirst().rows().getFirst().row();
            assertEquals("sk-1", row.value());
        }
    }
}
