package io.skein.engine.reducer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.TroubleModule.Copy;
import io.skein.engine.reducer.TroubleModule.GoWrong;
import io.skein.engine.reducer.TroubleModule.Put;
import io.skein.engine.reducer.TroubleModule.Row;
import io.skein.engine.reducer.TroubleModule.Say;
import io.skein.engine.reducer.TroubleModule.Times;
import io.skein.engine.reducer.TroubleModule.Way;
import io.skein.engine.state.WorkspaceState;
import io.skein.engine.testing.TestWorkspace;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Rule V1: what is refused changes nothing and says why. */
class ValidationTest {
    private final TestWorkspace workspace = TestWorkspace.of(new TroubleModule());

    private Refusal refusedAndUnchanged(String reducer, Record args) {
        WorkspaceState before = workspace.state();
        Refusal refusal = workspace.refused(reducer, args);
        assertSame(before, workspace.state());
        assertFalse(refusal.message().isBlank());
        return refusal;
    }

    @Test
    void V1_rejectedCallChangesNothingAndSaysWhy() {
        Refusal refusal = refusedAndUnchanged("go_wrong", new GoWrong(Way.REJECTION));
        assertEquals(Refusal.rejected("no", "it says no"), refusal);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REJECTION")
    void V1_reducerThatFails_isInternalAndChangesNothing(Way way) {
        Refusal refusal = refusedAndUnchanged("go_wrong", new GoWrong(way));
        assertEquals(ErrorCode.INTERNAL, refusal.code());
        assertEquals("reducer go_wrong failed", refusal.message());
        workspace.accepted("put", new Put(TroubleModule.row("after")));
    }

    @SuppressWarnings("NullAway") // the point of some
    static Stream<Arguments> argumentsThatCannotBeStored() {
        var listWithNull = new ArrayList<String>();
        listWithNull.add(null);
        return Stream.of(
                Arguments.of(new Row(null, "", 1, Instant.EPOCH, List.of()), "row: id: null"),
                Arguments.of(new Row("r", "\uDC00", 1, Instant.EPOCH, List.of()), "row: text: lone surrogate"),
                Arguments.of(new Row("r", "", Double.NaN, Instant.EPOCH, List.of()), "row: number: NaN"),
                Arguments.of(new Row("r", "", 1, Instant.MIN, List.of()), "row: at: "),
                Arguments.of(new Row("r", "", 1, null, List.of()), "row: at: null"),
                Arguments.of(new Row("r", "", 1, Instant.EPOCH, List.of("", "a\uD800")), "row: list: lone surrogate"),
                Arguments.of(new Row("r", "", 1, Instant.EPOCH, listWithNull), "row: list: null"),
                Arguments.of(null, "row: null"));
    }

    @ParameterizedTest
    @MethodSource("argumentsThatCannotBeStored")
    void V1_argumentsThatCannotBeStored_areInvalidAndNamed(Row row, String message) {
        for (String reducer : List.of("put", "ignore")) {
            Refusal refusal = refusedAndUnchanged(reducer, new Put(row));
            assertEquals(ErrorCode.INVALID_ARGS, refusal.code());
            assertTrue(refusal.message().startsWith(message), refusal.message());
        }
    }

    @Test
    void V1_argumentsOfAnotherReducer_areInvalid() {
        assertEquals(
                ErrorCode.INVALID_ARGS, refusedAndUnchanged("put", new Times(1)).code());
    }

    @Test
    void V1_unknownAndInternalReducers_areNotFound() {
        assertEquals(
                ErrorCode.NOT_FOUND,
                refusedAndUnchanged("nothing", new Times(1)).code());
        assertEquals(
                ErrorCode.NOT_FOUND,
                refusedAndUnchanged("skein_create", new Times(1)).code());
    }

    /** A refusal is journaled where the caller gave a key: it is small, and it can be written. */
    @Test
    void V1_refusalsAreBoundedAndWellFormed() {
        String endless = "x".repeat(2_000_000);
        Refusal refusal = workspace.owner().withKey("k1").refused("say", new Say(endless, endless));
        assertTrue(
                refusal.reason().length() <= Refusal.MAX_REASON,
                refusal.reason().length() + " characters");
        assertTrue(
                refusal.message().length() <= Refusal.MAX_MESSAGE,
                refusal.message().length() + " characters");
        Refusal halved = workspace.owner().withKey("k2").refused("halve", new Say("", "\uD83D\uDE00"));
        assertEquals("\uFFFD", halved.message());
        String pairs = "\uD83D\uDE00".repeat(1_000);
        assertFalse(Refusal.rejected("", "x" + pairs).message().contains("\uFFFD"), "cut through a pair");
        assertFalse(Refusal.rejected("", pairs).message().contains("\uFFFD"), "cut through a pair");
        workspace.restart();
    }

    @Test
    void V1_transactionsAreBounded_copiesOfOneRowIncluded() {
        var limits = new DecideLimits(1_000, 4 << 20, 1 << 20, Duration.ofHours(1));
        var bounded = TestWorkspace.of(new TroubleModule(), limits, 10);
        bounded.accepted("copies", new Times(1_000));
        assertEquals(1_000, bounded.rows(TroubleModule.COPIES).size());
        assertEquals(
                ErrorCode.TOO_LARGE, bounded.refused("copies", new Times(1_001)).code());
        assertEquals(
                ErrorCode.TOO_LARGE,
                bounded.refused("copies", new Times(2_000_000)).code());
        bounded.accepted("come_and_go", new Times(500));
        assertEquals(new Copy("same"), bounded.rows(TroubleModule.COPIES).getFirst());
    }

    @Test
    void V1_transactionsAndWorkspacesAreBoundedInBytes() {
        var limits = new DecideLimits(1_000, 10_000, 20_000, Duration.ofHours(1));
        var bounded = TestWorkspace.of(new TroubleModule(), limits, 10);
        Row large = new Row("large", "x".repeat(4_500), 1, Instant.EPOCH, List.of());
        assertEquals(
                ErrorCode.TOO_LARGE,
                bounded.refused("put", new Put(new Row("r", "x".repeat(9_999), 1, Instant.EPOCH, List.of())))
                        .code());
        bounded.accepted("put", new Put(large));
        bounded.accepted("put", new Put(new Row("large-2", "x".repeat(4_500), 1, Instant.EPOCH, List.of())));
        Refusal full =
                bounded.refused("put", new Put(new Row("large-3", "x".repeat(4_500), 1, Instant.EPOCH, List.of())));
        assertEquals(ErrorCode.TOO_LARGE, full.code());
        bounded.accepted("put", new Put(TroubleModule.row("large"))); // what makes room is always allowed
    }

    @Test
    void V1_strangersAreForbidden() {
        Refusal refusal = workspace.as("stranger").refused("put", new Put(TroubleModule.row("r")));
        assertEquals(ErrorCode.FORBIDDEN, refusal.code());
        assertEquals(
                ErrorCode.FORBIDDEN,
                workspace
                        .member("vic", Role.VIEWER)
                        .refused("put", new Put(TroubleModule.row("r")))
                        .code());
    }
}
