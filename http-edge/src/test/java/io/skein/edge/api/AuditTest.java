package io.skein.edge.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.skein.edge.http.Eventually;
import io.skein.engine.audit.AuditKind;
import io.skein.engine.audit.Origin;
import io.skein.persistence.audit.AuditLog;
import io.skein.persistence.audit.AuditQuery;
import io.skein.persistence.audit.AuditRecord;
import io.skein.persistence.audit.AuditRetention;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** The audit log of one node: what is in it, who may read it, and that it stays. */
class AuditTest {
    private final Api owner = Api.somebody();
    private final String workspace = owner.workspace("board");

    private static DataSource database() {
        return RunningEdge.get().node().database().dataSource();
    }

    private List<JsonNode> entries(String query) {
        JsonNode page = owner.get(workspace + "/audit" + query).expect(200).json();
        return StreamSupport.stream(page.get("entries").spliterator(), false).toList();
    }

    private static List<String> kinds(List<JsonNode> entries) {
        return entries.reversed().stream()
                .map(entry -> entry.get("kind").asText())
                .toList();
    }

    @Test
    void U1_every_change_of_who_may_what_is_in_the_log_with_who_and_on_whom_and_seq() {
        Api bob = Api.somebody();
        owner.admit(workspace, bob, "viewer");
        String bobs = workspace + "/members/" + bob.identity();
        long seq = owner.put(bobs, "{\"role\":\"editor\"}")
                .expect(200)
                .json()
                .get("seq")
                .asLong();
        owner.put(bobs, "{\"role\":\"editor\"}").expect(200); // changes nothing
        owner.patch(workspace, "{\"name\":\"A word of theirs\",\"access\":\"public-read\"}")
                .expect(200);
        owner.delete(bobs).expect(200);
        String invite = owner.post(workspace + "/invites", "{\"role\":\"editor\"}")
                .expect(201)
                .json()
                .get("id")
                .asText();
        owner.delete(workspace + "/invites/" + invite).expect(200);

        List<JsonNode> entries = entries("");
        assertEquals(
                List.of(
                        "workspace_created",
                        "member_added",
                        "invite_created",
                        "member_added",
                        "role_changed",
                        "access_changed",
                        "workspace_renamed",
                        "member_removed",
                        "invite_created",
                        "invite_revoked"),
                kinds(entries));
        JsonNode changed = entries.get(5);
        assertEquals(seq, changed.get("seq").asLong());
        assertEquals(owner.identity().toString(), changed.get("actor").asText());
        assertEquals(bob.identity().toString(), changed.get("subject").asText());
        assertEquals(
                "{\"from\":\"viewer\",\"to\":\"editor\"}",
                changed.get("details").toString());
        JsonNode joined = entries.get(6);
        assertEquals(bob.identity().toString(), joined.get("actor").asText());
        assertEquals(entries.get(7).get("subject"), joined.at("/details/invite"));
        assertFalse(entries.toString().contains("A word of theirs"), "what people write is not in it");
    }

    @Test
    void U1_what_was_refused_and_what_changes_nobodys_rights_is_not_in_the_log() {
        owner.call(workspace, "add_card", "{\"id\":\"a\",\"title\":\"t\",\"column\":0}")
                .expect(200);
        Api.somebody().post(workspace + "/join", "{\"token\":\"no such\"}").rejected("invite_invalid");
        owner.delete(workspace + "/members/" + owner.identity()).rejected("last_owner");
        assertEquals(List.of("workspace_created", "member_added"), kinds(entries("")));
    }

    @Test
    void U1_an_entry_says_by_which_token_and_session_and_from_where() {
        JsonNode made = owner.post("/v1/identity/tokens", "{\"session\":\"run-41\",\"device\":\"node-7\"}")
                .expect(201)
                .json();
        owner.send(owner.request(workspace + "/invites")
                        .setHeader(
                                "Authorization", "Bearer " + made.get("token").asText())
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"role\":\"viewer\"}")))
                .expect(201);
        JsonNode entry = entries("?kind=invite_created").getFirst();
        assertEquals(made.get("id"), entry.get("token"));
        assertEquals("run-41", entry.get("session").asText());
        assertEquals("node-7", entry.get("device").asText());
        assertEquals("127.0.0.1", entry.get("address").asText());
    }

    @Test
    void U2_tokens_that_are_made_and_revoked_are_in_the_log_and_no_token_is() throws SQLException {
        JsonNode made = owner.post("/v1/identity/tokens", "{\"scopes\":[\"skein:read\"]}")
                .expect(201)
                .json();
        owner.post("/v1/identity/revocations", "{\"token\":\"" + made.get("id").asText() + "\"}")
                .expect(201);
        var rows = new AuditLog(database())
                .page(AuditQuery.newest(200)).rows().stream()
                        .map(AuditLog.Numbered::row)
                        .filter(row -> row.actor().equals(Optional.of(owner.identity()))
                                && row.workspace().isEmpty())
                        .toList();
        assertEquals(
                List.of(AuditKind.TOKENS_REVOKED, AuditKind.TOKEN_MADE),
                rows.stream().map(AuditRecord::kind).toList());
        assertEquals(made.get("id").asText(), rows.getLast().subject());
        assertEquals(owner.identity().toString(), rows.getFirst().subject());
        rows.forEach(row -> assertEquals("127.0.0.1", row.origin().address()));
        assertTrue(rows.getFirst().details().contains(made.get("id").asText()));
        assertFalse(rows.toString().contains(made.get("token").asText()));
        assertFalse(rows.toString().contains(owner.token()));
    }

    @Test
    void U2_the_keys_of_an_issuer_are_told_when_they_change_and_then_once() throws SQLException {
        var log = new AuditLog(database());
        var first = AuditRecord.ofInstallation(
                Instant.now(), AuditKind.KEYS_CHANGED, Optional.empty(), workspace, "{\"keys\":[\"a\"]}", Origin.NONE);
        assertTrue(log.appendIfNew(first));
        assertFalse(log.appendIfNew(first), "another node saw the same");
        assertTrue(log.appendIfNew(AuditRecord.ofInstallation(
                Instant.now(), AuditKind.KEYS_CHANGED, Optional.empty(), workspace, "{\"keys\":[]}", Origin.NONE)));
    }

    @Test
    void U3_owners_read_it_and_nobody_else() {
        Api admin = Api.somebody();
        owner.admit(workspace, admin, "admin");
        admin.get(workspace + "/audit").problem(403, "forbidden");
        Api.somebody().get(workspace + "/audit").problem(403, "forbidden");
        Api.nobody().get(workspace + "/audit").problem(401, "unauthenticated");
    }

    @Test
    void U3_it_is_paged_by_cursor_and_filtered_by_time_kind_and_subject() {
        for (int i = 0; i < 5; i++) {
            owner.admit(workspace, Api.somebody(), "viewer");
        }
        var paged = new ArrayList<JsonNode>();
        JsonNode page;
        String next = "";
        do {
            page = owner.get(workspace + "/audit?limit=4" + next).expect(200).json();
            page.get("entries").forEach(paged::add);
            next = "&before=" + page.get("next").asText();
        } while (!page.get("next").isNull());
        assertEquals(entries(""), paged);
        assertEquals(12, paged.size());

        assertEquals(5, entries("?kind=invite_created").size());
        assertEquals(
                List.of("workspace_created", "invite_created"),
                kinds(entries("?until=" + paged.get(8).get("time").asText())).stream()
                        .filter(kind -> !kind.equals("member_added"))
                        .toList());
        assertEquals(9, entries("?since=" + paged.get(8).get("time").asText()).size());
        String subject = paged.getFirst().get("subject").asText();
        assertEquals(List.of(paged.getFirst()), entries("?subject=" + subject));

        for (String bad : List.of("?kind=x", "?since=yesterday", "?before=0", "?limit=0", "?limit=100000")) {
            owner.get(workspace + "/audit" + bad).problem(400, "invalid_args");
        }
    }

    @Test
    void U4_no_row_is_changed_or_taken_away_not_even_by_the_owner_of_the_table() throws SQLException {
        for (String sql :
                List.of("UPDATE audit_log SET subject = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log")) {
            var refused = assertThrows(SQLException.class, () -> execute(sql), sql);
            assertTrue(String.valueOf(refused.getMessage()).contains("append-only"), refused::toString);
        }
        assertEquals(2, entries("").size());
    }

    @Test
    void U4_retention_takes_what_is_older_and_never_what_is_younger_than_30_days() throws SQLException {
        var log = new AuditLog(database());
        String mark = workspace.substring(workspace.lastIndexOf('/') + 1);
        for (int days : List.of(500, 401, 399, 29)) {
            log.append(new AuditRecord(
                    Instant.now().minus(Duration.ofDays(days)),
                    mark,
                    0,
                    AuditKind.ROLE_CHANGED,
                    Optional.empty(),
                    days + "",
                    "{}",
                    Origin.NONE));
        }
        try (var _ = AuditRetention.start(log, Duration.ofDays(400), Duration.ofMillis(20), InstantSource.system())) {
            Eventually.holds(
                    "two rows are gone",
                    () -> kinds(entries("?kind=role_changed")).size() == 2);
        }
        log.forget(Instant.now(), 1_000);
        assertEquals(
                "29", entries("?kind=role_changed").getFirst().get("subject").asText());
        assertEquals(1, entries("?kind=role_changed").size());
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = database().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
