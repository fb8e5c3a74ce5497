package io.skein.persistence.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.engine.membership.Membership;
import io.skein.engine.module.Access;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.Answer;
import io.skein.persistence.Endpoint;
import io.skein.persistence.Eventually;
import io.skein.persistence.TestNode;
import io.skein.persistence.TestPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CatalogTest {
    private static final Duration WAIT = Duration.ofSeconds(40);
    private static final Identity ANN = Identity.of("test", "ann");
    private static final Identity BOB = Identity.of("test", "bob");

    private int tokens;
    private Endpoint endpoint = new Endpoint("", "", "");

    @SuppressWarnings("NullAway.Init")
    private TestNode node;

    @BeforeEach
    void start() {
        endpoint = TestPostgres.freshDatabase();
        node = TestNode.start(endpoint);
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** One line for each workspace. */
    private List<String> listed(Identity identity) {
        var lines = new ArrayList<String>();
        for (Catalog.Listed each : page(identity, "", 1_000)) {
            lines.add("%s %s %s %s %s"
                    .formatted(
                            each.id(),
                            each.name(),
                            each.module(),
                            each.access().wire(),
                            each.role().wire()));
        }
        return lines;
    }

    private List<Catalog.Listed> page(Identity identity, String after, int limit) {
        return switch (TestNode.await(node.catalog().workspacesOf(identity, after, limit))) {
            case Answer.Found<List<Catalog.Listed>>(var found) -> found;
            case Answer.Refused<List<Catalog.Listed>>(var refusal) -> throw new AssertionError(refusal.toString());
        };
    }

    private void assertListed(Identity identity, String... lines) throws Exception {
        Eventually.holds(
                WAIT, "listed are " + listed(identity), () -> listed(identity).equals(List.of(lines)));
    }

    private void accepted(String id, Identity sender, String reducer, Record args) {
        assertInstanceOf(Outcome.Accepted.class, node.call(id, sender, reducer, args));
    }

    private void join(String id, Identity who, Role role) {
        String token = "token " + ++tokens;
        accepted(
                id,
                ANN,
                Membership.CREATE_INVITE,
                new Membership.CreateInvite(Membership.tokenHash(token), role, Optional.empty(), 1));
        accepted(id, who, Membership.JOIN, new Membership.Join(token, "Bob"));
    }

    @Test
    void catalog_followsWorkspacesAndMembers() throws Exception {
        node.create("b2", ANN, "board");
        node.create("B1", ANN, "rooms");
        assertListed(ANN, "B1 Name of B1 rooms private owner", "b2 Name of b2 board private owner");
        assertListed(BOB);

        join("b2", BOB, Role.VIEWER);
        assertListed(BOB, "b2 Name of b2 board private viewer");
        accepted("b2", ANN, Membership.SET_ROLE, new Membership.SetRole(BOB, Role.EDITOR));
        accepted("b2", ANN, Membership.RENAME, new Membership.Rename("Roadmap"));
        accepted("b2", ANN, Membership.SET_ACCESS, new Membership.SetAccess(Access.PUBLIC_READ));
        assertListed(BOB, "b2 Roadmap board public-read editor");

        accepted("b2", ANN, Membership.REMOVE_MEMBER, new Membership.RemoveMember(BOB));
        assertListed(BOB);
        join("b2", BOB, Role.OWNER);
        assertListed(BOB, "b2 Roadmap board public-read owner");
        accepted("b2", ANN, Membership.DELETE, new io.skein.engine.module.Reducer.None());
        assertListed(ANN, "B1 Name of B1 rooms private owner");
        assertListed(BOB);
        assertEquals(1, count("SELECT count(*) FROM catalog_member"));
    }

    @Test
    void catalog_isKeptAcrossRestartsAndCatchesUp() throws Exception {
        node.create("one", ANN, "board");
        assertListed(ANN, "one Name of one board private owner");
        stop();
        node = TestNode.start(endpoint);
        node.create("two", ANN, "board");

        assertListed(ANN, "one Name of one board private owner", "two Name of two board private owner");
    }

    @Test
    void catalog_canBeBuiltAgainFromTheJournal() throws Exception {
        for (int i = 0; i < 30; i++) {
            node.create("w" + i, ANN, "board");
        }
        Eventually.holds(WAIT, "all are listed", () -> listed(ANN).size() == 30);
        stop();
        TestPostgres.execute(
                endpoint,
                "TRUNCATE catalog_workspace, catalog_member, pekko_projection_offset_store,"
                        + " pekko_projection_management");
        node = TestNode.start(endpoint);

        Eventually.holds(WAIT, "all are listed again", () -> listed(ANN).size() == 30);
    }

    @Test
    void pages_goOnAfterAnIdAndAreBounded() throws Exception {
        for (String id : List.of("a-1", "a-2", "B-1", "b_1", "c")) {
            node.create(id, ANN, "board");
        }
        Eventually.holds(WAIT, "all are listed", () -> listed(ANN).size() == 5);

        var ids = new ArrayList<String>();
        for (List<Catalog.Listed> page = page(ANN, "", 2); !page.isEmpty(); page = page(ANN, ids.getLast(), 2)) {
            page.forEach(each -> ids.add(each.id()));
        }
        assertEquals(List.of("B-1", "a-1", "a-2", "b_1", "c"), ids);
        var refused = (Answer.Refused<?>) TestNode.await(node.catalog().workspacesOf(ANN, "", 0));
        assertEquals(ErrorCode.INVALID_ARGS, refused.refusal().code());
    }

    /** What the catalog does not need costs the journal nothing. */
    @Test
    void onlyGroupsThatConcernTheCatalog_areTagged() throws Exception {
        node.create("one", ANN, "board");
        for (int i = 0; i < 20; i++) {
            accepted("one", ANN, "add_card", new BoardModule.AddCard("c" + i, "card", 0, 0));
        }
        accepted("one", ANN, Membership.RENAME, new Membership.Rename("Other"));

        assertEquals(2, count("SELECT count(*) FROM event_tag"));
        assertEquals(22, count("SELECT count(*) FROM event_journal"));
    }

    private int count(String sql) throws SQLException {
        try (Connection connection = node.database().dataSource().getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
