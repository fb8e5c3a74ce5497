package io.skein.edge.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScopesTest {
    private static final Scope APPEND = new Scope(Scope.Kind.CALL, "w1", "append");

    private static boolean allows(Scopes scopes, Scope needed) {
        return scopes.lack(needed).isEmpty();
    }

    @Test
    void K2_without_a_word_of_ours_everything_is_allowed_that_the_user_may() {
        for (Object claim : new Object[] {null, "", "openid profile", List.of("openid"), 7, "skein:operator"}) {
            Scopes scopes = Scopes.ofClaim(claim);
            assertTrue(scopes.unlimited(), "claim " + claim);
            assertTrue(allows(scopes, APPEND) && allows(scopes, Scope.adminAny()));
        }
        assertTrue(Scopes.ofClaim("skein:operator").operator());
        assertFalse(Scopes.ofClaim("openid").operator());
    }

    @Test
    void K2_a_scope_allows_what_it_names_and_nothing_else() {
        Scopes worker = Scopes.ofClaim("openid skein:read:w1 skein:call:w1:append");
        assertTrue(allows(worker, APPEND));
        assertTrue(allows(worker, Scope.read("w1")));
        assertFalse(allows(worker, Scope.read("w2")));
        assertFalse(allows(worker, Scope.readAny()));
        assertFalse(allows(worker, new Scope(Scope.Kind.CALL, "w1", "delete")));
        assertFalse(allows(worker, new Scope(Scope.Kind.CALL, "w2", "append")));
        assertFalse(allows(worker, Scope.tell("w1")), "a signal is none of the reducers that it names");
        assertFalse(allows(worker, Scope.admin("w1")));
        Scopes reader = Scopes.ofClaim(List.of("skein:read"));
        assertTrue(allows(reader, Scope.read("w2")) && allows(reader, Scope.readAny()));
        assertFalse(allows(reader, APPEND));
        Refusal lack = reader.lack(APPEND).orElseThrow();
        assertEquals(ErrorCode.FORBIDDEN, lack.code());
        assertEquals("scope", lack.reason());
        assertTrue(lack.message().contains("skein:call:w1:append"), lack::message);
    }

    @Test
    void K2_a_word_of_ours_that_is_not_understood_allows_nothing_and_limits() {
        for (String claim : List.of(
                "skein:raed:w1",
                "skein:read:",
                "skein:call:w1:",
                "skein:read:w1:x",
                "skein:call:w1:a:b",
                "skein:",
                "skein:Read")) {
            Scopes scopes = Scopes.ofClaim(claim);
            assertFalse(scopes.unlimited(), claim);
            assertFalse(allows(scopes, Scope.read("w1")), claim);
            assertFalse(allows(scopes, APPEND), claim);
        }
    }

    @Test
    void K1_scopes_cover_what_is_narrower() {
        Scopes worker = Scopes.asked(List.of("skein:read:w1", "skein:call:w1"));
        assertTrue(Scopes.EVERYTHING.cover(worker) && Scopes.EVERYTHING.cover(Scopes.EVERYTHING));
        assertTrue(worker.cover(worker));
        assertTrue(worker.cover(Scopes.asked(List.of("skein:call:w1:append"))));
        assertFalse(worker.cover(Scopes.EVERYTHING));
        for (String wider : List.of("skein:read", "skein:read:w2", "skein:call", "skein:admin:w1", "skein:operator")) {
            assertFalse(worker.cover(Scopes.asked(List.of(wider))), wider);
        }
        Scopes one = Scopes.asked(List.of("skein:call:w1:append"));
        assertFalse(one.cover(Scopes.asked(List.of("skein:call:w1"))));
        assertFalse(Scopes.EVERYTHING.cover(Scopes.asked(List.of("skein:operator"))), "who is none makes none");
    }

    @Test
    void K1_what_is_left_of_nothing_stays_nothing_in_a_token() {
        Scopes operating = Scopes.asked(List.of("skein:operator"));
        assertFalse(operating.unlimited());
        Scopes read = Scopes.ofClaim(operating.claim());
        assertEquals(operating, read, operating.claim());
        assertFalse(allows(read, Scope.read("w1")));
        Scopes worker = Scopes.asked(List.of("skein:read:w1", "skein:call:w1:append"));
        assertEquals(worker, Scopes.ofClaim(worker.claim()));
        assertEquals("", Scopes.EVERYTHING.claim());
    }

    @Test
    void V3_what_is_no_scope_cannot_be_asked_for() {
        for (String word : List.of("", "openid", "skein:nothing", "skein:read:no space", "skein:call::x", "skein:*")) {
            assertThrows(IllegalArgumentException.class, () -> Scopes.asked(List.of(word)), word);
        }
        assertThrows(IllegalArgumentException.class, () -> Scopes.asked(List.of()));
        assertThrows(
                IllegalArgumentException.class,
                () -> Scopes.asked(java.util.Collections.nCopies(Scopes.MOST + 1, "skein:read")));
    }
}
