package io.skein.modules.diagrams;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.reducer.Outcome;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.RecordJson;
import io.skein.engine.testing.TestWorkspace;
import io.skein.modules.diagrams.DiagramsModule.Ask;
import io.skein.modules.diagrams.DiagramsModule.Change;
import io.skein.modules.diagrams.DiagramsModule.Choice;
import io.skein.modules.diagrams.DiagramsModule.Conflict;
import io.skein.modules.diagrams.DiagramsModule.Conflicts;
import io.skein.modules.diagrams.DiagramsModule.Copied;
import io.skein.modules.diagrams.DiagramsModule.Diagram;
import io.skein.modules.diagrams.DiagramsModule.Entity;
import io.skein.modules.diagrams.DiagramsModule.Fate;
import io.skein.modules.diagrams.DiagramsModule.Kind;
import io.skein.modules.diagrams.DiagramsModule.Known;
import io.skein.modules.diagrams.DiagramsModule.Pick;
import io.skein.modules.diagrams.DiagramsModule.Push;
import io.skein.modules.diagrams.DiagramsModule.Pushed;
import io.skein.modules.diagrams.DiagramsModule.Removal;
import io.skein.modules.diagrams.DiagramsModule.SetTitle;
import io.skein.modules.diagrams.DiagramsModule.State;
import io.skein.modules.diagrams.DiagramsModule.Status;
import io.skein.modules.diagrams.DiagramsModule.TooOld;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiagramsModuleTest {
    private final TestWorkspace diagram = TestWorkspace.of(new DiagramsModule());

    private static Json text(String text) {
        return new Json("{\"text\":\"" + text + "\"}");
    }

    private static Change shape(String id, String text) {
        return new Change(id, Optional.of(Kind.SHAPE), Optional.of(text(text)), 0);
    }

    private static Change gone(String id) {
        return new Change(id, Optional.empty(), Optional.empty(), 0);
    }

    private static Push push(long base, Change... changes) {
        return new Push(base, Arrays.asList(changes), Optional.empty(), List.of(), List.of());
    }

    private static Push push(long base, Choice choice, Change... changes) {
        return new Push(base, Arrays.asList(changes), Optional.of(choice), List.of(), List.of());
    }

    /** What a push must answer. */
    private Json pushed(Push push) {
        return diagram.accepted("push", push).answer().orElseThrow();
    }

    private long head() {
        return diagram.state().seq();
    }

    /** A push that goes through, and its {@code seq}. */
    private long seq(Push push) {
        return diagram.accepted("push", push).seq();
    }

    private Json status(long base, Change... changes) {
        return diagram.answered("status", new Ask(base, Arrays.asList(changes), List.of()))
                .answer();
    }

    private Map<String, String> texts() {
        return diagram.rows(DiagramsModule.ENTITIES).stream()
                .collect(Collectors.toMap(Entity::id, entity -> entity.data().text()));
    }

    private Entity entity(String id) {
        return diagram.rows(DiagramsModule.ENTITIES).stream()
                .filter(row -> row.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** A shared copy with a, b and c, of which others have changed a and removed b since the base that is returned. */
    private long sharedHasChanged() {
        long base = seq(push(0, shape("a", "old"), shape("b", "old"), shape("c", "old")));
        seq(push(base, shape("a", "theirs"), gone("b")));
        return base;
    }

    @Test
    void pushBringsLocalChangesIn_andSaysTheNewBase() {
        Json answer = pushed(push(0, shape("a", "1"), shape("b", "2")));
        assertEquals(RecordJson.of(new Pushed(head(), head(), 2, 0, 0, 0, List.of())), answer);
        assertEquals(head(), entity("a").version());
        long base = head();
        Json next = pushed(push(base, shape("a", "3"), gone("b")));
        assertEquals(RecordJson.of(new Pushed(head(), head(), 1, 1, 0, 0, List.of())), next);
        assertEquals(Map.of("a", text("3").text()), texts());
        assertEquals(List.of(new Removal("b", head())), diagram.rows(DiagramsModule.REMOVALS));
    }

    @Test
    void whatOthersChangedMeanwhile_isNoConflictWhereItIsAnotherEntity_butTheBaseStays() {
        long base = sharedHasChanged();
        Json answer = pushed(push(base, shape("c", "mine")));
        assertEquals(RecordJson.of(new Pushed(base, head(), 1, 0, 0, 2, List.of())), answer);
        // Again, with what it knows of its own doing since that base.
        var again = new Change("c", Optional.of(Kind.NOTE), Optional.of(text("mine too")), head());
        var known = List.of(new Known("c", head()));
        Json second = pushed(new Push(base, List.of(again), Optional.empty(), List.of(), known));
        assertEquals(RecordJson.of(new Pushed(base, head(), 1, 0, 0, 2, List.of())), second);
        assertEquals(Kind.NOTE, entity("c").kind());
    }

    @Test
    void V1_aConflictWithoutAChoice_isRefusedWithTheList_andChangesNothing() {
        long base = sharedHasChanged();
        var before = texts();
        long head = head();
        Refusal refusal =
                diagram.refused("push", push(base, shape("a", "mine"), shape("b", "mine"), shape("c", "mine")));
        assertEquals("conflicts", refusal.reason());
        var conflicts = List.of(
                new Conflict("a", Fate.CHANGED, Fate.CHANGED, head),
                new Conflict("b", Fate.CHANGED, Fate.REMOVED, head));
        assertEquals(Optional.of(RecordJson.of(new Conflicts(2, conflicts))), refusal.details());
        assertEquals(before, texts());
        assertEquals(head, head());
    }

    @Test
    void aRemovalOfWhatOthersChanged_isAConflict() {
        long base = sharedHasChanged();
        Refusal refusal = diagram.refused("push", push(base, gone("a")));
        var conflict = new Conflict("a", Fate.REMOVED, Fate.CHANGED, head());
        assertEquals(Optional.of(RecordJson.of(new Conflicts(1, List.of(conflict)))), refusal.details());
    }

    @Test
    void theSameOnBothSides_isNoConflict() {
        long base = sharedHasChanged();
        Json answer = pushed(push(base, shape("a", "theirs"), gone("b")));
        assertEquals(RecordJson.of(new Pushed(head(), head(), 0, 0, 0, 0, List.of())), answer);
    }

    @Test
    void choiceLocal_writesOverTheSharedSide() {
        long base = sharedHasChanged();
        Json answer = pushed(push(base, Choice.LOCAL, shape("a", "mine"), shape("b", "mine")));
        assertEquals(RecordJson.of(new Pushed(head(), head(), 2, 0, 0, 0, List.of())), answer);
        assertEquals(text("mine").text(), texts().get("a"));
        assertEquals(text("mine").text(), texts().get("b"));
        assertEquals(List.of(), diagram.rows(DiagramsModule.REMOVALS));
    }

    @Test
    void choiceLocal_removesWhatOthersChanged() {
        long base = sharedHasChanged();
        pushed(push(base, Choice.LOCAL, gone("a")));
        assertEquals(Map.of("c", text("old").text()), texts());
    }

    @Test
    void choiceShared_leavesTheSharedSide_andTheCallerHasYetToReadIt() {
        long base = sharedHasChanged();
        var before = texts();
        Json answer = pushed(push(base, Choice.SHARED, shape("a", "mine"), shape("b", "mine")));
        assertEquals(RecordJson.of(new Pushed(base, head(), 0, 0, 2, 2, List.of())), answer);
        assertEquals(before, texts());
    }

    @Test
    void choiceBoth_addsTheLocalOneUnderANewId() {
        long base = sharedHasChanged();
        Outcome.Accepted outcome =
                diagram.accepted("push", push(base, Choice.BOTH, shape("a", "mine"), shape("b", "mine")));
        String copy = texts().keySet().stream()
                .filter(id -> id.startsWith("copy-"))
                .findFirst()
                .orElseThrow();
        assertEquals(
                Map.of(
                        "a",
                        text("theirs").text(),
                        copy,
                        text("mine").text(),
                        "b",
                        text("mine").text(),
                        "c",
                        text("old").text()),
                texts());
        var pushed = new Pushed(base, outcome.seq(), 2, 0, 0, 1, List.of(new Copied("a", copy)));
        assertEquals(Optional.of(RecordJson.of(pushed)), outcome.answer());
    }

    @Test
    void choiceBoth_leavesConnectorsAtTheSharedOne() {
        long base = sharedHasChanged();
        var data = new Json("{\"from\":\"a\",\"to\":\"c\"}");
        var connector = new Change("k", Optional.of(Kind.CONNECTOR), Optional.of(data), 0);
        pushed(push(base, Choice.BOTH, shape("a", "mine"), connector));
        assertEquals(data, entity("k").data());
    }

    @Test
    void choiceBoth_ofWhatIsRemovedHere_keepsTheSharedOne() {
        long base = sharedHasChanged();
        var before = texts();
        pushed(push(base, Choice.BOTH, gone("a")));
        assertEquals(before, texts());
    }

    @Test
    void aChoiceForOneConflict_goesBeforeTheOneForAll() {
        long base = sharedHasChanged();
        var push = new Push(
                base,
                List.of(shape("a", "mine"), shape("b", "mine")),
                Optional.of(Choice.SHARED),
                List.of(new Pick("b", Choice.LOCAL, 0)),
                List.of());
        diagram.accepted("push", push);
        assertEquals(text("theirs").text(), texts().get("a"));
        assertEquals(text("mine").text(), texts().get("b"));
    }

    @Test
    void aConflictAmongOthersThatAreDecided_isToldAlone() {
        long base = sharedHasChanged();
        var push = new Push(
                base,
                List.of(shape("a", "mine"), shape("b", "mine")),
                Optional.empty(),
                List.of(new Pick("b", Choice.LOCAL, 0)),
                List.of());
        Refusal refusal = diagram.refused("push", push);
        var conflict = new Conflict("a", Fate.CHANGED, Fate.CHANGED, head());
        assertEquals(Optional.of(RecordJson.of(new Conflicts(1, List.of(conflict)))), refusal.details());
    }

    @Test
    void aChoiceAboutWhatHasChangedAgainSince_isNone() {
        long base = sharedHasChanged();
        long seen = entity("a").version();
        pushed(push(head(), shape("a", "theirs again")));
        List<Change> mine = List.of(shape("a", "mine"));
        for (Optional<Choice> all : List.of(Optional.<Choice>empty(), Optional.of(Choice.LOCAL))) {
            var stale = new Push(base, mine, all, List.of(new Pick("a", Choice.LOCAL, seen)), List.of());
            assertEquals("conflicts", diagram.refused("push", stale).reason());
        }
        long now = entity("a").version();
        seq(new Push(base, mine, Optional.empty(), List.of(new Pick("a", Choice.LOCAL, now)), List.of()));
        assertEquals(text("mine").text(), texts().get("a"));
    }

    @Test
    void I1_aPushThatIsRepeated_answersAlike_andCopiesOnce() {
        long base = sharedHasChanged();
        var push = push(base, Choice.BOTH, shape("a", "mine"));
        Outcome.Accepted first = diagram.owner().withKey("k").accepted("push", push);
        diagram.restart();
        assertEquals(
                new Outcome.Accepted(first.seq(), true, first.answer()),
                diagram.owner().withKey("k").call("push", push));
        assertEquals(3, texts().size());
    }

    @Test
    void A3_statusSaysWhatAPushWouldMeet_andWritesNothing() {
        long base = sharedHasChanged();
        int groups = diagram.journal().size();
        assertEquals(RecordJson.of(new Status(State.IN_SYNC, false, head(), 0, 0, 0, List.of())), status(head()));
        assertEquals(RecordJson.of(new Status(State.PENDING, false, base, 0, 2, 0, List.of())), status(base));
        assertEquals(
                RecordJson.of(new Status(State.PENDING, true, base, 1, 2, 0, List.of())),
                status(base, shape("c", "mine")));
        var conflict = new Conflict("a", Fate.CHANGED, Fate.CHANGED, head());
        assertEquals(
                RecordJson.of(new Status(State.CONFLICTS, true, base, 2, 2, 1, List.of(conflict))),
                status(base, shape("a", "mine"), shape("c", "mine")));
        assertEquals(groups, diagram.journal().size());
    }

    @Test
    void longListsOfConflicts_areToldInPart_withTheirNumber() {
        int many = DiagramsModule.MAX_TOLD + 50;
        Function<String, Change[]> all = text -> IntStream.range(0, many)
                .mapToObj(i -> shape(("%0" + 64 + "d").formatted(i), text))
                .toArray(Change[]::new);
        long base = seq(push(0, all.apply("old")));
        seq(push(base, all.apply("theirs")));
        Refusal refusal = diagram.refused("push", push(base, all.apply("mine")));
        assertEquals("conflicts", refusal.reason());
        assertTrue(refusal.details().orElseThrow().text().startsWith("{\"total\":" + many));
        assertEquals(
                "too_many_copies",
                diagram.refused("push", push(base, Choice.BOTH, all.apply("mine")))
                        .reason());
        var some = Arrays.copyOf(all.apply("mine"), DiagramsModule.MAX_TOLD);
        diagram.accepted("push", push(base, Choice.BOTH, some));
    }

    @Test
    void removalsAreForgottenAtLast_andABaseFromBeforeIsToldSo() {
        int many = DiagramsModule.MAX_REMOVALS + 1;
        long first = seq(push(0, shape("first", "old"), shape("kept", "old")));
        long base = seq(push(first, gone("first")));
        for (int from = 0; from < many; from += 1_000) {
            Change[] some = IntStream.range(from, Math.min(many, from + 1_000))
                    .mapToObj(i -> shape("s" + i, "old"))
                    .toArray(Change[]::new);
            base = seq(push(base, some));
            base = seq(push(
                    base, Arrays.stream(some).map(change -> gone(change.id())).toArray(Change[]::new)));
        }
        assertTrue(diagram.rows(DiagramsModule.REMOVALS).size() <= DiagramsModule.MAX_REMOVALS);
        long removalsFrom = diagram.rows(DiagramsModule.DIAGRAMS).getFirst().removalsFrom();
        assertNotEquals(0, removalsFrom);
        Refusal refusal = diagram.refused("push", push(first, shape("kept", "new")));
        assertEquals("base_too_old", refusal.reason());
        assertEquals(Optional.of(RecordJson.of(new TooOld(removalsFrom))), refusal.details());
        diagram.accepted("push", push(base, shape("kept", "new")));
        diagram.accepted("push", push(0, shape("fresh", "knows nothing of it, so nothing can be missing")));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MAX_VALUE})
    void aBaseThatCannotBe_isRefused(long base) {
        assertEquals("invalid_base", diagram.refused("push", push(base)).reason());
        assertEquals(
                "invalid_base",
                diagram.refused("status", new Ask(base, List.of(), List.of())).reason());
    }

    @ParameterizedTest
    @CsvSource({"'',invalid_id", "'a b',invalid_id", "'ä',invalid_id"})
    void idsAreShortAndPlain(String id, String reason) {
        assertEquals(reason, diagram.refused("push", push(0, shape(id, "x"))).reason());
    }

    @Test
    void whatIsTooMuch_isRefusedAsAWhole() {
        assertEquals(
                "entity_too_large",
                diagram.refused(
                                "push",
                                push(0, shape("ok", "x"), shape("a", "x".repeat(DiagramsModule.MAX_DATA_CHARACTERS))))
                        .reason());
        assertEquals(
                "same_id_twice",
                diagram.refused("push", push(0, shape("a", "1"), shape("a", "2")))
                        .reason());
        var half = new Change("a", Optional.of(Kind.NOTE), Optional.empty(), 0);
        assertEquals("invalid_change", diagram.refused("push", push(0, half)).reason());
        Change[] all = IntStream.range(0, DiagramsModule.MAX_ENTITIES)
                .mapToObj(i -> shape("s" + i, "x"))
                .toArray(Change[]::new);
        seq(push(0, all));
        assertEquals(
                "too_many_entities",
                diagram.refused("push", push(head(), shape("a", "1"))).reason());
        Change[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = shape("a", "1");
        assertEquals("too_many_changes", diagram.refused("push", push(0, more)).reason());
    }

    @Test
    void M1_viewersLookAndEditorsPush() {
        var viewer = diagram.member("v", Role.VIEWER);
        var editor = diagram.member("e", Role.EDITOR);
        editor.accepted("push", push(0, shape("a", "1")));
        assertEquals(
                ErrorCode.FORBIDDEN,
                viewer.refused("push", push(0, shape("b", "1"))).code());
        viewer.answered("status", new Ask(0, List.of(), List.of()));
        assertEquals(
                ErrorCode.FORBIDDEN,
                diagram.as("stranger")
                        .refused("status", new Ask(0, List.of(), List.of()))
                        .code());
    }

    @Test
    void aTitleIsShortAndNotBlank() {
        diagram.accepted("set_title", new SetTitle("Plan"));
        assertEquals(List.of(new Diagram(DiagramsModule.DIAGRAM, "Plan", 0)), diagram.rows(DiagramsModule.DIAGRAMS));
        assertEquals(
                "invalid_title", diagram.refused("set_title", new SetTitle(" ")).reason());
        String tooLong = "x".repeat(DiagramsModule.MAX_TITLE + 1);
        assertEquals(
                "invalid_title",
                diagram.refused("set_title", new SetTitle(tooLong)).reason());
    }
}
