package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.state.CallKey;
import io.skein.engine.workspace.ReadAnswer;
import io.skein.modules.board.BoardModule;
import io.skein.persistence.history.Verification;
import io.skein.persistence.history.Verifier;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of calls when the journal fails under them. */
class JournalFailureTest {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Identity OWNER = Identity.of("test", "owner");
    private static final String ID = "board-1";
    private static final int ROUNDS = 3;
    private static final int CALLS = 200;

    private Endpoint endpoint = new Endpoint("", "", "");
    private final List<TestNode> nodes = new ArrayList<>();
    private int cards;

    @BeforeEach
    void create() {
        endpoint = TestPostgres.freshDatabase();
        assertInstanceOf(Outcome.Accepted.class, start().create(ID, OWNER, "board"));
    }

    private TestNode start() {
        nodes.add(TestNode.start(endpoint));
        return nodes.getLast();
    }

    @AfterEach
    void stop() {
        nodes.forEach(TestNode::close);
    }

    /** A call that can be done once only: a card's id is taken after it. */
    private static Call addCard(int card) {
        var args = new BoardModule.AddCard("c" + card, "card", 0, 0);
        var reducer = Objects.requireNonNull(
                TestNode.MODULES.find("board").orElseThrow().reducer("add_card"));
        return Call.of(OWNER, "add_card", args).withKey(new CallKey("key-" + card, Call.digest(reducer, args)));
    }

    private Map<Integer, CompletableFuture<Outcome>> send(TestNode node, int calls) {
        var sent = new HashMap<Integer, CompletableFuture<Outcome>>();
        for (int i = 0; i < calls; i++) {
            sent.put(cards, node.sendOnce(ID, addCard(cards)));
            cards++;
        }
        return sent;
    }

    /** The seqs of calls that were acknowledged; whoever was not was told so. */
    private static Map<Integer, Long> acknowledged(Map<Integer, CompletableFuture<Outcome>> sent) {
        var seqs = new HashMap<Integer, Long>();
        sent.forEach((card, answer) -> {
            switch (TestNode.await(answer)) {
                case Outcome.Accepted(var seq, var _, var _) -> seqs.put(card, seq);
                case Outcome.Answered answered -> throw new AssertionError(answered);
                case Outcome.Refused(var refusal, var _) ->
                    assertEquals(ErrorCode.UNAVAILABLE, refusal.code(), refusal::toString);
            }
        });
        return seqs;
    }

    /** Repeats a call until it is answered; a workspace whose journal failed comes back by itself. */
    private static Outcome.Accepted repeat(TestNode node, int card) throws Exception {
        var outcome = new Outcome[1];
        Eventually.holds(WAIT, "call " + card + " is accepted", () -> {
            outcome[0] = TestNode.await(node.sendOnce(ID, addCard(card)));
            return outcome[0] instanceof Outcome.Accepted;
        });
        return (Outcome.Accepted) outcome[0];
    }

    private void assertNothingLostNorDoneTwice(Map<Integer, Long> acknowledged) throws Exception {
        TestNode node = nodes.getLast();
        var seqs = new HashSet<Long>();
        for (int card = 0; card < cards; card++) {
            Outcome.Accepted outcome = repeat(node, card);
            assertTrue(seqs.add(outcome.seq()), "a seq for two calls");
            Long first = acknowledged.get(card);
            if (first != null) {
                assertEquals(new Outcome.Accepted(first, true), outcome, "the first outcome of call " + card);
            }
        }
        Verification found = new Verifier(node.database().dataSource(), TestNode.MODULES, 10_000)
                .verify(ID)
                .orElseThrow();
        assertEquals(List.of(), found.faults());
        assertEquals(1 + cards, found.seq());
        var read = assertInstanceOf(ReadAnswer.Found.class, node.read(ID, OWNER, "card"));
        assertEquals(cards, read.rows().getFirst().rows().size());
    }

    @Test
    void I1_connectionsCutWhileWriting_nothingAcknowledgedIsLostAndRetriesGetTheFirstOutcome() throws Exception {
        TestNode node = nodes.getFirst();
        var acknowledged = new HashMap<Integer, Long>();
        int unanswered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var sent = send(node, CALLS);
            try (Connection locker = TestPostgres.connect(endpoint);
                    Statement statement = locker.createStatement()) {
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
            }
            sent.putAll(send(node, CALLS));
            var heard = acknowledged(sent);
            unanswered += sent.size() - heard.size();
            acknowledged.putAll(heard);
            acknowledged.put(cards, repeat(node, cards).seq());
            cards++;
        }
        assertTrue(unanswered > 0, "every cut missed the writes");
        assertNothingLostNorDoneTwice(acknowledged);
    }

    /** Two nodes that do not know of each other: each believes that it owns the workspace. */
    @Test
    void D3_secondOwner_isFencedByTheKeyAndNothingIsLost() throws Exception {
        TestNode one = nodes.getFirst();
        TestNode two = start();
        assertInstanceOf(ReadAnswer.Found.class, two.read(ID, OWNER));
        assertInstanceOf(ReadAnswer.Found.class, one.read(ID, OWNER));
        var acknowledged = new HashMap<Integer, Long>();
        int unanswered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            var sentToOne = send(one, CALLS);
            var sentToTwo = send(two, CALLS);
            for (var sent : List.of(sentToOne, sentToTwo)) {
                var heard = acknowledged(sent);
                unanswered += sent.size() - heard.size();
                acknowledged.putAll(heard);
            }
        }
        assertEquals(
                acknowledged.size(), new HashSet<>(acknowledged.values()).size(), "two calls were told the same seq");
        assertTrue(unanswered > 0, "the owners never met");
        one.close();
        nodes.remove(one);
        assertNothingLostNorDoneTwice(acknowledged);
    }
}
