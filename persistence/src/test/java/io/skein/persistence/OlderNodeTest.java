package io.skein.persistence;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.skein.engine.Modules;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.reducer.Call;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Identity;
import io.skein.modules.board.BoardModule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A workspace that a newer version of its module has written, on a node of the older one. */
class OlderNodeTest {
    private static final Identity OWNER = Identity.of("test", "owner");
    private static final String ID = "board-1";
    private static final Modules NEXT = new Modules(List.of((Module) module -> {
        new BoardModule().define(module);
        module.version(2);
    }));

    private static Outcome addCard(TestNode node, String id) {
        return TestNode.await(node.sendOnce(ID, Call.of(OWNER, "add_card", new BoardModule.AddCard(id, "card", 0, 0))));
    }

    @Test
    void itIsNotServedThere_andGoesOnWhereTheNewerOneIs() {
        Endpoint endpoint = TestPostgres.freshDatabase();
        try (TestNode newer = TestNode.start(endpoint, NEXT)) {
            assertInstanceOf(Outcome.Accepted.class, newer.create(ID, OWNER, "board"));
        }
        try (TestNode older = TestNode.start(endpoint)) {
            Outcome.Refused refused = assertInstanceOf(Outcome.Refused.class, addCard(older, "a"));
            assertEquals(ErrorCode.UNAVAILABLE, refused.refusal().code());
        }
        try (TestNode newer = TestNode.start(endpoint, NEXT)) {
            assertEquals(new Outcome.Accepted(2, false), addCard(newer, "a"));
        }
    }
}
