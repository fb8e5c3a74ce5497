package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rule S1 where secrets are kept, and where they are not. */
class SecretsTest {
    private final Api ada = Api.somebody();
    private final String secret = "sk-" + UUID.randomUUID();
    private final String lab = ada.workspace("lab");

    SecretsTest() {
        ada.call(
                        lab,
                        "lock_away",
                        "{\"id\":\"key\",\"text\":\"" + secret + "\",\"hint\":\"" + secret + "\"}",
                        "Idempotency-Key",
                        "k1")
                .expect(200);
    }

    private JsonNode vault(String workspace) {
        return ada.get(workspace + "/snapshot?tables=vault").expect(200).json().at("/tables/vault/rows/0");
    }

    /** Everything that the database has, as hex of each row. */
    private static String tables() throws Exception {
        var all = new StringBuilder();
        try (Connection connection =
                        RunningEdge.get().node().database().dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            var names = new ArrayList<String>();
            try (ResultSet found = statement.executeQuery(
                    "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables"
                            + " WHERE table_schema NOT IN ('pg_catalog', 'information_schema')")) {
                while (found.next()) {
                    names.add(found.getString(1));
                }
            }
            for (String name : names) {
                try (ResultSet rows = statement.executeQuery("SELECT t::text FROM " + name + " t")) {
                    while (rows.next()) {
                        all.append(rows.getString(1)).append('\n');
                    }
                }
            }
        }
        return all.toString();
    }

    private static String hex(String text) {
        return java.util.HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void S1_noTableOfTheDatabaseHasItAndItsReadersDo() throws Exception {
        String tables = tables();
        assertTrue(tables.contains(hex("lock_away")), "the journal is among them");
        assertFalse(tables.contains(secret) || tables.contains(hex(secret)));
        assertEquals(secret, vault(lab).get("text").asText());
        assertEquals(secret, vault(lab).get("hint").asText());
    }

    @Test
    void S1_anExportHasItSealedAndAnImportOpensIt() {
        String lines = ada.get(lab + "/export").expect(200).http().body();
        assertFalse(lines.contains(secret), lines);
        assertTrue(lines.contains("\"text\":{\"$sealed\":"), lines);
        String copy = "/v1/workspaces/copy-" + UUID.randomUUID();
        ada.post(copy + "/import", lines).expect(201);
        assertEquals(secret, vault(copy).get("text").asText());
        assertEquals(secret, vault(copy).get("hint").asText());
    }

    @Test
    void S1_whatIsSealedElsewhereOrDamagedIsRefusedWithItsLine() {
        String lines = ada.get(lab + "/export").expect(200).http().body();
        String moved = lines.replace("\"id\":\"key\"", "\"id\":\"other\"");
        assertFalse(moved.equals(lines));
        for (String bad : new String[] {
            moved,
            lines.replace("\"text\":{\"$sealed\":\"", "\"text\":{\"$sealed\":\"AAAA"),
            lines.replaceFirst("\\$sealed", "nonsense"),
            lines.replaceFirst("\"text\":\\{\"\\$sealed\":\"[^\"]*\"\\}", "\"text\":{}")
        }) {
            assertFalse(bad.equals(lines));
            String message = ada.post("/v1/workspaces/copy-" + UUID.randomUUID() + "/import", bad)
                    .problem(400, "invalid_args")
                    .json()
                    .get("detail")
                    .asText();
            assertTrue(message.startsWith("line "), message);
        }
        ada.post(
                        "/v1/workspaces/copy-" + UUID.randomUUID() + "/import",
                        lines.replaceAll("\\{\"\\$sealed\":\"[^\"]*\"\\}", "\"by hand\""))
                .expect(201);
        ada.call(lab, "lock_away", "{\"id\":\"x\",\"text\":{\"$sealed\":\"AAAA\"}}")
                .problem(400, "invalid_args");
    }

    @Test
    void I1_aKeyKnowsItsSecretsAgain() {
        String args = "{\"id\":\"key\",\"text\":\"" + secret + "\",\"hint\":\"" + secret + "\"}";
        assertTrue(ada.call(lab, "lock_away", args, "Idempotency-Key", "k1")
                .expect(200)
                .json()
                .get("repeated")
                .asBoolean());
        ada.call(lab, "lock_away", args.replace("sk-", "SK-"), "Idempotency-Key", "k1")
                .problem(409, "key_conflict");
    }
}
