package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.Modules;
import io.skein.engine.module.Refusal;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.engine.schema.Json;
import io.skein.engine.state.CallKey;
import io.skein.modules.diagrams.DiagramsModule;
import io.skein.modules.diagrams.DiagramsModule.Change;
import io.skein.modules.diagrams.DiagramsModule.Kind;
import io.skein.modules.diagrams.DiagramsModule.Push;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What was said to a call with a key is in PostgreSQL when it is heard: another node says the same. */
class StoredAnswersTest {
    private static final Identity OWNER = Identity.of("test", "owner");
    private static final Modules MODULES = new Modules(List.of(new DiagramsModule()));

    private final Endpoint endpoint = TestPostgres.freshDatabase();

    private static Call push(String key, long base, String text) {
        var change = new Change("a", Optional.of(Kind.NOTE), Optional.of(new Json("\"" + text + "\"")), 0);
        var push = new Push(base, List.of(change), Optional.empty(), List.of(), List.of());
        var reducer =
                Objects.requireNonNull(Modules.schemaOf(new DiagramsModule()).reducer("push"));
        return Call.of(OWNER, "push", push).withKey(new CallKey(key, Call.digest(reducer, push)));
    }

    private static Outcome told(TestNode node, Call call) {
        return TestNode.await(node.send("d", call));
    }

    @Test
    void A1_A2_answersAndDetails_areSaidAgainByTheNextNode() throws Exception {
        Outcome.Accepted done;
        Refusal refusal;
        try (TestNode node = TestNode.start(endpoint, MODULES)) {
            assertInstanceOf(Outcome.Accepted.class, node.create("d", OWNER, "diagrams"));
            done = assertInstanceOf(Outcome.Accepted.class, told(node, push("k1", 0, "1")));
            assertTrue(done.answer().isPresent());
            assertInstanceOf(Outcome.Accepted.class, told(node, push("k2", done.seq(), "2")));
            refusal = assertInstanceOf(Outcome.Refused.class, told(node, push("k3", done.seq(), "3")))
                    .refusal();
            assertTrue(refusal.details().isPresent());
        }
        try (TestNode node = TestNode.start(endpoint, MODULES)) {
            assertEquals(new Outcome.Accepted(done.seq(), true, done.answer()), told(node, push("k1", 0, "1")));
            assertEquals(new Outcome.Refused(refusal, true), told(node, push("k3", done.seq(), "3")));
        }
    }
}
