package io.skein.engine.reducer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.skein.engine.codec.ByteReader;
import io.skein.engine.codec.ByteWriter;
import io.skein.engine.codec.CorruptException;
import io.skein.engine.journal.Group;
import io.skein.engine.journal.GroupCodec;
import io.skein.engine.module.Definition;
import io.skein.engine.module.ErrorCode;
import io.skein.engine.module.Module;
import io.skein.engine.module.Refusal;
import io.skein.engine.module.Role;
import io.skein.engine.module.TableWriter;
import io.skein.engine.module.Tx;
import io.skein.engine.schema.Bytes;
import io.skein.engine.schema.Json;
import io.skein.engine.schema.Key;
import io.skein.engine.schema.Table;
import io.skein.engine.testing.TestWorkspace;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules A1 to A3: what a reducer answers, what a refusal carries, and queries. */
class AnswersTest {
    private record Count(@Key String id, long value) {}

    private record Add(long by) {}

    private record Added(long total, long seq, Optional<String> note) {}

    private record Forbidden(long limit, List<Long> tried) {}

    private record Say(int characters) {}

    private record Said(String text) {}

    enum Fault {
        TWICE,
        OF_ANOTHER_CLASS,
        LONE_SURROGATE
    }

    private record GoWrong(Fault fault) {}

    private record Nothing() {}

    private static final Table<Count> COUNTS = Table.of("count", Count.class);

    private static final class CountingModule implements Module {
        @Override
        public void define(Definition module) {
            module.name("counting");
            module.table(COUNTS);
            module.reducer("add", Add.class, Added.class, Role.EDITOR, CountingModule::add);
            module.reducer("say", Say.class, Said.class, Role.EDITOR, (tx, in) -> {
                tx.in(COUNTS).upsert(new Count("said", in.characters()));
                tx.answer(new Said("ä".repeat(in.characters())));
            });
            module.reducer("complain", Say.class, Role.EDITOR, (tx, in) -> {
                throw tx.reject("so_it_is", "at length", new Said("x".repeat(in.characters())));
            });
            module.reducer("go_wrong", GoWrong.class, Said.class, Role.EDITOR, CountingModule::goWrong);
            module.question("total", Nothing.class, Added.class, Role.EDITOR, (reading, _) -> {
                long total = value(reading.in(COUNTS).find("n"));
                reading.require(total > 0, "nothing_counted");
                return new Added(total, 0, Optional.of(reading.workspace()));
            });
            module.question("meddle", Nothing.class, Said.class, Role.VIEWER, (reading, _) -> {
                ((TableWriter<Count>) reading.in(COUNTS)).upsert(new Count("n", 1));
                return new Said("done");
            });
        }

        private static long value(Optional<Count> count) {
            return count.map(Count::value).orElse(0L);
        }

        private static void add(Tx tx, Add in) {
            long total = value(tx.in(COUNTS).find("n")) + in.by();
            if (total > 100) {
                throw tx.reject("too_much", "it goes to 100", new Forbidden(100, List.of(in.by(), total)));
            }
            tx.in(COUNTS).upsert(new Count("n", total));
            tx.answer(new Added(total, tx.seq(), Optional.empty()));
        }

        private static void goWrong(Tx tx, GoWrong in) {
            tx.in(COUNTS).upsert(new Count("n", 1));
            switch (in.fault()) {
                case TWICE -> {
                    tx.answer(new Said("once"));
                    tx.answer(new Said("twice"));
                }
                case OF_ANOTHER_CLASS -> tx.answer(new Added(1, 1, Optional.empty()));
                case LONE_SURROGATE -> tx.answer(new Said("\ud800"));
            }
        }
    }

    private final TestWorkspace workspace = TestWorkspace.of(new CountingModule());

    private Outcome again(String reducer, Record args) {
        workspace.restart();
        return workspace.owner().withKey("k").call(reducer, args);
    }

    @Test
    void A1_aReducerAnswers_andItsRepetitionGetsTheSame() {
        Outcome.Accepted first = workspace.owner().withKey("k").accepted("add", new Add(7));
        Json answer = new Json("{\"total\":7,\"seq\":%d,\"note\":null}".formatted(first.seq()));
        assertEquals(Optional.of(answer), first.answer());
        workspace.accepted("add", new Add(8));
        assertEquals(new Outcome.Accepted(first.seq(), true, Optional.of(answer)), again("add", new Add(7)));
        assertEquals(15, workspace.rows(COUNTS).getFirst().value());
    }

    @Test
    void A1_withoutAKey_theAnswerIsGivenAndNotKept() {
        Outcome.Accepted first = workspace.accepted("add", new Add(7));
        assertEquals(7, number(first.answer().orElseThrow()));
        assertEquals(List.of(), workspace.journal().getLast().answers());
    }

    @Test
    void A2_aRefusalCarriesDetails_andItsRepetitionToo() {
        Refusal refusal = workspace.owner().withKey("k").refused("add", new Add(200));
        assertEquals(Optional.of(new Json("{\"limit\":100,\"tried\":[200,200]}")), refusal.details());
        assertEquals(new Outcome.Refused(refusal, true), again("add", new Add(200)));
    }

    @Test
    void A1_theSizeOfAnAnswerIsBounded() {
        int most = (Tx.MAX_ANSWER_BYTES - "{\"text\":\"\"}".length()) / 2;
        workspace.accepted("say", new Say(most));
        long seq = workspace.state().seq();
        Refusal refusal = workspace.refused("say", new Say(most + 1));
        assertEquals(ErrorCode.TOO_LARGE, refusal.code());
        assertEquals(seq, workspace.state().seq());
        assertEquals(most, workspace.rows(COUNTS).getFirst().value());
    }

    @Test
    void A2_theSizeOfDetailsIsBounded() {
        int most = Tx.MAX_ANSWER_BYTES - "{\"text\":\"\"}".length();
        assertEquals("so_it_is", workspace.refused("complain", new Say(most)).reason());
        assertEquals(
                ErrorCode.TOO_LARGE,
                workspace.refused("complain", new Say(most + 1)).code());
    }

    @ParameterizedTest
    @EnumSource
    void V1_aReducerThatAnswersWrongly_failsAndChangesNothing(Fault fault) {
        assertEquals(
                ErrorCode.INTERNAL,
                workspace.refused("go_wrong", new GoWrong(fault)).code());
        assertEquals(List.of(), workspace.rows(COUNTS));
    }

    @Test
    void A3_aQueryAnswersFromTheRows_andNothingIsJournaled() {
        assertEquals(
                "nothing_counted", workspace.refused("total", new Nothing()).reason());
        long seq = workspace.accepted("add", new Add(7)).seq();
        int groups = workspace.journal().size();
        for (int i = 0; i < 2; i++) {
            Outcome.Answered answered = workspace.owner().withKey("k").answered("total", new Nothing());
            assertEquals(seq, answered.seq());
            assertEquals(7, number(answered.answer()));
        }
        assertEquals(groups, workspace.journal().size());
        assertEquals(seq, workspace.state().seq());
    }

    @Test
    void A3_aQueryCannotChangeRows() {
        assertEquals(
                ErrorCode.INTERNAL, workspace.refused("meddle", new Nothing()).code());
        assertEquals(List.of(), workspace.rows(COUNTS));
    }

    @Test
    void M1_aQueryNeedsItsRole() {
        assertEquals(
                ErrorCode.FORBIDDEN,
                workspace
                        .member("v", Role.VIEWER)
                        .refused("total", new Nothing())
                        .code());
    }

    @Test
    void A1_outcomesGoBetweenNodesAsTheyAre() {
        Outcome.Accepted accepted = workspace.accepted("add", new Add(7));
        Refusal refusal = workspace.refused("add", new Add(200));
        for (Outcome outcome : List.of(
                accepted,
                new Outcome.Accepted(3, true),
                new Outcome.Refused(refusal, true),
                new Outcome.Refused(Refusal.rejected("no", "no"), false),
                workspace.answered("total", new Nothing()))) {
            byte[] bytes = ByteWriter.collect(out -> CallCodec.writeOutcome(out, outcome));
            assertEquals(outcome, CallCodec.readOutcome(new ByteReader(bytes)));
        }
    }

    @Test
    void A1_anAnswerToNoTransactionOfItsGroupIsCorrupt() {
        workspace.owner().withKey("k").accepted("add", new Add(7));
        Group group = workspace.journal().getLast();
        var astray = new Group(
                group.module(),
                group.moduleVersion(),
                group.firstSeq(),
                group.transactions(),
                group.hashAfter(),
                group.refused(),
                List.of(new Group.Answered(group.lastSeq() + 1, new Json("{}"))));
        var before = workspace.history().getLast().before();
        assertThrows(CorruptException.class, () -> GroupCodec.replay(before, astray, _ -> {}));
        assertEquals(Bytes.of(group.hashAfter().toArray()), astray.hashAfter());
    }

    private static long number(Json answer) {
        String text = answer.text();
        return Long.parseLong(text.substring("{\"total\":".length(), text.indexOf(',')));
    }
}
